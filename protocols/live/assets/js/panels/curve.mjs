// Voltage and current against time: zoom, hover, last hours or all, and a mark for every picture.

import { element, fill, panelTop } from "../dom.mjs";
import { fetchCurve } from "../feed.mjs";
import { current, fixed, moment } from "../format.mjs";
import { axis, Plot } from "../plot.mjs";
import { FRAME } from "../rows.mjs";
import { colour } from "../theme.mjs";

const RANGES = [["1 h", 3600], ["6 h", 21600], ["24 h", 86400], ["all", Infinity]];
const HEIGHT = 430;
const NEAR_PX = 14;
const TOUCHED = matchMedia("(hover: none)").matches;

export function curvePanel(place, feed, selection) {
  const view = { last_s: Infinity, from_s: null, to_s: null, data: null };
  const buttons = RANGES.map(([name, last_s]) => element("button", { class: "quiet", "aria-pressed": String(last_s === Infinity), onclick: () => lastHours(last_s) }, name));
  panelTop(place, "Voltage and current", element("div", { class: "ranges", role: "group", "aria-label": "Time shown" }, ...buttons));
  const readout = element("div", { class: "readout" });
  const box = element("div", { class: "chart", tabIndex: 0, role: "img", "aria-label": "Voltage and current against time" });
  const keys = element("div", { class: "hint" }, keyLine("voltage"), "voltage  ", keyLine("current", "dashed"), "current  ▲ pictures. Drag to zoom, double click for all, click a mark to see its picture. With the keyboard: + − ← → 0.");
  place.append(readout, box, keys);

  const data = () => {
    const curve = view.data ?? feed.curve;
    return [curve.time_s.map((time_s) => time_s / 3600), curve.voltage_V, curve.current_A.map((value) => (value === null ? null : value * 1e6))];
  };
  const options = () => ({
    height: innerWidth < 640 ? 280 : HEIGHT,
    padding: [12, 4, 0, 4],
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    scales: { x: { time: false, range: (chart, low, high) => span(low, high) }, current: { range: (chart, low, high) => roomy(low, high, 2) }, y: { range: (chart, low, high) => roomy(low, high, 0.005) } },
    series: [
      {},
      { label: "voltage", scale: "y", stroke: colour("voltage"), width: 2, points: { show: false } },
      { label: "current", scale: "current", stroke: colour("current"), width: 1.5, dash: [7, 4], points: { show: false } },
    ],
    axes: [
      axis({ label: "Time / h", size: 44 }),
      axis({ scale: "y", label: "Voltage / V", size: 62, stroke: colour("voltage"), values: (chart, ticks) => ticks.map((tick) => fixed(tick, "", decimals(ticks))) }),
      axis({ scale: "current", side: 1, label: "Current / µA", size: 66, stroke: colour("current"), grid: { show: false }, values: (chart, ticks) => ticks.map((tick) => fixed(tick, "", decimals(ticks, 0))) }),
    ],
    hooks: { draw: [drawMarks], setCursor: [hover], setSelect: [zoomToSelection] },
  });
  const plot = new Plot(box, options, data());

  function span(low, high) {
    if (view.from_s !== null) return [view.from_s / 3600, view.to_s / 3600];
    const end = feed.curve.time_s.at(-1) / 3600 || 1;
    if (view.last_s !== Infinity) return [Math.max(0, end - view.last_s / 3600), end];
    return low === null || low === high ? [0, 1] : [low, high];
  }

  function refresh() {
    if (view.from_s === null && view.data) return extend();
    plot.show(data());
  }

  // The last hours go on with what comes in; a zoomed stretch of the past stays as it is.
  function extend() {
    const known = view.data.time_s.at(-1) ?? -1;
    const from = feed.curve.time_s.findIndex((time_s) => time_s > known);
    if (from >= 0) for (const name of ["time_s", "voltage_V", "current_A"]) view.data[name].push(...feed.curve[name].slice(from));
    plot.show(data());
  }

  let asked = 0;
  async function load(from_s, to_s) {
    const number = ++asked;
    const found = await fetchCurve(from_s, to_s, box.clientWidth);
    if (number !== asked || !found) return;
    view.data = found;
    plot.show(data());
  }

  function lastHours(last_s) {
    Object.assign(view, { last_s, from_s: null, to_s: null, data: null });
    asked += 1;
    for (const [at, button] of buttons.entries()) button.setAttribute("aria-pressed", String(RANGES[at][1] === last_s));
    plot.show(data());
    const end_s = feed.curve.time_s.at(-1) ?? 0;
    if (last_s !== Infinity) load(Math.max(0, end_s - last_s), end_s);
  }

  function zoom(from_s, to_s) {
    const end_s = feed.curve.time_s.at(-1) ?? 1;
    const low = Math.max(0, from_s), high = Math.min(end_s, to_s);
    if (high - low < 2) return;
    if (low <= 0 && high >= end_s) return lastHours(Infinity);
    Object.assign(view, { from_s: low, to_s: high });
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
    plot.show(data());
    load(low, high);
  }

  function zoomToSelection(chart) {
    if (chart.select.width < 5) return;
    const [from, to] = [chart.posToVal(chart.select.left, "x"), chart.posToVal(chart.select.left + chart.select.width, "x")];
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    zoom(from * 3600, to * 3600);
  }

  function hover(chart) {
    const at = chart.cursor.idx;
    if (at === null || at === undefined) return fill(readout, element("span", { class: "soft" }, TOUCHED ? "Touch the curve to read it." : "Move over the curve to read it."));
    const [hours, voltage, microamperes] = [0, 1, 2].map((index) => chart.data[index][at]);
    const [number, unit] = current(microamperes === null ? null : microamperes / 1e6);
    fill(readout, element("span", {}, moment(hours * 3600)), element("span", { class: "voltage" }, fixed(voltage, "V", 4)), element("span", { class: "current" }, `${number} ${unit}`));
  }

  function drawMarks(chart) {
    const { ctx } = chart;
    const ratio = devicePixelRatio;
    const { left, top, width, height } = chart.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    ctx.fillStyle = colour("soft");
    let before = -Infinity;
    for (const row of feed.frames) {
      const x = chart.valToPos(row[FRAME.start_s] / 3600, "x", true);
      if (x - before < 7 * ratio || x < left || x > left + width) continue;
      before = x;
      triangle(ctx, x, top + height, 5 * ratio);
    }
    const chosen = selection.row();
    if (chosen) {
      const x = chart.valToPos(chosen[FRAME.start_s] / 3600, "x", true);
      ctx.strokeStyle = ctx.fillStyle = colour("selected");
      ctx.lineWidth = 2 * ratio;
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      triangle(ctx, x, top + height, 8 * ratio);
    }
    ctx.restore();
  }

  box.addEventListener("click", (event) => {
    const over = plot.chart.over.getBoundingClientRect();
    const x = event.clientX - over.left;
    if (event.clientY < over.bottom - 40 || event.clientY > over.bottom + 6) return;
    const perPixel_s = 3600 * (plot.chart.posToVal(1, "x") - plot.chart.posToVal(0, "x"));
    const time_s = plot.chart.posToVal(x, "x") * 3600;
    const near = selection.film().some((row) => Math.abs(row[FRAME.start_s] - time_s) < NEAR_PX * perPixel_s);
    if (near) selection.chooseNear(time_s);
  });
  box.addEventListener("dblclick", () => lastHours(Infinity));
  box.addEventListener("keydown", (event) => {
    const { min, max } = plot.chart.scales.x;
    const middle = (min + max) / 2, half = (max - min) / 2;
    const to = (from, until) => zoom(from * 3600, until * 3600);
    const moves = {
      "+": () => to(middle - half / 2, middle + half / 2),
      "-": () => to(middle - half * 2, middle + half * 2),
      ArrowLeft: () => min > 0 && to(min - half / 2, max - half / 2),
      ArrowRight: () => to(min + half / 2, max + half / 2),
      0: () => lastHours(Infinity),
    };
    if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    }
  });
  feed.on("curve", refresh);
  feed.on("whole curve", () => (view.data && view.from_s === null ? lastHours(view.last_s) : plot.show(data())));
  feed.on("selection", () => plot.chart.redraw(false));
  feed.on("frames", () => plot.chart.redraw(false));
  hover(plot.chart);
}

function keyLine(name, style = "") {
  const line = element("span", { class: `key ${style}` });
  line.style.color = `var(--${name})`;
  return line;
}

function triangle(ctx, x, bottom, size) {
  ctx.beginPath();
  ctx.moveTo(x, bottom - 1.6 * size);
  ctx.lineTo(x - size * 0.8, bottom);
  ctx.lineTo(x + size * 0.8, bottom);
  ctx.fill();
}

// At least so much is shown that noise does not look like a signal.
function roomy(low, high, least) {
  if (low === null || high === null) return [0, 1];
  const room = Math.max((high - low) * 0.08, (least - (high - low)) / 2);
  return [low - room, high + room];
}

const decimals = (ticks, least = 1) => (ticks.length > 1 ? Math.min(5, Math.max(least, -Math.floor(Math.log10(Math.abs(ticks[1] - ticks[0])) + 1e-9))) : 2);
