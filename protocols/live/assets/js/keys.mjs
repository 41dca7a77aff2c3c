// The keyboard: one letter each, none while somebody types.

import { element } from "./dom.mjs";
import { toggleTheme } from "./theme.mjs";

export const KEYS = [
  ["s", "stop the run safely"],
  ["h", "hold or continue cycling"],
  ["p", "pause or resume imaging"],
  ["m", "hand the microscope over, or take it back"],
  ["k", "park the run"],
  ["c", "capture now"],
  ["n", "add a note"],
  ["a", "acknowledge the alarm, or answer the question, that waits"],
  ["[ ]", "picture before, picture after"],
  ["l", "latest picture"],
  ["t", "light or dark"],
  ["?", "these keys"],
];

export function listenToKeys(feed, selection, steering) {
  const deeds = {
    s: () => steering.stop(),
    h: () => steering.hold(),
    p: () => steering.pause(),
    m: () => steering.lend(),
    k: () => steering.park(),
    c: () => steering.capture(),
    n: () => steering.note(),
    a: () => document.querySelector("#alarms button:not(:disabled)")?.click(),
    "[": () => selection.step(-1),
    "]": () => selection.step(1),
    l: () => selection.follow(),
    t: () => toggleTheme(),
    "?": () => showKeys(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=range]), textarea, select")) return;
    const deed = deeds[event.key];
    if (deed) {
      event.preventDefault();
      deed();
    }
  });
}

export function showKeys() {
  const rows = KEYS.map(([key, what]) => element("tr", {}, element("td", {}, element("kbd", {}, key)), element("td", {}, what)));
  const dialog = element("dialog", { "aria-label": "Keys" }, element("h2", {}, "Keys"), element("table", {}, element("tbody", {}, ...rows)), element("div", { class: "buttons" }, element("button", { class: "main", onclick: () => dialog.close() }, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
