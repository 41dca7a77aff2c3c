// The protocol on the axis of time: what was, what is, what is to come.

import { element, fill, panelTop, text } from "../dom.mjs";
import { duration } from "../format.mjs";
import { STRETCH } from "../rows.mjs";

const KINDS = ["charge", "discharge", "hold voltage", "rest", "impedance", "capture", "question"];
const NAMED_FROM_PX = 50;
const NICE_H = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];

export function timelinePanel(place, feed) {
  const ends = element("span", { class: "soft small" });
  panelTop(place, "Protocol", ends);
  const way = element("div", { class: "way", role: "img" });
  const scale = element("div", { class: "scale-of-time", "aria-hidden": "true" });
  const legend = element("div", { class: "legend" });
  place.append(way, scale, legend);

  feed.on("timeline", () => {
    const line = feed.parts.timeline;
    const end_s = Math.max(line.end_s ?? 0, line.now_s, 1);
    const parts = [];
    let at_s = 0;
    for (const stretch of line.stretches) {
      const [name, kind, cycle, start_s, stop_s, state] = stretch;
      if (start_s > at_s) parts.push(part(start_s - at_s, end_s, "gap", "", way.clientWidth));
      const shown = part(stop_s - Math.max(start_s, at_s), end_s, `kind-${kind.replace(" ", "-")} ${state}`, name, way.clientWidth);
      shown.title = `cycle ${cycle}: ${name}, ${duration(stop_s - start_s)}${state === "ahead" ? " (expected)" : ""}`;
      parts.push(shown);
      at_s = Math.max(at_s, stop_s);
    }
    fill(way, ...parts);
    const now = line.stretches.find((stretch) => stretch[STRETCH.state] === "now");
    way.setAttribute("aria-label", now ? `now: ${now[STRETCH.name]}, cycle ${now[STRETCH.cycle]}` : "the run is over");
    text(ends, line.remaining_s === null ? `took ${duration(line.now_s)}` : `${duration(line.now_s)} over, about ${duration(line.remaining_s)} to go`);
    const every = NICE_H.find((hours) => end_s / 3600 / hours <= 9) ?? 1000;
    const ticks = [];
    for (let hours = 0; hours * 3600 < end_s * (way.clientWidth < 500 ? 0.86 : 0.93); hours += every) {
      const tick = element("span", {}, ticks.length ? `${Number(hours.toFixed(2))}` : "0 h");
      tick.style.left = `${(100 * hours * 3600) / end_s}%`;
      ticks.push(tick);
    }
    const last = element("span", {}, `${(end_s / 3600).toFixed(1)} h`);
    last.style.left = "100%";
    fill(scale, ...ticks, last);
    const used = KINDS.filter((kind) => line.stretches.some((stretch) => stretch[STRETCH.kind] === kind));
    fill(legend, ...used.map((kind) => element("span", {}, element("i", { class: `kind-${kind.replace(" ", "-")}` }), kind)));
  });
}

function part(seconds, whole_s, kind, name, width_px) {
  const made = element("div", { class: kind });
  const share = (100 * seconds) / whole_s;
  made.style.width = `${share}%`;
  if ((share * width_px) / 100 > NAMED_FROM_PX) made.append(element("span", {}, name));
  return made;
}
