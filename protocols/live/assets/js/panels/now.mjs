// The three seconds at two in the morning: how it stands, voltage, current, what the step waits for.

import { element, fill, text } from "../dom.mjs";
import { charge, current, duration, fixed } from "../format.mjs";
import { MARKS } from "./head.mjs";

export function nowPanel(place, feed) {
  const word = element("div", { class: "word" });
  const why = element("div", { class: "why" });
  const step = element("div", { class: "step" });
  const inside = element("div");
  const bar = element("div", { class: "bar", role: "progressbar", "aria-label": "Progress of the step", "aria-valuemin": "0", "aria-valuemax": "100" }, inside);
  const times = element("div", { class: "times" });
  const state = element("div", { class: "state" }, word, why, step, bar, times);
  const voltageName = element("div", { class: "label" });
  const currentName = element("div", { class: "label" });
  const voltage = element("div", { class: "value" });
  const below = element("div", { class: "label" });
  const amperes = element("div", { class: "value" });
  const passed = element("div", { class: "label" });
  place.append(
    state,
    element("div", { class: "voltage" }, voltageName, voltage, below),
    element("div", { class: "current" }, currentName, amperes, passed),
  );

  const past = () => {
    const old = feed.parts.standing?.over || feed.parts.cell?.late_s != null;
    for (const value of [voltage, amperes]) value.classList.toggle("past", Boolean(old));
  };

  const standing = () => {
    const now = feed.parts.standing;
    if (!now) return;
    state.className = `state mood-${now.mood}`;
    text(word, `${MARKS[now.mood]} ${now.word}`);
    const asked = [now.why, now.imaging_paused && "Imaging is paused."].filter(Boolean).join(" · ");
    text(why, asked);
    why.hidden = !asked;
    // Of a run that is over the last sample is of its last step, not of the cell as it was left.
    for (const [name, what] of [[voltageName, "Voltage"], [currentName, "Current"]]) {
      text(name, now.over ? `${what}, last recorded` : what);
    }
    past();
  };
  feed.on("standing", standing);

  const cell = () => {
    const now = feed.parts.cell;
    if (!now) return;
    const large = (target, [number, unit]) => fill(target, number, element("span", { class: "unit" }, unit));
    large(voltage, [fixed(now.voltage_V, "", 4), "V"]);
    large(amperes, current(now.current_A));
    const limits = feed.parts.identity?.voltage_limits_V;
    const within = limits ? `limits ${fixed(limits[0], "", 2)} and ${fixed(limits[1], "V", 2)}` : "";
    text(below, now.late_s === null ? within : `▲ read ${duration(now.late_s)} ago`);
    past();
    const running = now.step;
    bar.hidden = step.hidden = !running;
    text(passed, running ? `${charge(running.charge_C)} in this step` : "");
    const line = feed.parts.timeline;
    const facts = [["run", duration(now.now_s)]];
    if (running) {
      text(step, `Cycle ${running.cycle} · ${running.name}: ${running.technique}, ${running.end}`);
      bar.hidden = running.remaining_s === null; // a hold lasts until somebody ends it
      const share = Math.round(100 * (running.progress ?? 0));
      inside.style.width = `${share}%`;
      bar.setAttribute("aria-valuenow", share);
      const left = running.remaining_s === null ? "" : `, about ${duration(running.remaining_s)} to go`;
      facts.unshift(["step", duration(running.elapsed_s) + left]);
    }
    if (line && line.remaining_s !== null) facts.push(["ends in about", duration(line.remaining_s)]);
    if (now.control) facts.push(["control cell", now.control]);
    fill(times, ...facts.map(([name, value]) => element("span", {}, element("span", { class: "soft" }, `${name} `), value)));
  };
  feed.on("cell", cell);
  feed.on("identity", cell);
  feed.on("timeline", cell);
}
