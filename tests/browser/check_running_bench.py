"""The page of a running simulated bench: every panel has data, what is steered happens in the world itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support.live_page import page_process
from support.steered_run import SteeredRun

from operando.protocols.reading import open_run

Open = Callable[..., Page]
Running = tuple[SteeredRun, str]
SMALL_A = 1e-7


@contextmanager
def running_bench(folder: Path) -> Iterator[Running]:
    """A run that goes on, and the address of its page."""
    with SteeredRun(folder, pace=60.0) as run:
        run.until("step started", "settle")
        with page_process(folder, "--port", "0") as (_, addresses):
            run.until("step started", "charge")
            yield run, addresses["look and steer"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One run for all tests that take it as it comes and leave it going on."""
    with running_bench(tmp_path_factory.mktemp("live") / "run") as found:
        yield found


def answer(page: Page, button: str, result: str, **fields: str) -> Locator:
    """Fill the dialog that is open, and wait for the result that it shows."""
    dialog = page.locator("dialog")
    for name, value in {"who": "A. Scientist", **fields}.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.get_by_role("button", name=button).click()
    said = dialog.locator(".result")
    expect(said).to_have_attribute("data-state", re.compile("done|refused|unknown"))
    assert said.get_attribute("data-state") == result, said.text_content()
    return said


def test_every_panel_shows_the_run(open_page: Open, running: Running) -> None:
    run, address = running
    page = open_page(address)
    run.wait_for(lambda: len(open_run(run.folder).frames) >= 2)
    expect(page.locator("header")).to_contain_text("SIMULATED")
    expect(page.locator("header")).to_contain_text("watched-cell")
    expect(page.locator("header")).to_contain_text("batch coarse")
    expect(page.locator("header .age")).to_contain_text("old")
    expect(page.locator("#now .word")).to_contain_text("harging")
    expect(page.locator("#now .step")).to_contain_text("for 40 min")
    expect(page.locator("#now .times")).to_contain_text("to go")
    expect(page.locator("#now .voltage .value")).to_contain_text("V")
    expect(page.locator("#now .current .value")).to_contain_text("200.0µA")
    expect(page.locator("#timeline .now")).to_have_count(1)
    expect(page.locator("#timeline .ahead").first).to_be_attached()
    expect(page.locator("#viewer figcaption")).to_contain_text("anode")
    expect(page.locator("#pictures figure")).to_have_count(2)
    expect(page.locator("#pictures")).to_contain_text("ago")
    expect(page.locator("#spectrum")).to_contain_text("10 kV")
    expect(page.locator("#spectrum .maps img").first).to_be_attached()
    expect(page.locator("#surroundings")).to_contain_text("chamber pressure")
    expect(page.locator("#surroundings")).to_contain_text("limit ≤")
    expect(page.locator("#dose")).to_contain_text("anode")
    expect(page.locator("#cycles table")).to_contain_text("mAh")
    expect(page.locator("#bench")).to_contain_text("free")
    expect(page.locator("#bench")).to_contain_text("Pre-flight")
    expect(page.locator("#bench")).to_contain_text("this run")
    expect(page.locator("#events li").first).to_be_attached()


def test_the_curve_and_the_film_grow(open_page: Open, running: Running) -> None:
    _, address = running
    page = open_page(address)
    count = page.locator("#strip .top .small")
    expect(count).to_contain_text("pictures")
    before = str(count.text_content())
    expect(count).not_to_have_text(before)


def test_pausing_the_imaging_leaves_the_current_alone(open_page: Open, running: Running) -> None:
    run, address = running
    page = open_page(address)
    page.keyboard.press("p")
    answer(page, "Pause imaging", "done", reason="charging of the window")
    paused_s = run.events("pause")[-1].time_s
    assert run.events("pause")[-1].details["who"] == "A. Scientist"
    page.keyboard.press("Escape")
    expect(page.locator("#now .why")).to_contain_text("Imaging is paused")
    run.wait_for(lambda: float(open_run(run.folder).samples["time_s"][-1]) > paused_s + 150.0)
    page.keyboard.press("p")
    answer(page, "Resume imaging", "done")
    record = open_run(run.folder)
    assert not [frame for frame in record.frames if paused_s + 10.0 < frame.start_s < paused_s + 150.0]
    samples = record.samples
    meanwhile = samples[(samples["time_s"] > paused_s) & (samples["time_s"] < paused_s + 150.0)]
    assert set(abs(meanwhile["current_A"].round(6))) == {2e-4}


def test_a_second_viewer_sees_the_same(open_page: Open, running: Running) -> None:
    _, address = running
    first, second = open_page(address), open_page(address, width=380)
    first.keyboard.press("n")
    answer(first, "Add note", "done", reason="the light was on")
    expect(second.locator("#acts")).to_contain_text("the light was on")
    expect(second.locator("#events")).to_contain_text("the light was on")


def test_a_capture_is_taken_now(open_page: Open, running: Running) -> None:
    _, address = running
    page = open_page(address)
    page.keyboard.press("c")
    expect(answer(page, "Capture now", "done")).to_contain_text("overview was taken: 2 pictures")


def test_holding_rests_the_cell_and_continuing_goes_on(open_page: Open, running: Running) -> None:
    run, address = running
    page = open_page(address)
    page.keyboard.press("h")
    answer(page, "Hold cycling", "done", reason="a look")
    expect(page.locator("#now .word")).to_contain_text("On hold")
    assert abs(run.current_A) < SMALL_A
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    answer(page, "Continue cycling", "done")
    expect(page.locator("#now .word")).to_contain_text("harging")


def test_looking_alone_steers_nothing(open_page: Open, running: Running) -> None:
    run, _ = running
    with page_process(run.folder, "--port", "0", "--view-only") as (_, addresses):
        page = open_page(addresses["look"], complains=True)
        expect(page.locator("#obstacle")).to_contain_text("looking only")
        expect(page.locator("#stop")).to_be_disabled()


def test_a_server_that_dies_is_unmistakable_and_comes_back(open_page: Open, running: Running) -> None:
    run, _ = running
    with page_process(run.folder, "--port", "0") as (process, addresses):
        address = addresses["look and steer"]
        page = open_page(address, complains=True)
        expect(page.locator("header .age")).to_contain_text("old")
        samples = open_run(run.folder).samples.size
        process.kill()
        process.wait()
    expect(page.locator("#disconnected")).to_contain_text("DISCONNECTED")
    expect(page.locator("#stop")).to_be_disabled()
    run.wait_for(lambda: open_run(run.folder).samples.size > samples + 30)
    port = address.rstrip("/").rsplit(":", 1)[1]
    with page_process(run.folder, "--port", port):
        expect(page.locator("#disconnected")).to_be_hidden()
        expect(page.locator("#stop")).to_be_enabled()


def test_stopping_from_the_page_ends_with_cell_and_beam_safe_in_the_world(open_page: Open, tmp_path: Path) -> None:
    with running_bench(tmp_path / "run") as (run, address):
        page = open_page(address)
        page.keyboard.press("s")
        said = answer(page, "Stop safely", "done", reason="enough seen")
        expect(said).to_contain_text("potentiostat: confirmed")
        expect(said).to_contain_text("beam blanked")
        outcome = run.until_over()
        assert outcome.exit_code == 3
        assert abs(run.current_A) < SMALL_A
        assert not run.beam_on_specimen
        page.keyboard.press("Escape")
        expect(page.locator("#now .word")).to_contain_text("Stopped safely")
        expect(page.locator("header .age")).to_contain_text("record closed")
