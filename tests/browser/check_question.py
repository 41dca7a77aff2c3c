"""A question of the protocol that waits for a person is answered on the page: by choice with its picture, by value."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from support.live_page import page_process
from support.steered_run import LONG, SteeredRun

Open = Callable[..., Page]

ASKS = re.sub(
    r"cycling:.*?\nregions:",
    """cycling:
  - {name: settle, step: Rest for 1 minute}
  - {capture: overview, cell: rest, at_most: 10 min}
  - {ask: Is this picture good enough?, answers: [keep it, take another], picture: overview/anode, at_most: 20 h}
  - {ask: What does the gauge read?, value: mbar, between: [980 mbar, 1050 mbar], at_most: 20 h}
  - {name: rest, step: Rest for 30 minutes}
regions:""",
    LONG,
    flags=re.DOTALL,
).replace("when: [{every: 2 min, capture: overview}]\n", "")


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SteeredRun, str]]:
    """A run that asks, and the address of its page."""
    folder = tmp_path_factory.mktemp("asks") / "run"
    with SteeredRun(folder, ASKS, pace=60.0) as run:
        run.until("question")
        with page_process(folder, "--port", "0") as (_, addresses):
            yield run, addresses["look and steer"]


def opened(page: Page, words: str) -> Locator:
    """The dialog of the question that waits."""
    waiting = page.locator("#alarms .alarm", has_text=words)
    expect(waiting).to_contain_text("A question waits")
    waiting.get_by_role("button", name="Answer").click()
    return page.locator("dialog")


def test_questions_are_answered_on_the_page(open_page: Open, asking: tuple[SteeredRun, str]) -> None:
    run, address = asking
    page = open_page(address, complains=True)  # of the answer that is refused
    dialog = opened(page, "good enough")
    expect(dialog).to_contain_text("Is this picture good enough?")
    picture = dialog.locator("img.asked")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 128
    dialog.locator("select[name=choice]").select_option("take another")
    dialog.locator("[name=who]").fill("A. Scientist")
    dialog.get_by_role("button", name="Answer").click()
    expect(dialog.locator(".result")).to_have_attribute("data-state", "done")
    page.keyboard.press("Escape")

    dialog = opened(page, "gauge read")
    expect(dialog).to_contain_text("a value in mbar from 980 to 1050")
    dialog.locator("[name=reason]").fill("10 mbar")
    dialog.get_by_role("button", name="Answer").click()
    expect(dialog.locator(".result")).to_have_attribute("data-state", "refused")
    dialog.locator("[name=reason]").fill("1013 mbar")
    dialog.get_by_role("button", name="Answer").click()
    expect(dialog.locator(".result")).to_have_attribute("data-state", "done")
    page.keyboard.press("Escape")
    expect(page.locator("#alarms")).not_to_contain_text("A question waits")
    run.until("step started", "rest")
    answers = run.events("answer")
    assert [event.details["who"] for event in answers] == ["A. Scientist", "A. Scientist"]
    assert "take another" in answers[0].message
    assert "1013" in answers[1].message
