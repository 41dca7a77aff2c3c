"""The page of a finished run in a browser: zoom, scrubbing, tokens, a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.live_page import page_process
from support.made_up_record import write_run

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("live") / "run"
    write_run(folder)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with page_process(folder, "--port", "0") as (_, addresses):
        yield addresses["look and steer"]


def test_it_says_that_it_is_over_and_cannot_be_steered(open_page: Open, address: str) -> None:
    page = open_page(address)
    expect(page.locator("header .badge").first).to_contain_text("Closed")
    expect(page.locator("#obstacle")).to_contain_text("The run is over")
    expect(page.locator("#stop")).to_be_hidden()


def test_dragging_zooms_and_a_double_click_shows_all(open_page: Open, address: str) -> None:
    page = open_page(address)
    expect(page.locator("#strip")).to_contain_text("14 pictures")
    over = page.locator("#curve .u-over")
    box = over.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 100, steps=5)
    with page.expect_response(lambda answer: "/api/curve" in answer.url) as asked:
        page.mouse.up()
    low, high = (float(part.split("=")[1]) for part in asked.value.url.split("?")[1].split("&")[:2])
    assert 200 < low < 260
    assert 340 < high < 400
    expect(page.locator("#curve .ranges [aria-pressed=true]")).to_have_count(0)
    over.dblclick(position={"x": 50, "y": 50})
    expect(page.locator("#curve .ranges [aria-pressed=true]")).to_have_text("all")


def test_the_keyboard_zooms_too(open_page: Open, address: str) -> None:
    page = open_page(address)
    expect(page.locator("#strip")).to_contain_text("14 pictures")
    page.locator("#curve .chart").focus()
    with page.expect_response(lambda answer: "/api/curve" in answer.url):
        page.keyboard.press("+")
    page.keyboard.press("0")
    expect(page.locator("#curve .ranges [aria-pressed=true]")).to_have_text("all")


def test_hovering_reads_the_curve(open_page: Open, address: str) -> None:
    page = open_page(address)
    expect(page.locator("#strip")).to_contain_text("14 pictures")
    page.locator("#curve .u-over").hover(position={"x": 300, "y": 100})
    expect(page.locator("#curve .readout .voltage")).to_contain_text("V")
    expect(page.locator("#curve .readout .current")).to_contain_text("µA")


def test_scrubbing_shows_another_picture_and_keys_step_through_them(open_page: Open, address: str) -> None:
    page = open_page(address)
    caption = page.locator("#viewer figcaption")
    expect(caption).to_contain_text("frame 14")
    scrub = page.locator("#strip .scrub")
    scrub.fill("3")
    expect(caption).to_contain_text("frame 4")
    page.locator("#strip h2").click()
    page.keyboard.press("]")
    expect(caption).to_contain_text("frame 5")
    page.keyboard.press("[")
    expect(caption).to_contain_text("frame 4")
    page.keyboard.press("l")
    expect(caption).to_contain_text("frame 14")


def test_a_mark_on_the_curve_leads_to_its_picture(open_page: Open, address: str) -> None:
    page = open_page(address)
    expect(page.locator("#viewer figcaption")).to_contain_text("frame 14")
    box = page.locator("#curve .u-over").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 50.0 / 599.0, box["y"] + box["height"] - 5)
    expect(page.locator("#viewer figcaption")).to_contain_text("frame 1")


def test_a_choice_of_detector_thins_the_film(open_page: Open, address: str) -> None:
    page = open_page(address)
    page.get_by_label("Detector").select_option("BSE")
    expect(page.locator("#strip")).to_contain_text("7 pictures")


def test_the_picture_opens_in_full_size(open_page: Open, address: str) -> None:
    page = open_page(address)
    page.get_by_label("See it in full size").click()
    image = page.locator("dialog img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == page.evaluate(
        "fetch('/api/frames/14').then(answer => answer.json()).then(frame => frame.width)"
    )


def test_light_and_dark(open_page: Open, address: str) -> None:
    page = open_page(address)
    back = "getComputedStyle(document.documentElement).backgroundColor"
    before = page.evaluate(back)
    page.keyboard.press("t")
    assert page.evaluate(back) != before
    page.reload()
    assert page.evaluate(back) != before


@pytest.mark.parametrize("width", [380, 768, 1440, 2560])
def test_nothing_is_wider_than_the_screen(open_page: Open, address: str, width: int) -> None:
    page = open_page(address, width=width)
    expect(page.locator("#strip")).to_contain_text("14 pictures")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast_enough_for_wcag_aa(open_page: Open, address: str, theme: str) -> None:
    page = open_page(address)
    expect(page.locator("#strip")).to_contain_text("14 pictures")
    page.evaluate(f"localStorage.setItem('operando-theme', '{theme}')")
    page.reload()
    expect(page.locator("#strip")).to_contain_text("14 pictures")
    poor = page.evaluate(CONTRAST)
    assert poor == []


CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a > 0.99 && getComputedStyle(at).backgroundColor.startsWith("rgb")) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.disabled) continue;
    if (node.closest(".shot, .way, .skip, svg, option, script")) continue;
    const a = luminance(parse(getComputedStyle(node).color)), b = luminance(behind(node));
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(getComputedStyle(node).fontSize) >= 24;
    if (contrast < (large ? 3 : 4.5)) poor.push([node.textContent.slice(0, 30), contrast.toFixed(2)]);
  }
  return poor;
}"""


def test_a_token_opens_the_page_and_leaves_the_address(open_page: Open, folder: Path) -> None:
    with page_process(folder, "--port", "0", "--token") as (_, addresses):
        steering, looking = addresses["look and steer"], addresses["look"]
        page = open_page(looking)
        expect(page.locator("#strip")).to_contain_text("14 pictures")
        assert "token" not in page.url
        page.close()  # it would complain of the server that is ended below
        other = open_page(steering.split("?")[0], complains=True)
        expect(other.locator("body")).to_contain_text("asks for a token")
