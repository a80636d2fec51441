// Lights several windows in one slide of a thumb or a mouse, and moves between them by the arrow keys.
// Without this script each window is a checkbox. Inside [data-paint] every [data-row] holds labels with data-day.
// [data-lit-count] says how many are lit.

for (const house of document.querySelectorAll("[data-paint]")) {
  slide(house);
  walk(house);
}
for (const said of document.querySelectorAll("[data-lit-count]")) {
  const boxes = [...said.closest("form").querySelectorAll("[data-paint] input")];
  const count = () => {
    const lit = boxes.filter((box) => box.checked).length;
    said.textContent = `${lit} ${lit === 1 ? "window" : "windows"} lit`;
  };
  said.closest("form").addEventListener("change", count);
  addEventListener("pageshow", count);
}

function slide(house) {
  let first, light, isSliding;

  house.addEventListener("pointerdown", (event) => {
    first = event.button === 0 ? boxAt(house, event) : null;
    light = first && !first.checked;
    isSliding = false;
  });
  house.addEventListener("pointermove", (event) => {
    const box = first && boxAt(house, event);
    if (!box || (box === first && !isSliding)) return;
    if (!isSliding) paint(first, light);
    isSliding = true;
    paint(box, light);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, () => { first = null; });
  }
  // The click at the end of a slide would turn its last window around again.
  house.addEventListener("click", (event) => {
    if (isSliding && event.detail) event.preventDefault();
    isSliding = false;
  }, true);
}

function boxAt(house, event) {
  const pane = document.elementFromPoint(event.clientX, event.clientY)?.closest("label[data-day]");
  return pane && house.contains(pane) ? pane.querySelector("input") : null;
}

function paint(box, light) {
  if (box.checked !== light) {
    box.checked = light;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function walk(house) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const rows = [...house.querySelectorAll("[data-row]")];

  house.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const pane = event.target.closest("label[data-day]");
    if (!step || !pane) return;
    event.preventDefault();
    let row = rows.indexOf(pane.closest("[data-row]")) + step[0];
    let day = Number(pane.dataset.day) + step[1];
    while (rows[row] && day >= 0 && day < 7) {
      const next = rows[row].querySelector(`label[data-day="${day}"] input`);
      if (next) return next.focus();
      row += step[0];
      day += step[1];
    }
  });
}
