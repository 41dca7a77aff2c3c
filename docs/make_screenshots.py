"""Photographs the live page of the demo while it goes on: light, dark, phone, and the dialog that stops a run.

    python docs/make_screenshots.py [--out docs/pictures] [--pace N] [--wait HOURS]

Runs the shipped protocol on the simulated bench in a folder of its own, at a pace that lets it be looked at, waits
until so many hours of the experiment are over, and takes the pictures in a headless Chromium (Debian's, or the one
that OPERANDO_CHROMIUM names) driven by Playwright. The run is stopped afterwards.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PATIENT_S = 1800.0
LOOK_EVERY_S = 2.0
SETTLED = """async () => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += 600) {
    scrollTo(0, top);
    await new Promise(done => setTimeout(done, 60));
  }
  scrollTo(0, 0);
  await Promise.all([...document.images].map(image => image.decode().catch(() => 0)));
}"""


def run_demo(folder: Path, pace: float) -> tuple["subprocess.Popen[bytes]", str]:
    """Start the run and its page; returns the process and the address."""
    protocol = str(files("operando.protocols.shipped").joinpath("demo.yaml"))
    command = [sys.executable, "-m", "operando.protocols.cli", "run", protocol, "--bench", "sim", "--live"]
    run = subprocess.Popen([*command, "--out", str(folder), "--pace", str(pace)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith(b"live page: "):
            return run, line.decode().removeprefix("live page: ").strip()
    raise SystemExit("the run ended before its page was there")


def end(run: "subprocess.Popen[bytes]") -> None:
    """End the run, and its page, which would stay for an hour."""
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text(encoding="ascii").split()
    run.terminate()
    run.wait()
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGTERM)


def wait_until(address: str, hours: float) -> None:
    """Wait until so many hours of the experiment are over."""
    for _ in range(int(PATIENT_S / LOOK_EVERY_S)):
        with urllib.request.urlopen(f"{address}api/state") as answer:
            if json.load(answer)["cell"]["now_s"] >= 3600.0 * hours:
                return
        time.sleep(LOOK_EVERY_S)
    raise SystemExit("the run is too slow")


def photograph(browser: Browser, address: str, out: Path) -> None:
    """The page as people see it."""
    for name, width, height, scheme in (
        ("live_light", 1440, 1580, "light"),
        ("live_dark", 1440, 1580, "dark"),
        ("live_phone", 380, 844, "light"),
    ):
        page = opened(browser, address, width, height, scheme)
        page.screenshot(path=out / f"{name}.png")
        page.close()
    page = opened(browser, address, 1100, 620, "light")
    page.keyboard.press("s")
    page.locator("dialog [name=reason]").fill("the box leaks")
    page.screenshot(path=out / "live_stop.png")
    page.close()


def opened(browser: Browser, address: str, width: int, height: int, scheme: str) -> Page:
    """A page on which everything has come in."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(address)
    page.evaluate("localStorage.setItem('operando-name', 'A. Scientist')")
    page.locator("#pictures img").nth(1).wait_for()
    page.evaluate(SETTLED)
    page.wait_for_timeout(1500)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--pace", type=float, default=1500.0)
    parser.add_argument("--wait", type=float, default=28.0, help="hours of the experiment")
    given = parser.parse_args()
    chromium = os.environ.get("OPERANDO_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no chromium: apt-get install chromium, or name one in OPERANDO_CHROMIUM")
    work = Path(tempfile.mkdtemp())
    run, address = run_demo(work / "run", given.pace)
    try:
        wait_until(address, given.wait)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            photograph(browser, address, given.out)
            browser.close()
    finally:
        end(run)
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
