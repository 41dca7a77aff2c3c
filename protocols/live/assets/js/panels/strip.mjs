// All pictures as a film: only what is seen is made, so that thousands scroll as easily as ten.

import { element, fill, panelTop, text } from "../dom.mjs";
import { fixed, moment } from "../format.mjs";
import { FRAME } from "../rows.mjs";
import { pictureAddress } from "../shot.mjs";

const STEP_PX = 142;
const SPARE = 3;

export function stripPanel(place, feed, selection) {
  const region = element("select", { "aria-label": "Region", onchange: () => selection.only(region.value, detector.value) });
  const detector = element("select", { "aria-label": "Detector", onchange: () => selection.only(region.value, detector.value) });
  const count = element("span", { class: "soft small" });
  panelTop(place, "Film", count, region, detector);
  const film = element("div", { class: "film" });
  const reel = element("div", { class: "reel", tabIndex: 0, "aria-label": "Pictures by time" }, film);
  const scrub = element("input", { type: "range", class: "scrub", min: 0, max: 0, value: 0, "aria-label": "Scrub through the pictures" });
  place.append(reel, scrub);
  const made = new Map();
  let rows = [];

  const choices = (select, all, values, chosen) => {
    const wanted = ["", ...values];
    if (select.options.length === wanted.length) return;
    fill(select, ...wanted.map((value) => element("option", { value, selected: value === chosen }, value || all)));
  };

  const layout = () => {
    rows = selection.film();
    choices(region, "all regions", [...new Set(feed.frames.map((row) => row[FRAME.region]))], selection.region);
    choices(detector, "all detectors", [...new Set(feed.frames.map((row) => row[FRAME.detector]))], selection.detector);
    text(count, `${rows.length} pictures`);
    film.style.width = `${rows.length * STEP_PX}px`;
    scrub.max = Math.max(0, rows.length - 1);
    place.hidden = false;
    draw();
    follow();
  };

  const draw = () => {
    const first = Math.max(0, Math.floor(reel.scrollLeft / STEP_PX) - SPARE);
    const last = Math.min(rows.length - 1, Math.ceil((reel.scrollLeft + reel.clientWidth) / STEP_PX) + SPARE);
    const chosen = selection.row(rows);
    const seen = new Set();
    for (let at = first; at <= last; at += 1) {
      const number = rows[at][FRAME.number];
      seen.add(number);
      if (!made.has(number)) made.set(number, film.appendChild(thumbnail(rows[at])));
      const button = made.get(number);
      button.style.left = `${at * STEP_PX}px`;
      button.setAttribute("aria-current", String(rows[at] === chosen));
    }
    for (const [number, button] of made) {
      if (!seen.has(number)) {
        button.remove();
        made.delete(number);
      }
    }
  };

  const thumbnail = (row) => {
    const label = `${row[FRAME.region]} ${row[FRAME.detector]}`;
    const image = element("img", { src: pictureAddress(row[FRAME.number], 144), alt: "", decoding: "async" });
    return element("button", { tabIndex: -1, title: `${label}, frame ${row[FRAME.number]}`, onclick: () => selection.choose(row[FRAME.number]) }, image, `${moment(row[FRAME.start_s])} · ${fixed(row[FRAME.voltage_V], "V", 3)}`);
  };

  // Keep the chosen picture in sight, unless somebody scrolls by hand.
  const follow = () => {
    const at = rows.indexOf(selection.row(rows));
    if (at < 0) return;
    scrub.value = at;
    const left = at * STEP_PX;
    if (left < reel.scrollLeft || left + STEP_PX > reel.scrollLeft + reel.clientWidth) reel.scrollLeft = left - reel.clientWidth / 2 + STEP_PX / 2;
    draw();
  };

  let waiting = false;
  reel.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  }, { passive: true });
  scrub.addEventListener("input", () => {
    const at = Number(scrub.value);
    selection.choose(at === rows.length - 1 ? null : rows[at][FRAME.number]);
  });
  reel.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      selection.step(by);
    }
  });
  new ResizeObserver(draw).observe(reel);
  feed.on("frames", layout);
  feed.on("selection", follow);
}
