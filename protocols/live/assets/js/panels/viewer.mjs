// The picture that is looked at, large, with everything that is known about it.

import { element, fill, panelTop } from "../dom.mjs";
import { fixed, moment, setting, si } from "../format.mjs";
import { FRAME } from "../rows.mjs";
import { detailsOf, pictureAddress, showShot } from "../shot.mjs";

export function viewerPanel(place, feed, selection) {
  const latest = element("button", { class: "quiet", onclick: () => selection.follow() }, "Latest");
  const before = element("button", { class: "quiet", "aria-label": "Picture before", onclick: () => selection.step(-1) }, "‹");
  const after = element("button", { class: "quiet", "aria-label": "Picture after", onclick: () => selection.step(1) }, "›");
  panelTop(place, "Picture", before, after, latest);
  const body = element("div", {}, element("p", { class: "empty" }, "No picture yet."));
  place.append(body);
  let shown = null;

  feed.on("selection", async () => {
    const row = selection.row();
    latest.setAttribute("aria-pressed", String(selection.chosen === null));
    if (!row) {
      shown = null;
      return fill(body, element("p", { class: "empty" }, "No picture yet."));
    }
    const number = row[FRAME.number];
    if (number === shown) return;
    shown = number;
    const frame = await detailsOf(number);
    if (!frame || shown !== number) return;
    const shot = element("div", { class: "shot" });
    await showShot(shot, frame, 720);
    if (shown !== number) return;
    const facts = [
      ["Cell", `${fixed(frame.voltage_V, "V", 4)}, ${si(frame.current_A, "A")}`],
      ["When", `${moment(frame.start_s)}, cycle ${frame.cycle}, ${frame.step || "between steps"}`],
      ["Beam", `${setting(frame.beam_voltage_V, "V")}, ${setting(frame.beam_current_A, "A")}, ${setting(frame.dwell_s, "s")} a pixel`],
      ["Why", `${frame.capture}: ${frame.trigger}`],
      ["Dose", `${si(frame.dose_C_per_m2, "C/m²")} of this region so far`],
    ];
    fill(
      body,
      element("figure", {}, element("button", { class: "plain-button", "aria-label": "See it in full size", onclick: () => inFull(frame) }, shot), element("figcaption", {}, element("b", {}, `${frame.region}, ${frame.detector}`), ` · frame ${frame.number}`)),
      element("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    );
  });
}

function inFull(frame) {
  const dialog = element(
    "dialog", { class: "large", "aria-label": `frame ${frame.number} in full size` },
    element("img", { src: pictureAddress(frame.number, 4096), alt: `${frame.region}, ${frame.detector}, frame ${frame.number}` }),
    element("div", { class: "buttons" }, element("span", { class: "soft" }, `${frame.width} × ${frame.height} pixels, ${setting(frame.field_m, "m")} wide`), element("button", { onclick: () => dialog.close() }, "Close")),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}


