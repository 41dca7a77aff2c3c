// Which run this is, how it stands, how old what is seen is; and that nothing is heard any more.

import { element, fill, text } from "../dom.mjs";
import { clock, duration } from "../format.mjs";
import { showKeys } from "../keys.mjs";
import { isDark, onTheme, toggleTheme } from "../theme.mjs";

export const MARKS = { good: "●", attention: "▲", alarm: "■", over: "✓" };
// What has become of a run that is over, by what the record's folder tells.
const ENDS = {
  "was killed": ["alarm", "stopped without closing"],
  parked: ["attention", "parked"],
  closed: ["over", "record closed"],
};
const NOT_CLOSED_YET = ["over", "record not closed yet"];
const LATE_S = 20;
const VERY_LATE_S = 120;

export function headPanel(place, feed, banner) {
  const badge = element("span", { class: "badge mood-over" });
  const title = element("div", { class: "title" });
  const sample = element("div", { class: "sample" });
  const simulated = element("span", { class: "badge simulated", hidden: true }, "SIMULATED");
  const age = element("span", { class: "age badge mood-over" });
  const theme = element("button", { class: "quiet", onclick: toggleTheme });
  const keys = element("button", { class: "quiet", onclick: showKeys, "aria-label": "Keys" }, "Keys");
  place.append(badge, element("div", { class: "name" }, title, sample), simulated, age, theme, keys);
  const nameTheme = () => text(theme, isDark() ? "Light" : "Dark");
  nameTheme();
  onTheme(nameTheme);

  feed.on("identity", () => {
    const run = feed.parts.identity;
    document.title = `${run.sample} · operando`;
    text(title, run.title);
    const facts = [run.sample, run.batch && `batch ${run.batch}`, run.run_id, `began ${clock(run.start_unix_s)}`, run.operator];
    text(sample, facts.filter(Boolean).join(" · "));
    simulated.hidden = !run.simulated;
  });
  feed.on("standing", () => {
    const { word, mood } = feed.parts.standing;
    badge.className = `badge mood-${mood}`;
    text(badge, `${MARKS[mood]} ${word}`);
  });

  const tellAge = () => {
    const seconds = feed.dataAge();
    const { over, status } = feed.parts.standing ?? {};
    const old = [seconds > VERY_LATE_S ? "alarm" : seconds > LATE_S ? "attention" : "good", `data ${duration(seconds)} old`];
    const [mood, said] = !feed.connected ? ["alarm", "disconnected"] : over ? ENDS[status] ?? NOT_CLOSED_YET : old;
    age.className = `age badge mood-${mood}`;
    text(age, said);
    const silent = !feed.connected && feed.silence() > 1.5;
    document.body.classList.toggle("disconnected", silent);
    banner.hidden = !silent;
    if (silent) text(banner, `DISCONNECTED — what you see is ${duration(feed.silence())} old. The run itself does not need this page.`);
  };
  feed.on("second", tellAge);
  feed.on("connection", tellAge);
  feed.on("standing", tellAge);
}
