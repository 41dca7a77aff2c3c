"""The live page of 100 h at one sample a second with 2,000 frames: how soon it opens, and what it costs to watch.

    python benchmarks/live_page.py [--hours N] [--frames N] [--viewers N] [--watch S]

A record of that size is written first, still open, as a run leaves it while it goes on. Then the page is served by a
process of its own. Printed: how long its process takes to answer; the time from asking for the page until everything
of the run has come in (page, modules, first message), as a browser on this computer would ask; with Playwright and
Chromium installed, also until it is drawn, and the longest pause while the film is scrolled; and the share of a core
that the page's process takes while so many viewers watch a run that grows by one sample a second.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from posixpath import dirname, normpath

import numpy as np
from numpy.typing import NDArray
from websockets.sync.client import connect

from operando.drivers.roles import SAMPLE, BeamConditions, DetectorSettings, Image, StagePosition
from operando.protocols.program import SampleInfo
from operando.protocols.record import FrameState, RunHeader, RunRecord

BLOCK = 3600
PIXELS = (96, 128)
CYCLE_S = 72_000.0


def header() -> RunHeader:
    """Of a run that never was."""
    sample = SampleInfo("benchmark-cell", 4.32, 0.785e-4, "none")
    began = datetime(2026, 11, 1, tzinfo=UTC)
    return RunHeader("benchmark", "the live page", sample, "TEST", "nobody", began, True, "", "", "p.yaml", "", "")


def samples(first: int, count: int) -> NDArray[np.void]:
    """Charge and discharge in turn, with a short now and then."""
    block = np.zeros(count, SAMPLE)
    number = np.arange(first, first + count)
    phase = number % CYCLE_S / CYCLE_S
    up = phase < 0.5
    block["sequence"] = number
    block["time_s"] = number
    block["elapsed_s"] = number % (CYCLE_S / 2)
    block["voltage_V"] = 3.0 + 2.4 * np.where(up, phase, 1 - phase) - 0.3 * (number % 9973 == 0)
    block["current_A"] = np.where(up, 120e-6, -120e-6)
    block["charge_C"] = block["current_A"] * block["elapsed_s"]
    block["step"] = number // (CYCLE_S / 2) + 1
    block["cycle"] = number // CYCLE_S + 1
    return block


def frame(number: int, time_s: float) -> tuple[Image, FrameState]:
    """A small picture: the page scales large ones down, which costs the same once for each."""
    pixels = np.random.default_rng(number).integers(0, 65535, PIXELS, np.uint16)
    detector = "SE" if number % 2 else "BSE"
    beam, stage = BeamConditions(5e3, 1e-10, 0.01, 1.2e-4), StagePosition(0.0012, -0.00035, 0.01)
    image = Image(pixels, detector, 1e-6, time_s, 1e-3, 1e-3, beam, stage, DetectorSettings(50.0, 50.0), 8e-6)
    return image, FrameState("anode" if number % 4 < 2 else "cathode", "overview", "every 6 min")


def write_record(folder: Path, hours: float, frames: int) -> RunRecord:
    """A record as large as that of a long run, and still open."""
    record = RunRecord.create(folder, header())
    count, taken = int(hours * 3600), 0
    for first in range(0, count, BLOCK):
        record.samples(samples(first, min(BLOCK, count - first)))
        due = int(frames * (first + BLOCK) / count)
        for number in range(taken, min(due, frames)):
            record.images([frame(number, first + 1.0)])
        taken = due
    return record


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, str]]:
    """The page as `operando view` serves it: its process and its address."""
    command = [sys.executable, "-m", "operando.protocols.cli", "view", str(folder), "--json", "--port", "0"]
    page = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert page.stdout is not None
        yield page.pid, json.loads(page.stdout.readline())["address"]
    finally:
        page.kill()
        page.wait()


def get(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


def open_once(address: str) -> tuple[float, int]:
    """Seconds and bytes until everything of the run has come in."""
    began = time.perf_counter()
    size = len(get(address))
    waiting, seen = ["assets/js/main.mjs"], {"assets/js/main.mjs"}
    while waiting:
        path = waiting.pop()
        text = get(address + path)
        size += len(text)
        for target in re.findall(r'^import .* from "(.+)";', text.decode(), re.MULTILINE):
            found = normpath(f"{dirname(path)}/{target}")
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    with connect(f"{address.replace('http', 'ws')}news?pixels=1200", compression=None, max_size=None) as socket:
        size += len(socket.recv())
        size += len(socket.recv())
    return time.perf_counter() - began, size


def watch(address: str, stop: threading.Event) -> None:
    """A browser that takes everything."""
    with connect(f"{address.replace('http', 'ws')}news?pixels=1200", compression=None, max_size=None) as socket:
        while not stop.is_set():
            socket.recv()


def processor_s(pid: int) -> float:
    """Processor time of a process (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def cost_of_watching(record: RunRecord, pid: int, address: str, viewers: int, watch_s: float, count: int) -> float:
    """Share of a core while the run goes on and all of them look."""
    stop = threading.Event()
    threads = [threading.Thread(target=watch, args=(address, stop), daemon=True) for _ in range(viewers)]
    for thread in threads:
        thread.start()
    time.sleep(3.0)
    began, used = time.perf_counter(), processor_s(pid)
    while (passed := time.perf_counter() - began) < watch_s:
        record.samples(samples(count + int(passed), 1))
        time.sleep(1.0)
    share = (processor_s(pid) - used) / (time.perf_counter() - began)
    stop.set()
    for thread in threads:
        thread.join()  # each gets a sign of life within a second
    return share


def in_browser(address: str) -> tuple[float, float, float] | None:
    """Seconds until it is drawn, and between two frames of the film that is scrolled (95 %, longest)."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    chromium = shutil.which("chromium")
    if chromium is None:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        began = time.perf_counter()
        page.goto(address)
        page.locator("#strip .film button").nth(4).wait_for()
        page.locator("#now .voltage .unit").wait_for()
        drawn_s = time.perf_counter() - began
        pauses_ms = page.evaluate(SCROLL)
        browser.close()
    return drawn_s, float(np.percentile(pauses_ms, 95)) / 1e3, max(pauses_ms) / 1e3


SCROLL = """() => new Promise(done => {
  const reel = document.querySelector('#strip .reel');
  let before = performance.now(), frames = 0;
  const pauses = [];
  const step = now => {
    pauses.push(now - before);
    before = now;
    reel.scrollLeft = (frames * 400) % reel.scrollWidth;
    if (++frames > 200) done(pauses); else requestAnimationFrame(step);
  };
  requestAnimationFrame(now => { before = now; requestAnimationFrame(step); });
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=100.0)
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--viewers", type=int, default=3)
    parser.add_argument("--watch", type=float, default=30.0, help="seconds")
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp())
    record = write_record(work / "run", given.hours, given.frames)
    began = time.perf_counter()
    try:
        with served(work / "run") as (pid, address):
            print(f"the page's process answers after {time.perf_counter() - began:.1f} s")
            opened = sorted(open_once(address) for _ in range(5))
            print(f"opens in {opened[2][0]:.2f} s (median of 5), {opened[2][1] / 1e3:.0f} kB")
            drawn = in_browser(address)
            if drawn is not None:
                drawn_s, usual_s, longest_s = drawn
                print(
                    f"drawn in Chromium after {drawn_s:.2f} s; while the film is scrolled by 400 pixels a frame, ",
                    end="",
                )
                print(f"95 % of the frames within {1e3 * usual_s:.0f} ms, the longest {1e3 * longest_s:.0f} ms")
            count = int(given.hours * 3600)
            share = cost_of_watching(record, pid, address, given.viewers, given.watch, count)
            print(f"{given.viewers} viewers of a run that goes on: {100 * share:.1f} % of a core")
    finally:
        record.release()
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
