"""A region is taken from where the stage stands, with a picture, and put into a protocol that stays as it was."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Picture
from support.microscope_by_hand import ready_microscope
from typer.testing import CliRunner

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.errors import ConfigMismatch, DeviceFault
from operando.drivers.roles import HighVoltage
from operando.protocols.cli.app import app
from operando.protocols.document import load_protocol, parse_protocol
from operando.protocols.shipped import shipped_text
from operando.protocols.teaching import dose_C_per_m2, save_picture, take_picture, teach_region, with_region
from operando.protocols.teaching.taking import go_to, set_conditions

LINE = "taught: {stage: {x: 1.25 mm, y: -0.65 mm}, width: 150 um}  # by hand"


def test_place_width_and_beam_are_those_that_the_microscope_reads_back() -> None:
    bench = ready_microscope().bench
    go_to(bench, (1.25e-3, -0.65e-3))
    conditions = replace(bench.column.conditions(), field_width_m=150e-6, shift_m=(2e-6, -3e-6))
    set_conditions(bench, conditions)
    line = teach_region(bench, "taught", "taught_taught.png").line
    assert line.startswith("taught: {stage: {x: 1.252 mm, y: -0.653 mm}, width: 150 um}  # taught 2026-01-01 00:0")
    assert line.endswith("UTC at 5 kV, 100 pA, WD 10.006 mm; taught_taught.png")
    region = parse_protocol(with_region("", "taught", line) + CYCLING, "taught.yaml").regions["taught"]
    assert region.stage.x_m == pytest.approx(1.252e-3)
    assert region.stage.y_m == pytest.approx(-0.653e-3)
    assert region.width_m == pytest.approx(150e-6)


def test_connecting_and_teaching_change_nothing() -> None:
    source = bench_source("sim")
    bench = connect_bench(*load_bench_file(source))
    before = (bench.stage.position(), bench.column.conditions(), bench.column.high_voltage())
    teach_region(bench, "taught")
    assert (bench.stage.position(), bench.column.conditions(), bench.column.high_voltage()) == before


def test_nobody_switches_the_beam_on_by_taking_a_picture() -> None:
    bench = connect_bench(*load_bench_file(bench_source("sim")))
    assert bench.column.high_voltage() is HighVoltage.OFF
    with pytest.raises(DeviceFault, match="the high voltage is off"):
        take_picture(bench, "SE")


def test_the_picture_is_as_recorded_and_its_dose_is_known_before(tmp_path: Path) -> None:
    laboratory = ready_microscope()
    bench = laboratory.bench
    assert dose_C_per_m2(bench.column.conditions()) == pytest.approx(100e-12 * 768 * 576 * 5e-6 / (120e-6 * 90e-6))
    image = take_picture(bench, "SE")
    save_picture(image, tmp_path / "taught.png")
    with Picture.open(tmp_path / "taught.png") as saved:
        assert (saved.size, saved.mode) == ((768, 576), "I;16")
        assert saved.getpixel((10, 20)) == image.pixels[20, 10]
        assert saved.info["detector"] == "SE"


CYCLING = """
operando: 1
title: taught
sample: {name: test, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}
safety: {voltage: [2.4 V, 4.35 V], current: [-240 uA, 240 uA], host_tolerates: 2 s}
record: {every: 1 s}
cycling:
  - Rest for 1 hour
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", f"a: 1\n\nregions:\n  {LINE}\n"),
        (
            "regions:\n  one: {width: 1 um}   # first\n\n# then\nb: 2\n",
            f"regions:\n  one: {{width: 1 um}}   # first\n  {LINE}\n\n# then\nb: 2\n",
        ),
        (
            "regions:\n    one:\n        width: 1 um\n        stage: {x: 1 mm}\nb: 2\n",
            f"regions:\n    one:\n        width: 1 um\n        stage: {{x: 1 mm}}\n    {LINE}\nb: 2\n",
        ),
        ("regions:\n  one: {width: 1 um}", f"regions:\n  one: {{width: 1 um}}\n  {LINE}\n"),
        (
            "regions:\n  one: {width: 1 um,\n    tiles: [1, 2]}\n  # last\nb: 2\n",
            f"regions:\n  one: {{width: 1 um,\n    tiles: [1, 2]}}\n  {LINE}\n  # last\nb: 2\n",
        ),
    ],
    ids=["no regions yet", "comments stay", "blocks", "no last newline", "several lines"],
)
def test_everything_else_stays_byte_by_byte(before: str, after: str) -> None:
    assert with_region(before, "taught", LINE) == after


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("regions: {one: {width: 1 um}}\n", "a line for each region"),
        ("regions:\n", "a line for each region"),
        ("regions:\n  taught: {width: 1 um}\n", "there is a region 'taught' already"),
        ("regions: [\n", "it is no YAML"),
        ("- 1\n", "it is no protocol"),
    ],
)
def test_what_has_no_line_for_it_is_left_alone(before: str, why: str) -> None:
    with pytest.raises(ConfigMismatch, match=why):
        with_region(before, "taught", LINE)


def test_the_command_inserts_into_the_shipped_protocol(tmp_path: Path) -> None:
    file = tmp_path / "protocol.yaml"
    text = shipped_text("demo")
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["region", "add", "here", "--bench", "sim", "--protocol", str(file)])
    assert result.exit_code == 0
    new = [line for line in file.read_text(encoding="utf-8").splitlines() if line not in text.splitlines()]
    assert new == [f"  {result.stdout.strip()}"]
    assert set(load_protocol(file).regions) == {*parse_protocol(text, "demo.yaml").regions, "here"}


@pytest.mark.parametrize("words", [["with space"], ["here", "--picture"]], ids=["no name", "nobody to agree"])
def test_the_command_refuses(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["region", "add", *words, "--bench", "sim"])
    assert isinstance(result.exception, ConfigMismatch)
