// Capacity of each cycle, and how much of a charge came back.

import { element, fill, panelTop } from "../dom.mjs";
import { fixed } from "../format.mjs";
import { axis, Plot } from "../plot.mjs";
import { colour } from "../theme.mjs";

const SHOWN = 4;
const C_PER_mAh = 3.6;

export function cyclesPanel(place, feed) {
  panelTop(place, "Capacity by cycle");
  const box = element("div", { class: "chart", role: "img", "aria-label": "Capacity against cycle" });
  const table = element("table", { class: "plain" });
  const empty = element("p", { class: "empty" }, "No charge has passed yet.");
  place.append(empty, box, table);
  let plot = null;

  const options = () => ({
    height: 190,
    padding: [8, 14, 0, 0],
    cursor: { show: false },
    scales: { x: { time: false, range: (chart, low, high) => [0.5, Math.max(high ?? 1, 3) + 0.5] }, y: { range: (chart, low, high) => [0.95 * lowest(), 1.03 * (high || 1)] } },
    series: [
      {},
      { stroke: colour("voltage"), width: 1.5, points: { show: true, size: 8, fill: colour("voltage") } },
      { stroke: colour("current"), width: 1.5, dash: [6, 4], points: { show: true, size: 8, fill: colour("card"), width: 2 } },
    ],
    axes: [axis({ label: "Cycle", size: 42, incrs: [1, 2, 5, 10, 20, 50, 100] }), axis({ label: "Capacity / mAh", size: 58 })],
  });

  // A cycle that goes on must not press the others together: it is drawn once it is complete.
  function lowest() {
    const complete = feed.parts.cycles.filter((one) => one.complete);
    const values = complete.flatMap((one) => [one.charge_C, one.discharge_C]).filter((value) => value > 0);
    return values.length ? Math.min(...values) / C_PER_mAh : 0;
  }

  feed.on("cycles", () => {
    const cycles = feed.parts.cycles;
    empty.hidden = cycles.length > 0;
    box.hidden = !cycles.length;
    if (!cycles.length) return;
    const drawn = cycles.some((one) => one.complete) ? (one) => one.complete : () => true;
    const values = (name) => cycles.map((one) => (drawn(one) && one[name] > 0 ? one[name] / C_PER_mAh : null));
    const data = [cycles.map((one) => one.cycle), values("charge_C"), values("discharge_C")];
    if (plot) plot.show(data);
    else plot = new Plot(box, options, data);
    const heads = ["Cycle", "● charge", "○ discharge", "efficiency"].map((name) => element("th", { scope: "col" }, name));
    const rows = cycles.slice(-SHOWN).map((one) => {
      const efficiency = one.efficiency === null ? "–" : fixed(100 * one.efficiency, "%", 1);
      const cells = [`${one.cycle}${one.complete ? "" : " …"}`, fixed(one.charge_C / C_PER_mAh, "mAh", 3), fixed(one.discharge_C / C_PER_mAh, "mAh", 3), efficiency];
      return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
    });
    fill(table, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  });
}
