// What happened, the latest first.

import { element, fill, panelTop } from "../dom.mjs";
import { moment } from "../format.mjs";
import { EVENT } from "../rows.mjs";

const MARKS = { error: "■", warning: "▲", note: "●" };
const SHOWN = 200;

export function eventsPanel(place, feed) {
  const select = element("select", { "aria-label": "Which events", onchange: show }, element("option", { value: "" }, "all events"), element("option", { value: "severe" }, "troubles"), element("option", { value: "who" }, "by people"));
  panelTop(place, "Events", select);
  const list = element("ol", { class: "log", tabIndex: 0, "aria-label": "Events" });
  place.append(list);

  function show() {
    const wanted = { "": () => true, severe: (row) => row[EVENT.severity], who: (row) => row[EVENT.who] }[select.value];
    const rows = feed.events.filter(wanted).slice(-SHOWN).reverse();
    fill(list, ...rows.map((row) => {
      const [time_s, source, kind, message, severity, who] = row;
      const by = who ? ` (${who})` : "";
      return element("li", {}, element("time", {}, moment(time_s)), element("span", { class: severity, title: severity }, MARKS[severity] ?? "·"), element("span", {}, element("b", {}, `${source}, ${kind}: `), message + by));
    }));
  }
  feed.on("events", show);
}
