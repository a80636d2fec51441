// Saves a form as it is typed, and shows what comes of it. Without this script the form's own button saves.
// A form with data-write is sent to its own address two seconds after the last key, with quietly=1. The answer is JSON:
//   revision   goes into the form's field "seen"
//   saved      words for [data-write-said]
//   preview    HTML for [data-write-preview]; made of the same templates as the page
//   faults     HTML for [data-write-faults]
// 409 with overtaken: somebody else saved the same part. The button then shows both texts.
// A link or a button of the page that is pressed within the two seconds opens once it is saved.

const WAIT = 2000;

for (const form of document.querySelectorAll("form[data-write]")) {
  watch(form);
}

function watch(form) {
  const said = form.querySelector("[data-write-said]");
  let timer, sending, isTyped, isStopped;

  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (!isStopped) {
      isTyped = true;
      timer = setTimeout(save, WAIT);
    }
  });
  document.addEventListener("submit", (event) => {
    const isOwn = event.target === form;
    if (sending || (isTyped && !isOwn)) {
      leave(event, () => event.target.requestSubmit(event.submitter));
    } else if (isOwn) {
      clearTimeout(timer);
      isTyped = false;
      isStopped = true;
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (link && !isElsewhere && (sending || isTyped)) {
      leave(event, () => location.assign(link.href.baseVal ?? link.href));
    }
  });

  // The form's own button waits for a save under way too: two at once would look like two people.
  async function leave(event, go) {
    event.preventDefault();
    clearTimeout(timer);
    await sending;
    if (event.target === form || !isTyped || (await save())) {
      go();
    }
  }

  function save() {
    if (sending) {
      timer = setTimeout(save, WAIT);
      return sending;
    }
    isTyped = false;
    sending = send().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  // Whether it was saved. Where it was not, the page says so, and the next press leaves all the same.
  async function send() {
    say(said, "Saving");
    try {
      const sent = new FormData(form);
      sent.append("quietly", "1");
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
      if (answer.redirected || !answer.headers.get("Content-Type").startsWith("application/json")) {
        throw new Error("no answer to this form");
      }
      take(await answer.json());
      return answer.ok;
    } catch {
      say(said, "Not saved yet. Press Save to try again.");
      return false;
    }
  }

  function take(answer) {
    if (answer.overtaken) {
      isStopped = true;
      say(said, `${answer.overtaken} saved this while you wrote. Press Save to see both; nothing is lost.`);
    } else if (answer.refused) {
      say(said, answer.refused);
    } else {
      form.elements.seen.value = answer.revision;
      say(said, answer.saved);
      show("[data-write-preview]", answer.preview);
      show("[data-write-faults]", answer.faults);
    }
  }
}

function show(where, html) {
  for (const element of document.querySelectorAll(where)) {
    element.innerHTML = html;
  }
}

function say(element, words) {
  if (element.textContent.trim() !== words) {
    element.textContent = words;
  }
}
