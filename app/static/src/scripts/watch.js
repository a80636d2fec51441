// Follows a long task: asks for its progress, shows it, and reloads the page when the task is over.
// An element with data-watch="address" names where to ask. Inside it,
//   data-watch-every         on the element itself: milliseconds between two questions, if not 1000
//   data-watch-words         shows progress.words
//   data-watch-bar           a <progress>: progress.done of progress.of
//   data-watch-value="name"  shows progress[name]
//   data-watch-reload="name" reloads the page when progress[name] differs from data-watch-shown
//   data-watch-width="name of"  an SVG shape: its width is progress[name] in percent of progress[of]

const EVERY = 1000;
const LONGEST = 15000;

for (const watched of document.querySelectorAll("[data-watch]")) {
  follow(watched, everyOf(watched));
}

function everyOf(watched) {
  return Number(watched.dataset.watchEvery ?? EVERY);
}

function follow(watched, wait) {
  setTimeout(async () => {
    const answer = await ask(watched.dataset.watch);
    if (answer === null) {
      // Not reachable for a moment: ask less and less often, but keep asking.
      follow(watched, Math.max(everyOf(watched), Math.min(wait * 2, LONGEST)));
    } else if (answer.is_over || isOutdated(watched, answer.progress)) {
      location.reload();
    } else {
      show(watched, answer.progress);
      follow(watched, everyOf(watched));
    }
  }, wait);
}

function isOutdated(watched, progress) {
  const { watchReload: name, watchShown: shown } = watched.dataset;
  return name !== undefined && progress[name] !== undefined && String(progress[name]) !== shown;
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 403 || answer.status === 404) {
      location.reload();
    }
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(watched, progress) {
  for (const element of watched.querySelectorAll("[data-watch-words]")) {
    say(element, progress.words);
  }
  for (const element of watched.querySelectorAll("[data-watch-value]")) {
    const value = progress[element.dataset.watchValue];
    say(element, typeof value === "number" ? value.toLocaleString("en-GB") : value);
  }
  for (const bar of watched.querySelectorAll("[data-watch-bar]")) {
    if (progress.of !== undefined && progress.done !== undefined) {
      bar.max = progress.of;
      bar.value = progress.done;
    }
  }
  for (const shape of watched.querySelectorAll("[data-watch-width]")) {
    const [part, whole] = shape.dataset.watchWidth.split(" ").map((name) => progress[name]);
    if (part !== undefined && whole) {
      shape.setAttribute("width", `${((100 * part) / whole).toFixed(2)}%`);
    }
  }
}

function say(element, words) {
  // Only a change is written, so that a screen reader does not repeat the same words every second.
  if (words !== undefined && words !== null && element.textContent !== String(words)) {
    element.textContent = words;
  }
}
