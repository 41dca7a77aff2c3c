"""The runner is killed, or parks the run, or its folder is away: the page, which outlives it, says so."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from support.live_page import page_process
from support.steered_run import LONG, SteeredRun

from operando.drivers.clock import RealClock
from operando.protocols.reading import open_run
from operando.protocols.record import RecordError

Open = Callable[..., Page]
PATIENT_S = 60.0


def test_a_runner_that_is_killed_is_called_gone(open_page: Open, tmp_path: Path) -> None:
    protocol, folder = tmp_path / "protocol.yaml", tmp_path / "run"
    protocol.write_text(LONG)
    command = [sys.executable, "-m", "operando.protocols.cli", "run", str(protocol), "--bench", "sim"]
    runner = subprocess.Popen(
        [*command, "--out", str(folder), "--pace", "30"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_samples(folder)
        with page_process(folder, "--port", "0") as (_, addresses):
            page = open_page(addresses["look and steer"])
            expect(page.locator("header .age")).to_contain_text("old")
            runner.send_signal(signal.SIGKILL)
            runner.wait()
            expect(page.locator("#now .word")).to_contain_text("Runner is gone")
            expect(page.locator("#now .why")).to_contain_text(f"operando resume {folder}")
            expect(page.locator("header .age")).to_contain_text("stopped without closing")
            expect(page.locator("#obstacle")).to_contain_text("The runner is gone")
            folder.rename(tmp_path / "away")
            expect(page.locator("#unreadable")).to_contain_text("The record cannot be read")
            (tmp_path / "away").rename(folder)
            expect(page.locator("#unreadable")).to_be_hidden()
            page.close()  # it would complain of the server that is ended below
    finally:
        runner.kill()
        runner.wait()


def test_a_parked_run_is_not_called_closed(open_page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with SteeredRun(folder) as run:
        run.until("step started", "charge")
        with page_process(folder, "--port", "0") as (_, addresses):
            page = open_page(addresses["look and steer"])
            expect(page.locator("header .age")).to_contain_text("old")
            run.wait_for(lambda: run.ask("park").ok)
            run.until_over()
            expect(page.locator("#now .word")).to_contain_text("Parked")
            expect(page.locator("#now .why")).to_contain_text(f"operando continue {folder}")
            expect(page.locator("header .age")).to_contain_text("parked")
            expect(page.locator("#obstacle")).to_contain_text("The run is parked")
            page.close()  # it would complain of the server that is ended below


def wait_for_samples(folder: Path) -> None:
    clock = RealClock()
    while clock.now() < PATIENT_S:
        try:
            if open_run(folder).samples.size:
                return
        except (RecordError, OSError):
            pass
        clock.sleep_until(clock.now() + 0.2)
    raise AssertionError("the run did not begin")
