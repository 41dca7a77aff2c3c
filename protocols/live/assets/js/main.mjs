// Every panel is a module with one function: it builds itself into its section and listens to the feed.

import { Feed } from "./feed.mjs";
import { Selection } from "./selection.mjs";
import { Steering } from "./steering.mjs";
import { listenToKeys } from "./keys.mjs";
import { alarmsPanel } from "./panels/alarms.mjs";
import { benchPanel } from "./panels/bench.mjs";
import { curvePanel } from "./panels/curve.mjs";
import { cyclesPanel } from "./panels/cycles.mjs";
import { dosePanel } from "./panels/dose.mjs";
import { eventsPanel } from "./panels/events.mjs";
import { handPanel } from "./panels/hand.mjs";
import { headPanel } from "./panels/head.mjs";
import { nowPanel } from "./panels/now.mjs";
import { picturesPanel } from "./panels/pictures.mjs";
import { spectrumPanel } from "./panels/spectrum.mjs";
import { stripPanel } from "./panels/strip.mjs";
import { surroundingsPanel } from "./panels/surroundings.mjs";
import { timelinePanel } from "./panels/timeline.mjs";
import { viewerPanel } from "./panels/viewer.mjs";

const place = (name) => document.getElementById(name);
const feed = new Feed();
const selection = new Selection(feed);
const steering = new Steering(feed);

headPanel(place("head"), feed, place("disconnected"));
nowPanel(place("now"), feed);
handPanel(place("hand"), feed, steering);
alarmsPanel(place("alarms"), feed, steering);
timelinePanel(place("timeline"), feed);
curvePanel(place("curve"), feed, selection);
viewerPanel(place("viewer"), feed, selection);
stripPanel(place("strip"), feed, selection);
picturesPanel(place("pictures"), feed, selection);
spectrumPanel(place("spectrum"), feed);
surroundingsPanel(place("surroundings"), feed);
cyclesPanel(place("cycles"), feed);
dosePanel(place("dose"), feed);
benchPanel(place("bench"), feed);
eventsPanel(place("events"), feed);
listenToKeys(feed, selection, steering);
