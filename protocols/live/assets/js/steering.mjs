// What people ask of the run: each asks before it harms, and shows what came of it.

import { element, fill } from "./dom.mjs";

const NAME = "operando-name";
const OVER = { "was killed": "The runner is gone; nobody is there to listen.", parked: "The run is parked." };

export class Steering {
  constructor(feed) {
    this.feed = feed;
  }

  // Why nobody can steer now; empty if somebody can.
  obstacle() {
    const { feed } = this;
    if (!feed.connected) return "The page's server is not reached.";
    if (!feed.maySteer) return feed.whyNot;
    if (feed.parts.standing?.over) return OVER[feed.parts.standing.status] ?? "The run is over.";
    return "";
  }

  stop() {
    this.ask({
      title: "Stop the run safely?",
      explain: "The step ends on the potentiostat, the beam is blanked, the stage stays. The run ends and is not taken up again: a battery has no rewind. To rest for a while, hold the cycling instead.",
      deed: "abort", button: "Stop safely", danger: true, reason: "Reason (for the record)", waits: "The instruments are made safe …",
    });
  }

  hold() {
    if (this.feed.parts.standing?.held) {
      this.ask({ title: "Continue cycling?", explain: "The step goes on with the charge and the time that remain.", deed: "continue", button: "Continue cycling", reason: "Reason" });
    } else {
      this.ask({ title: "Hold the cycling?", explain: "The running step ends on the potentiostat and the cell rests at open circuit. Nothing is replayed afterwards; imaging goes on.", deed: "hold", button: "Hold cycling", reason: "Reason" });
    }
  }

  pause() {
    const paused = this.feed.parts.standing?.imaging_paused;
    this.ask(
      paused
        ? { title: "Resume imaging?", explain: "Pictures are taken again as the protocol says.", deed: "resume", button: "Resume imaging", reason: "Reason" }
        : { title: "Pause imaging?", explain: "No new picture is begun; cycling goes on untouched. What is due meanwhile is recorded as not taken.", deed: "pause", button: "Pause imaging", reason: "Reason" },
    );
  }

  lend() {
    const to = this.feed.parts.standing?.lent_to;
    this.ask(
      to
        ? { title: `Take the microscope back from ${to}?`, explain: "Every setting is compared with what it was; differences are listed, and what the protocol owns is restored. The dose given meanwhile is estimated from what could be read.", deed: "take back", button: "Take back", reason: "Reason", waits: "The settings are compared and restored …" }
        : { title: "Hand the microscope over?", explain: "After the frame that is being taken the beam is blanked and parked, and nothing with an effect is sent to the microscope until it is taken back. Cycling goes on.", deed: "hand over", button: "Hand over", reason: "Reason", waits: "The running frame is finished …" },
    );
  }

  park() {
    this.ask({
      title: "Park the run?",
      explain: "The running step is ended and what remains of it is kept, fiducials are taken, everything is made safe. Another session goes on from there: operando continue.",
      deed: "park", button: "Park", reason: "Reason (for the record)", waits: "The cell is brought to rest, and the fiducials are taken …",
    });
  }

  capture() {
    this.ask({
      title: "Take a capture now",
      explain: "It is taken as soon as the microscope is free, and adds to the dose of its regions.",
      deed: "capture", button: "Capture now", choose: ["Capture", () => this.feed.parts.identity?.captures ?? []],
    });
  }

  note() {
    this.ask({ title: "Add a note", explain: "It goes into the record with your name and the time.", deed: "note", button: "Add note", reason: "Note", needed: true, long: true });
  }

  acknowledge(rule) {
    this.ask({
      title: `Acknowledge “${rule}”?`,
      explain: "The interlock is cleared if its condition is over. Say what was mended.",
      deed: "acknowledge", name: rule, button: "Acknowledge", reason: "Reason", needed: true,
    });
  }

  answer(question) {
    const free = question.answers.length === 0;
    this.ask({
      title: question.text,
      explain: "The cell rests until the question is answered. Your answer goes into the record with your name.",
      deed: "answer", button: "Answer", needed: true, frame: question.frame,
      reason: free ? (question.asked_for ? `Answer: ${question.asked_for}` : "Answer") : "", choose: free ? null : ["Answer", () => question.answers], choiceIsText: !free,
    });
  }

  ask(question) {
    if (document.querySelector("dialog[open]")) return;
    const result = element("div", { class: "result mood-over", hidden: true, role: "status" });
    const who = element("input", { name: "who", required: true, maxLength: 80, autocomplete: "name", value: localStorage.getItem(NAME) ?? "" });
    const reason = question.reason && element(question.long ? "textarea" : "input", { name: "reason", maxLength: 1000, required: Boolean(question.needed), rows: 3 });
    const choice = question.choose && element("select", { name: "choice" });
    const go = element("button", { class: question.danger ? "danger" : "main", type: "submit" }, question.button);
    const close = element("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
    const form = element(
      "form", { noValidate: false },
      choice && element("label", {}, question.choose[0], choice),
      reason && element("label", {}, question.reason, reason),
      element("label", {}, "Your name", who),
      result,
      element("div", { class: "buttons" }, close, go),
    );
    const picture = question.frame != null && element("img", { class: "asked", src: `/pictures/${question.frame}/720`, alt: `Frame ${question.frame}, which the question is about` });
    const dialog = element("dialog", { "aria-labelledby": "question" }, element("h2", { id: "question" }, question.title), element("p", {}, question.explain), picture, form);
    const look = () => {
      const why = this.obstacle();
      if (why && result.hidden) this.say(result, "refused", why);
      if (!why && result.dataset.obstacle) result.hidden = true;
      result.dataset.obstacle = why;
      if (choice && !choice.length) fill(choice, ...question.choose[1]().map((name) => element("option", {}, name))); // a key may be pressed before everything has come in
      if (!asked) go.disabled = Boolean(why) || choice?.length === 0;
    };
    let asked = false;
    look();
    const looking = setInterval(look, 250);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      localStorage.setItem(NAME, who.value.trim());
      asked = go.disabled = true;
      close.textContent = "Close";
      this.say(result, "asked", question.waits ?? "Asked; waiting for what comes of it …");
      const act = await this.send({ do: question.deed, who: who.value.trim(), text: reason ? reason.value.trim() : question.choiceIsText ? choice.value : "", name: choice && !question.choiceIsText ? choice.value : question.name ?? "" });
      this.say(result, act.state, act.text);
      if (act.state === "refused") asked = go.disabled = false;
    });
    dialog.addEventListener("close", () => {
      clearInterval(looking);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
    (who.value ? reason ?? choice ?? go : who).focus();
  }

  say(place, state, text) {
    const moods = { done: ["mood-good", "✓ Done. "], refused: ["mood-alarm", "✕ Not done. "], unknown: ["mood-attention", "? Not known. "], asked: ["mood-over", ""] };
    const [mood, begins] = moods[state];
    place.hidden = false;
    place.className = `result ${mood}`;
    place.dataset.state = state;
    fill(place, element("b", {}, begins), text);
  }

  async send(wish) {
    try {
      const answer = await fetch("/api/steer", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wish) });
      const said = await answer.json();
      return answer.ok ? said : { state: "refused", text: said.error };
    } catch {
      return { state: "unknown", text: "The page's server went away before it told what came of it. Look at the events, or ask at the terminal." };
    }
  }
}
