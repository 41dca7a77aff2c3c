// The last picture of every detector in every region: scale, time, voltage, age.

import { element, fill, panelTop, text } from "../dom.mjs";
import { duration, fixed, moment } from "../format.mjs";
import { FRAME } from "../rows.mjs";
import { detailsOf, showShot } from "../shot.mjs";

export function picturesPanel(place, feed, selection) {
  panelTop(place, "Last pictures of each region");
  const body = element("div", { class: "regions" });
  const empty = element("p", { class: "empty" }, "No picture yet.");
  place.append(empty, body);
  const regions = new Map();

  const regionOf = (name) => {
    if (!regions.has(name)) {
      const pair = element("div", { class: "pair" });
      body.append(element("div", { class: "region" }, element("h3", {}, name), pair));
      regions.set(name, { pair, slots: new Map() });
    }
    return regions.get(name);
  };

  const show = async (row) => {
    const { pair, slots } = regionOf(row[FRAME.region]);
    const detector = row[FRAME.detector];
    if (!slots.has(detector)) {
      const shot = element("div", { class: "shot" });
      const caption = element("figcaption");
      const slot = { shot, caption, number: null, row: null };
      pair.append(element("figure", {}, element("button", { "aria-label": `${row[FRAME.region]}, ${detector}: look at it`, onclick: () => selection.choose(slot.number) }, shot), caption));
      slots.set(detector, slot);
    }
    const slot = slots.get(detector);
    if (slot.number === row[FRAME.number]) return;
    slot.number = row[FRAME.number];
    slot.row = row;
    tellAge(slot);
    const frame = await detailsOf(slot.number);
    if (frame && slot.number === frame.number) showShot(slot.shot, frame, 720);
  };

  const tellAge = (slot) => {
    const [, , detector, start_s, voltage_V] = slot.row;
    const now_s = feed.parts.cell?.now_s;
    const over = feed.parts.standing?.over;
    const age = now_s === undefined || over ? "" : `, ${duration(now_s - start_s)} ago`;
    text(slot.caption, `${detector} · ${fixed(voltage_V, "V", 3)} · ${moment(start_s)}${age}`);
  };

  feed.on("frames", () => {
    const last = new Map();
    for (const row of feed.frames) last.set(`${row[FRAME.region]}\n${row[FRAME.detector]}`, row);
    empty.hidden = last.size > 0;
    for (const row of last.values()) show(row);
  });
  feed.on("cell", () => {
    for (const { slots } of regions.values()) for (const slot of slots.values()) tellAge(slot);
  });
}
