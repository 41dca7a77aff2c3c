// uPlot in the colours of the page: made anew when the theme changes, as wide as its place.

import uPlot from "../uplot/uPlot.esm.js";
import { colour, onTheme } from "./theme.mjs";

export const FONT = "12px system-ui, sans-serif";

export class Plot {
  // options() gives uPlot's options for the colours of now; without width.
  constructor(place, options, data) {
    this.place = place;
    this.options = options;
    this.data = data;
    this.make();
    onTheme(() => this.make());
    new ResizeObserver(() => this.resize()).observe(place);
  }

  make() {
    const scales = this.chart ? { ...this.chart.scales } : null;
    const x = scales?.x && this.keepsX ? { min: scales.x.min, max: scales.x.max } : null;
    this.chart?.destroy();
    const width = Math.max(120, this.place.clientWidth);
    this.chart = new uPlot({ width, legend: { show: false }, ...this.options() }, this.data, this.place);
    if (x) this.chart.setScale("x", x);
  }

  resize() {
    const width = Math.max(120, this.place.clientWidth);
    if (width !== this.chart.width) this.chart.setSize({ width, height: this.chart.height });
  }

  show(data, keepScales = false) {
    this.data = data;
    this.chart.setData(data, !keepScales);
  }
}

export function axis(more = {}) {
  return {
    stroke: colour("soft"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { stroke: colour("line"), width: 1, size: 5 },
    font: FONT,
    labelFont: FONT,
    labelSize: 20,
    ...more,
  };
}

export { uPlot };
