// A picture with its scale bar. What is written beside it comes from the server once and is kept.

import { element, fill } from "./dom.mjs";
import { setting } from "./format.mjs";

const details = new Map();

export async function detailsOf(number) {
  if (!details.has(number)) {
    details.set(number, fetch(`/api/frames/${number}`).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status))));
  }
  try {
    return await details.get(number);
  } catch {
    details.delete(number);
    return null;
  }
}

export const pictureAddress = (number, width) => `/pictures/${number}/${width}`;

// The picture before stays until the new one is there.
export async function showShot(place, frame, width) {
  place.dataset.number = frame.number;
  const image = element("img", { src: pictureAddress(frame.number, width), alt: `${frame.region}, ${frame.detector}, frame ${frame.number}`, width: frame.width, height: frame.height, decoding: "async" });
  const line = element("i");
  await image.decode().catch(() => null);
  if (place.dataset.number !== String(frame.number)) return;
  line.style.width = `${(100 * frame.scale_bar_m) / (0.92 * frame.field_m)}%`;
  fill(place, image, element("div", { class: "scale" }, setting(frame.scale_bar_m, "m"), line));
}
