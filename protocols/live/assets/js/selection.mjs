// The picture that is looked at: the latest, until somebody chooses another one.

import { FRAME } from "./rows.mjs";

export class Selection {
  constructor(feed) {
    this.feed = feed;
    this.region = "";
    this.detector = "";
    this.chosen = null; // number of a frame; null follows the latest
    feed.on("frames", () => feed.mark("selection"));
  }

  // Frames of the chosen region and detector, by time.
  film() {
    return this.feed.frames.filter(
      (row) => (!this.region || row[FRAME.region] === this.region) && (!this.detector || row[FRAME.detector] === this.detector),
    );
  }

  row(film = this.film()) {
    if (this.chosen !== null) {
      const found = film.find((row) => row[FRAME.number] === this.chosen);
      if (found) return found;
    }
    return film.at(-1) ?? null;
  }

  choose(number) {
    this.chosen = number;
    this.feed.mark("selection");
  }

  follow() {
    this.choose(null);
  }

  only(region, detector) {
    this.region = region;
    this.detector = detector;
    this.feed.mark("frames");
    this.feed.mark("selection");
  }

  step(by) {
    const film = this.film();
    const at = film.indexOf(this.row(film));
    if (at < 0) return;
    const next = Math.min(film.length - 1, Math.max(0, at + by));
    this.choose(next === film.length - 1 ? null : film[next][FRAME.number]);
  }

  // The picture nearest to a run time.
  chooseNear(time_s) {
    let best = null;
    for (const row of this.film()) {
      if (!best || Math.abs(row[FRAME.start_s] - time_s) < Math.abs(best[FRAME.start_s] - time_s)) best = row;
    }
    if (best) this.choose(best[FRAME.number]);
  }
}
