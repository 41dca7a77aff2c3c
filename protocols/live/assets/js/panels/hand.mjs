// The buttons that steer, and what came of what anybody asked for.

import { element, fill, text } from "../dom.mjs";
import { moment } from "../format.mjs";

const DEEDS = { abort: "Stop safely", hold: "Hold cycling", continue: "Continue cycling", pause: "Pause imaging", resume: "Resume imaging", "hand over": "Hand over the microscope", "take back": "Take back the microscope", "accept dose": "Accept unknown dose", park: "Park the run", "park after step": "Park the run after this step", capture: "Capture now", note: "Note", acknowledge: "Acknowledge", answer: "Answer", look: "Look" };
const MOODS = { asked: "over", done: "good", refused: "alarm", unknown: "attention" };
const WORDS = { asked: "… asked", done: "✓ done", refused: "✕ not done", unknown: "? not known" };
const SHOWN = 3;

export function handPanel(place, feed, steering) {
  const label = element("span");
  const imaging = element("span");
  const lending = element("span");
  const key = (letter) => element("kbd", {}, letter);
  const buttons = [
    element("button", { class: "danger", id: "stop", onclick: () => steering.stop() }, "Stop safely", key("s")),
    element("button", { id: "hold", onclick: () => steering.hold() }, label, key("h")),
    element("button", { id: "pause", onclick: () => steering.pause() }, imaging, key("p")),
    element("button", { id: "lend", onclick: () => steering.lend() }, lending, key("m")),
    element("button", { id: "park", onclick: () => steering.park() }, "Park", key("k")),
    element("button", { id: "capture", onclick: () => steering.capture() }, "Capture now", key("c")),
    element("button", { id: "note", onclick: () => steering.note() }, "Note", key("n")),
  ];
  const obstacle = element("p", { class: "soft small", id: "obstacle" });
  const acts = element("div", { id: "acts", role: "log", "aria-label": "What was asked for, and what came of it" });
  const deeds = element("div", { class: "deeds" }, ...buttons);
  place.append(deeds, obstacle, acts);

  const allow = () => {
    const why = steering.obstacle();
    text(obstacle, why && `No steering: ${why}`);
    obstacle.hidden = !why;
    deeds.hidden = Boolean(feed.parts.standing?.over);
    for (const button of buttons) button.disabled = Boolean(why);
    text(label, feed.parts.standing?.held ? "Continue cycling" : "Hold cycling");
    text(lending, feed.parts.standing?.lent_to ? "Take back microscope" : "Hand over microscope");
    text(imaging, feed.parts.standing?.imaging_paused ? "Resume imaging" : "Pause imaging");
  };
  feed.on("standing", allow);
  feed.on("connection", allow);
  allow();

  feed.on("acts", () => {
    const shown = feed.parts.acts.slice(-SHOWN).reverse();
    fill(acts, ...shown.map((act) => {
      const when = act.time_s === null ? "" : ` at ${moment(act.time_s)}`;
      const what = `${DEEDS[act.do]}${act.name ? ` (${act.name})` : ""}, ${act.who}${when}: `;
      return element("div", { class: `act mood-${MOODS[act.state]}` }, element("b", {}, WORDS[act.state]), element("span", { class: "text" }, what + act.text));
    }));
  });
}
