// An X-ray spectrum with its lines, and the maps of the elements.

import { element, fill, panelTop, text } from "../dom.mjs";
import { fixed, moment, setting } from "../format.mjs";
import { axis, Plot } from "../plot.mjs";
import { SPECTRUM } from "../rows.mjs";
import { colour } from "../theme.mjs";

const HEIGHT = 260;
const LABEL_PX = 26;
const CUT_NOISE_keV = 0.15;

export function spectrumPanel(place, feed) {
  const select = element("select", { "aria-label": "Spectrum", onchange: () => choose(Number(select.value)) });
  const logarithmic = element("button", { class: "quiet", "aria-pressed": "false", onclick: toggle }, "log");
  panelTop(place, "X-rays", select, logarithmic);
  const facts = element("p", { class: "soft small" }, "No spectrum yet.");
  const box = element("div", { class: "chart", role: "img", "aria-label": "X-ray spectrum" });
  const maps = element("div", { class: "maps" });
  const ramp = element("div", { class: "ramp-row", hidden: true }, "fewest", element("span", { class: "ramp" }), "most net counts, each map for itself");
  place.append(facts, box, maps, ramp);
  let spectrum = null;
  let plot = null;
  let followed = true;
  let shown = null;

  function toggle() {
    logarithmic.setAttribute("aria-pressed", String(logarithmic.getAttribute("aria-pressed") !== "true"));
    plot?.make();
  }
  const isLog = () => logarithmic.getAttribute("aria-pressed") === "true";

  function data() {
    const low = Math.max(0, Math.ceil((CUT_NOISE_keV * 1e3 - spectrum.offset_eV) / spectrum.channel_width_eV));
    let high = spectrum.counts.length - 1;
    const highest_keV = 1.15 * Math.max(4, ...spectrum.lines.map(([, energy_keV]) => energy_keV));
    high = Math.min(high, Math.ceil((highest_keV * 1e3 - spectrum.offset_eV) / spectrum.channel_width_eV));
    const counts = spectrum.counts.slice(low, high + 1);
    return [counts.map((count, at) => (spectrum.offset_eV + (at + low) * spectrum.channel_width_eV) / 1e3), isLog() ? counts.map((count) => Math.max(count, 0.5)) : counts];
  }

  const options = () => ({
    height: HEIGHT,
    padding: [56, 12, 0, 0],
    cursor: { drag: { x: true, y: false } },
    scales: { x: { time: false }, y: isLog() ? { distr: 3 } : { range: (chart, low, high) => [0, Math.max(high * 1.02, 1)] } },
    series: [{}, { stroke: colour("voltage"), fill: `${colour("voltage")}2e`, width: 1.25, points: { show: false } }],
    axes: [axis({ label: "Energy / keV", size: 44 }), axis({ label: "Counts", size: 62 })],
    hooks: { draw: [drawLines] },
  });

  // Labels of lines that are close to each other stand on three levels.
  function drawLines(chart) {
    const { ctx } = chart;
    const ratio = devicePixelRatio;
    const { left, top, width, height } = chart.bbox;
    ctx.save();
    ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    const ends = [-Infinity, -Infinity, -Infinity];
    for (const [name, energy_keV] of spectrum.lines) {
      const x = chart.valToPos(energy_keV, "x", true);
      if (x < left || x > left + width) continue;
      const level = ends.findIndex((end) => x - end > LABEL_PX * ratio * 1.6);
      ctx.strokeStyle = colour("soft");
      ctx.lineWidth = ratio;
      ctx.setLineDash([2 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      if (level < 0) continue;
      ends[level] = x;
      ctx.fillStyle = colour("ink");
      ctx.fillText(name, x, top - (6 + 16 * level) * ratio);
    }
    ctx.restore();
  }

  async function choose(number) {
    followed = number === feed.spectra.at(-1)?.[SPECTRUM.number];
    shown = number;
    const answer = await fetch(`/api/spectra/${number}`).catch(() => null);
    if (!answer?.ok || shown !== number) return;
    spectrum = await answer.json();
    const map = spectrum.kind === "map" ? `map of ${spectrum.columns} × ${spectrum.rows} points, summed` : "one spot";
    text(facts, `${spectrum.region}, ${map}: ${setting(spectrum.beam_voltage_V, "V")}, ${setting(spectrum.beam_current_A, "A")}, ${fixed(spectrum.live_time_s, "s", 1)} live${spectrum.kind === "map" ? " a point" : ""}; cell at ${fixed(spectrum.voltage_V, "V", 3)}, ${moment(spectrum.start_s)}`);
    if (plot) {
      plot.data = data();
      plot.make();
    } else {
      plot = new Plot(box, options, data());
    }
    const mapped = latestMap(number);
    ramp.hidden = !mapped;
    if (mapped) showMaps(mapped);
    else fill(maps);
  }

  // The map of the same look as a point spectrum, else the last one before.
  function latestMap(number) {
    const row = feed.spectra.find((one) => one[SPECTRUM.number] === number);
    const maps = feed.spectra.filter((one) => one[SPECTRUM.kind] === "map" && one[SPECTRUM.region] === row?.[SPECTRUM.region]);
    return maps.find((one) => one[SPECTRUM.number] >= number) ?? maps.at(-1) ?? null;
  }

  async function showMaps(row) {
    const number = row[SPECTRUM.number];
    const answer = await fetch(`/api/spectra/${number}`).catch(() => null);
    if (!answer?.ok) return;
    const map = await answer.json();
    fill(maps, ...map.maps.map((name) => element("figure", {}, element("img", { src: `/maps/${number}/${name}`, alt: `map of ${name}`, width: map.columns, height: map.rows }), element("figcaption", {}, element("b", {}, name)))));
  }

  feed.on("spectra", () => {
    const rows = feed.spectra;
    if (!rows.length) return;
    fill(select, ...rows.map((row) => element("option", { value: row[SPECTRUM.number], selected: row[SPECTRUM.number] === shown }, `${row[SPECTRUM.number]} · ${row[SPECTRUM.region]} ${row[SPECTRUM.kind]} · ${moment(row[SPECTRUM.start_s])}`)));
    if (followed) {
      const points = rows.filter((row) => row[SPECTRUM.kind] === "point");
      const latest = (points.at(-1) ?? rows.at(-1))[SPECTRUM.number];
      select.value = latest;
      if (latest !== shown) choose(latest).then(() => (followed = true));
    } else select.value = shown;
  });
}


