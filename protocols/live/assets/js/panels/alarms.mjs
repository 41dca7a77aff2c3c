// What is wrong now, in plain sight above everything, and the question that waits.

import { element, fill } from "../dom.mjs";
import { moment } from "../format.mjs";

export function alarmsPanel(place, feed, steering) {
  const show = () => {
    const open = feed.parts.alarms?.open ?? [];
    const question = feed.parts.preparation?.question;
    const entries = open.map((alarm) => {
      const mood = alarm.grave ? "alarm" : "attention";
      const does = alarm.actions.length ? ` It does: ${alarm.actions.join(", ")}.` : "";
      const over = alarm.condition_over ? " The condition is over." : "";
      return element(
        "div", { class: `alarm mood-${mood}` },
        element("strong", {}, `${mood === "alarm" ? "■" : "▲"} ${alarm.name}: ${alarm.kind}`),
        element("span", { class: "text" }, `${alarm.text}, since ${moment(alarm.since_s)}.${does}${over}`),
        alarm.acknowledge && element("button", { disabled: !feed.maySteer, onclick: () => steering.acknowledge(alarm.name) }, "Acknowledge …"),
      );
    });
    const unreadable = feed.parts.unreadable;
    if (unreadable) {
      const said = `${unreadable.replace(/\.$/, "")}. It is looked for again and again.`;
      entries.unshift(element("div", { class: "alarm mood-alarm", id: "unreadable" }, element("strong", {}, "■ The record cannot be read"), element("span", { class: "text" }, said)));
    }
    if (question) {
      entries.push(element("div", { class: "alarm mood-attention" }, element("strong", {}, "▲ A question waits"), element("span", { class: "text" }, `${question.text} (asked at ${moment(question.time_s)})`), question.frame != null && element("img", { src: `/pictures/${question.frame}/720`, alt: `frame ${question.frame}, the newest picture that the question is about` }), element("button", { disabled: !feed.maySteer, onclick: () => steering.answer(question) }, "Answer …")));
    }
    fill(place, ...entries);
  };
  feed.on("alarms", show);
  feed.on("preparation", show);
  feed.on("unreadable", show);
  feed.on("connection", show);
}
