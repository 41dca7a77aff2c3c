// What the server tells, kept for the panels. Panels are told once per drawn frame, however much has come in.

const SILENCE_MS = 4000;
const RETRY_MS = 1000;
const MOST_POINTS = 20000;

export class Feed {
  constructor() {
    this.parts = {};
    this.curve = emptyCurve();
    this.frames = [];
    this.spectra = [];
    this.events = [];
    this.maySteer = false;
    this.whyNot = "";
    this.connected = false;
    this.generation = 0;
    this.reloads = 0;
    this.heardAt = performance.now();
    this.listeners = new Map();
    this.dirty = new Set();
    this.age_s = 0;
    setInterval(() => this.watchSilence(), 500);
    this.open();
  }

  on(topic, listener) {
    if (!this.listeners.has(topic)) this.listeners.set(topic, []);
    this.listeners.get(topic).push(listener);
  }

  // Seconds since something new was found in the record, as far as anybody knows here.
  dataAge() {
    return this.age_s + (performance.now() - this.heardAt) / 1000;
  }

  silence() {
    return (performance.now() - this.heardAt) / 1000;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const pixels = Math.min(1600, Math.round(innerWidth * 0.7));
    this.socket = new WebSocket(`${scheme}://${location.host}/news?pixels=${pixels}`);
    const socket = this.socket;
    socket.onmessage = (message) => socket === this.socket && this.take(JSON.parse(message.data));
    socket.onclose = () => socket === this.socket && this.lose();
  }

  lose() {
    this.setConnected(false);
    const socket = (this.socket = null);
    setTimeout(() => this.socket === socket && this.open(), RETRY_MS);
  }

  watchSilence() {
    if (this.connected && this.silence() * 1000 > SILENCE_MS) {
      this.socket?.close();
      this.lose();
    }
    this.mark("second");
  }

  setConnected(connected) {
    if (this.connected !== connected) {
      this.connected = connected;
      this.mark("connection");
    }
  }

  take(message) {
    this.heardAt = performance.now();
    if ("may_steer" in message) {
      this.maySteer = message.may_steer;
      this.whyNot = message.why_not;
      this.mark("connection");
      return;
    }
    this.setConnected(true);
    this.age_s = message.age_s;
    if (message.first) this.begin();
    if (message.curve) this.extendCurve(message.curve, message.first);
    for (const name of ["frames", "spectra"]) {
      if (message[name]) {
        this[name].push(...message[name]);
        this.mark(name);
      }
    }
    if (message.events) {
      this.events = [...this.events, ...message.events].slice(-600);
      this.mark("events");
    }
    for (const [name, part] of Object.entries(message.parts ?? {})) {
      this.parts[name] = part;
      this.mark(name);
    }
  }

  begin() {
    const name = (this.parts.identity ?? {}).run_id;
    this.frames = [];
    this.spectra = [];
    this.events = [];
    this.generation += name === undefined ? 0 : 1;
    this.mark("frames");
  }

  extendCurve(curve, first) {
    if (first) this.curve = emptyCurve();
    const kept = this.curve;
    for (const name of ["time_s", "voltage_V", "current_A"]) kept[name].push(...curve[name]);
    if (kept.time_s.length > MOST_POINTS) this.reloadCurve();
    this.mark(first ? "whole curve" : "curve");
  }

  // The increments of days add up to more points than a screen has pixels: history is asked for anew, thinned.
  async reloadCurve() {
    const number = ++this.reloads;
    const last_s = this.curve.time_s.at(-1);
    const found = await fetchCurve(-1, last_s, 1200);
    if (number !== this.reloads || !found) return;
    const from = this.curve.time_s.findIndex((time_s) => time_s > last_s);
    const tail = (values) => (from < 0 ? [] : values.slice(from));
    for (const name of ["time_s", "voltage_V", "current_A"]) found[name].push(...tail(this.curve[name]));
    this.curve = found;
    this.mark("whole curve");
  }

  mark(topic) {
    if (!this.dirty.size) requestAnimationFrame(() => this.tell());
    this.dirty.add(topic);
  }

  tell() {
    const topics = this.dirty;
    this.dirty = new Set();
    const called = new Set();
    for (const topic of topics) {
      for (const listener of this.listeners.get(topic) ?? []) {
        if (called.has(listener)) continue;
        called.add(listener);
        try {
          listener();
        } catch (error) {
          console.error(error); // one panel that fails leaves the others alive
        }
      }
    }
  }
}

function emptyCurve() {
  return { time_s: [], voltage_V: [], current_A: [] };
}

export async function fetchCurve(from_s, to_s, pixels) {
  try {
    const answer = await fetch(`/api/curve?from_s=${from_s}&to_s=${to_s}&pixels=${Math.round(pixels)}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
