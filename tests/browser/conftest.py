"""A real browser, headless: `.ci/long` runs what is here with Debian's Chromium and Playwright, nobody else does."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

Open = Callable[..., Page]
PATIENT_MS = 45_000
expect.set_options(timeout=PATIENT_MS)


@pytest.fixture(autouse=True, scope="session")
def _own_doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The doors of runners are kept in a place of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("state"))
        patch.setenv("XDG_STATE_HOME", folder)
        patch.setenv("LOCALAPPDATA", folder)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("OPERANDO_CHROMIUM") or shutil.which("chromium")
    assert chromium, "no chromium: apt-get install chromium, or name one in OPERANDO_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens an address in a browser of its own; whatever its console complains of fails the test."""
    contexts, complaints = [], []

    def open_one(address: str, width: int = 1440, height: int = 900, complains: bool = False) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENT_MS)
        if not complains:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
