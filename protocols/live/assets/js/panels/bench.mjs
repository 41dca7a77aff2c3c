// Phase, pre-flight, who holds the microscope, and room on the disk.

import { element, fill, panelTop } from "../dom.mjs";
import { bytes, moment } from "../format.mjs";

export function benchPanel(place, feed) {
  panelTop(place, "Bench");
  const body = element("div");
  const checks = element("ul", { class: "checks" });
  const summary = element("summary");
  place.append(body, element("details", {}, summary, checks));

  const show = () => {
    const { microscope, storage, alarms, preparation, identity } = feed.parts;
    const facts = [];
    if (microscope) {
      facts.push(["Microscope", microscope.held_by]);
      facts.push(["Captures", `${microscope.taken} taken, ${microscope.not_taken} not taken; ${microscope.pictures} pictures, ${microscope.spectra} spectra`]);
      if (microscope.last_capture) facts.push(["Last one", `${microscope.last_capture.text}, ${moment(microscope.last_capture.time_s)}`]);
      if (microscope.last_missed) facts.push(["Last missed", `${microscope.last_missed.text}, ${moment(microscope.last_missed.time_s)}`]);
    }
    if (alarms) facts.push(["Phase", alarms.phase]);
    if (storage) {
      const planned = storage.planned_bytes ? ` of about ${bytes(storage.planned_bytes)}` : "";
      facts.push(["Disk", `${storage.enough ? "" : "■ too little room: "}${bytes(storage.written_bytes)}${planned} written, ${bytes(storage.free_bytes)} free`]);
    }
    for (const unreadable of identity?.unreadable ?? []) facts.push(["Not readable", unreadable]);
    fill(body, element("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])));
    const found = preparation?.preflight ?? [];
    const failed = found.filter((check) => check.kind !== "passed");
    summary.textContent = failed.length ? `Pre-flight: ${failed.length} of ${found.length} need a look` : `Pre-flight: ${found.length} checks passed`;
    const shown = [...failed, ...found.filter((check) => check.kind === "passed")];
    fill(checks, ...shown.map((check) => element("li", {}, `${check.kind === "passed" ? "✓" : "▲ " + check.kind} ${check.text}`)));
  };
  for (const topic of ["microscope", "storage", "alarms", "preparation", "identity"]) feed.on(topic, show);
}
