// Pressures, temperatures and stack pressure, with their limits; vacuum on a logarithmic axis.

import { element, fill, panelTop, text } from "../dom.mjs";
import { duration, powerOfTen } from "../format.mjs";
import { axis, Plot } from "../plot.mjs";
import { colour } from "../theme.mjs";

const HEIGHT = 96;

export function surroundingsPanel(place, feed) {
  panelTop(place, "Surroundings");
  const empty = element("p", { class: "empty" }, "No reading yet.");
  place.append(empty);
  const rows = new Map();

  feed.on("surroundings", () => {
    const sensors = feed.parts.surroundings;
    empty.hidden = sensors.length > 0;
    for (const sensor of sensors) {
      const key = `${sensor.name} ${sensor.quantity}`;
      if (!rows.has(key)) rows.set(key, makeRow(place, key));
      showRow(rows.get(key), sensor);
    }
  });

  function makeRow(parent, name) {
    const last = element("div", { class: "last" });
    const limits = element("div", { class: "soft small" });
    const box = element("div", { class: "chart", role: "img", "aria-label": `${name} against time` });
    const row = element("div", { class: "sensor" }, element("div", {}, element("div", { class: "soft small" }, name), last, limits), box);
    parent.append(row);
    return { row, last, limits, box, plot: null, sensor: null };
  }

  function showRow(made, sensor) {
    made.sensor = sensor;
    const bad = sensor.quality !== "ok" || (sensor.low !== null && sensor.last < sensor.low) || (sensor.high !== null && sensor.last > sensor.high);
    made.row.classList.toggle("bad", bad);
    text(made.last, (bad ? "■ " : "") + (sensor.quality === "ok" ? powerOfTen(sensor.last, sensor.unit) : sensor.quality));
    const now_s = feed.parts.cell?.now_s ?? sensor.last_s;
    const limits = [sensor.low !== null && `≥ ${powerOfTen(sensor.low, sensor.unit)}`, sensor.high !== null && `≤ ${powerOfTen(sensor.high, sensor.unit)}`].filter(Boolean);
    const age = feed.parts.standing?.over ? "" : `${duration(now_s - sensor.last_s)} ago`;
    text(made.limits, [limits.length ? `limit ${limits.join(", ")}` : "no limit set", age].filter(Boolean).join(" · "));
    const data = [sensor.time_s.map((time_s) => time_s / 3600), sensor.value];
    if (made.plot) made.plot.show(data);
    else if (sensor.time_s.length) made.plot = new Plot(made.box, () => options(made), data);
  }

  function options(made) {
    return {
      height: HEIGHT,
      padding: [6, 6, 0, 0],
      cursor: { show: false },
      scales: { x: { time: false }, y: made.sensor.logarithmic ? { distr: 3, range: (chart, low, high) => decades(low, high, made.sensor) } : { range: (chart, low, high) => roomy(low, high, made.sensor) } },
      series: [{}, { stroke: colour("voltage"), width: 1.5, points: { show: false } }],
      axes: [axis({ size: 24, ticks: { show: false } }), axis({ size: 58, grid: { stroke: colour("line") }, values: made.sensor.logarithmic ? (chart, ticks) => ticks.map((tick) => (tick && Number.isInteger(Math.log10(tick)) ? powerOfTen(tick, "", 1).replace(/1.×./, "").trim() : "")) : undefined })],
      hooks: { draw: [(chart) => drawLimits(chart, made.sensor)] },
    };
  }
}

function drawLimits(chart, sensor) {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  ctx.save();
  ctx.strokeStyle = colour("alarm");
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const limit of [sensor.low, sensor.high]) {
    if (limit === null) continue;
    const y = chart.valToPos(limit, "y", true);
    if (y < top || y > top + height) continue;
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
  }
  ctx.restore();
}

function decades(low, high, sensor) {
  const values = [low, high, sensor.low, sensor.high].filter((value) => value > 0);
  const lowest = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const highest = Math.ceil(Math.log10(Math.max(...values)) - 1e-9);
  return [10 ** lowest, 10 ** Math.max(highest, lowest + 1)];
}

// A limit is shown when the values come near it; far away it would flatten them to a line.
function roomy(low, high, sensor) {
  const span = Math.max(high - low, Math.abs(high) * 1e-3, 1e-9);
  const near = [sensor.low, sensor.high].filter((limit) => limit !== null && limit > low - 4 * span && limit < high + 4 * span);
  return [Math.min(low, ...near) - 0.15 * span, Math.max(high, ...near) + 0.15 * span];
}
