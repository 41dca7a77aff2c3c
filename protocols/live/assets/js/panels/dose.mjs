// What the beam did to each region, against what the protocol allows.

import { element, fill, panelTop } from "../dom.mjs";
import { fixed, si } from "../format.mjs";

const NEAR = 0.8;

export function dosePanel(place, feed) {
  panelTop(place, "Electron dose");
  const body = element("div");
  place.append(body);
  feed.on("dose", () => {
    const regions = feed.parts.dose;
    if (!regions.length) return fill(body, element("p", { class: "empty" }, "The beam has not been on the specimen."));
    fill(body, ...regions.map(region));
  });
}

function looks(dose) {
  const pictures = dose.frames && `${dose.frames} pictures`;
  const spectra = dose.spectra && `${dose.spectra} spectra`;
  return [pictures, spectra].filter(Boolean).join(", ") || "only focused";
}

function region(dose) {
  const budget = dose.budget_C_per_m2;
  const share = budget ? dose.counted_C_per_m2 / budget : null;
  const given = si(dose.counted_C_per_m2, "C/m²");
  const allowed = budget ? `${given} of ${si(budget, "C/m²")}${dose.per_cycle ? " in this cycle" : ""}` : given;
  const inside = element("div");
  inside.style.width = `${Math.min(100, 100 * (share ?? 0))}%`;
  const state = share === null ? "" : share > 1 ? "over" : share > NEAR ? "near" : "";
  return element(
    "div", { class: `budget ${state}` },
    element("div", { class: "line" }, element("b", {}, dose.region), element("span", {}, share === null ? "no budget" : `${state === "over" ? "■ " : state === "near" ? "▲ " : ""}${fixed(100 * share, "%", 0)}`)),
    share === null ? null : element("div", { class: "bar", role: "meter", "aria-label": `dose of ${dose.region}`, "aria-valuenow": Math.round(100 * share), "aria-valuemin": 0, "aria-valuemax": 100 }, inside),
    element("div", { class: "soft small" }, `${allowed} · in all ${si(dose.total_C_per_m2, "C/m²")}, at most ${si(dose.lithium_mAh_per_cm2 / 1e3, "Ah/cm²", 2)} of lithium · ${looks(dose)}`),
  );
}
