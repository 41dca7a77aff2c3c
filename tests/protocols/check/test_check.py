"""The arithmetic that people forget: each case is one change of a protocol that has nothing wrong with it."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.bench_facts import BENCH
from support.protocols import changed, line_of, program

from operando.drivers.bench import open_bench
from operando.drivers.roles import HostKept, PotentiostatCapabilities, StagePosition
from operando.protocols.check import bench_facts, check
from operando.protocols.document import load_protocol, parse_protocol
from operando.protocols.plan import BenchFacts
from operando.protocols.shipped import SHIPPED_PROTOCOLS, shipped_protocol

FOLLOWING = "follow_ec_lab.yaml"
"""Follows a cell that another program cycles, which is another bench; see the runner's test_observing."""
EXAMPLES = sorted(file for file in (Path(__file__).parents[3] / "examples").glob("*.[yj]*") if file.name != FOLLOWING)
EXAMPLE = next(file for file in EXAMPLES if file.name == "design_example.yaml")

assert BENCH.potentiostat is not None
HR = BENCH.potentiostat

CASES = [
    # what is changed, into what, severity, where it is found, words of the finding
    ("voltage beyond safety", "until 4.2 V}", "until 4.31 V}",
     "error", "charge,", "goes to 4.31 V, outside the safety window"),
    ("hold beyond safety", "Hold at 4.2 V", "Hold at 4.4 V",
     "error", "hold,", "goes to 4.4 V, outside the safety window"),
    ("bias beyond safety", "bias: ocv", "bias: 4.295 V", "error", "impedance", "goes to 4.30914 V, outside"),
    ("current beyond safety", "Charge at C/10", "Charge at C/5",
     "error", "current:", "steps need 240 uA, the safety limit is 240 uA"),
    ("one-sided current", "[-240 uA, 240 uA]", "[10 uA, 240 uA]", "error", "current:", "do not allow the cell to rest"),
    ("wide current", "[-240 uA, 240 uA]", "[-240 uA, 1 mA]", "warning", "current:", "1000 uA is 8.3 times the 120 uA"),
    ("wide voltage", "[2.8 V, 4.3 V]", "[2.4 V, 4.3 V]",
     "warning", "voltage:", "reaches 0.60 V below what the protocol needs"),
    ("voltage beyond instrument", "[2.8 V, 4.3 V]", "[2.8 V, 9 V]", "warning", "voltage:", "reaches 4.80 V above"),
    ("window beyond instrument", "[2.8 V, 4.3 V]", "[2.8 V, 9 V]",
     "error", "voltage:", "wider than the potentiostat's range of -6 to 6 V"),
    ("frequency", "from: 200 kHz", "from: 1 MHz",
     "error", "impedance", "asks for 1e+06 Hz, the potentiostat does 1e-05 to 200000"),
    ("amplitude", "10 mV rms", "950 mV rms", "error", "impedance", "950 mV rms, the potentiostat does 1 to 900 mV rms"),
    ("sampling", "record: {every: 1 s", "record: {every: 10 ms", "error", "record", "needs 0.02 s"),
    ("stage limit", "x: 1.2 mm, y: -0.35 mm", "x: 70 mm, y: -0.35 mm",
     "error", "anode:", "needs x 70 mm, the stage reaches -65 to 65 mm"),
    ("stage height", "y: -0.35 mm}", "y: -0.35 mm, z: 1 mm}",
     "error", "anode:", "needs z 1 mm, the stage reaches 3 to 103 mm"),
    ("stage tilt", "y: -0.35 mm}", "y: -0.35 mm, tilt: 100 deg}", "error", "anode:", "needs tilt 100 deg"),
    ("tiles beyond limit", "tiles: [3, 1]", "tiles: [9000, 1]", "error", "cathode:", "region 'cathode' needs x"),
    ("keep-out", "x: 1.2 mm, y: -0.35 mm", "x: 5.5 mm, y: -0.35 mm", "error", "anode:", "lies in keep-out 1"),
    ("way through keep-out", "x: 1.2 mm, y: -0.35 mm", "x: 9 mm, y: -0.35 mm",
     "error", "cathode:", "can touch keep-out 1"),
    ("beam voltage", "voltage: 5 kV", "voltage: 100 kV", "error", "overview:", "an accelerating voltage of 100000 V"),
    ("beam current", "current: 100 pA", "current: 1 uA", "error", "overview:", "a beam current of 1e-06 A"),
    ("working distance", "current: 100 pA", "current: 100 pA, working_distance: 3 mm",
     "error", "overview:", "a working distance of 0.003 m"),
    ("field", "width: 120 um", "width: 80 mm", "error", "overview:", "a field of region 'anode' of 0.08 m"),
    ("dwell", "dwell: 5 us", "dwell: 5 ns", "error", "overview:", "a dwell time of 5e-09 s"),
    ("pixels", "dwell: 5 us", "pixels: [20000, 100], dwell: 5 us",
     "error", "overview:", "20000 pixels in width, the scanner does 16384"),
    ("detector", "[SE, BSE]", "[SE, BSEE]", "error", "overview:", "unknown detector 'BSEE'; did you mean 'BSE'?"),
    ("many detectors", "[SE, BSE]", "[SE, BSE, SE]", "error", "overview:", "reads 3 detectors at once, the scanner 2"),
    ("detector twice", "[SE, BSE]", "[SE, SE]", "warning", "overview:", "names a detector twice"),
    ("live time", "{point: 5 s}", "{point: 50 ms}",
     "error", "chemistry: {r", "counts 0.05 s at a point, the shortest preset is 0.1 s"),
    ("map live time", "{point: 5 s}", "{map: [2, 2], live_time_per_point: 20 ms}",
     "error", "chemistry: {r", "counts 0.02 s at a map point"),
    ("odd live time", "{point: 5 s}", "{point: 250 ms}", "warning", "chemistry: {r", "no multiple of 0.1 s"),
    ("too often", "every: 15 min", "every: 5 s", "error", "every: 5 s", "takes about 9 s and is wanted every 5 s"),
    ("rendezvous too short", "at_most: 45 min", "at_most: 5 s",
     "error", "{capture: ch", "the rendezvous with 'chemistry' takes about"),
    ("latency impossible", "settled: 60 s,", "start_within: 1 s,",
     "error", "falls:", "cannot be met: it takes at least 1.92 s (sampling 0.12 s"),
    ("latency at times", "settled: 60 s,", "start_within: 3 s,",
     "warning", "falls:", "broken when capture 'overview' is being taken"),
    ("dose per cycle", "8 C/m^2 per cycle", "1 C/m^2 per cycle",
     "error", "dose", "gets 2.949 C/m^2 in cycle 1, 1 C/m^2 per cycle"),
    ("dose in all", "8 C/m^2 per cycle", "5 C/m^2", "error", "dose", "gets 5.898 C/m^2 in all, 5 C/m^2 are allowed"),
    ("no room for events", "8 C/m^2 per cycle", "2.96 C/m^2 per cycle", "warning", "falls:", "leaves 0.01"),
    ("dose while waiting", "spot: 0.1 mAh/cm^2", "cathode: 8.4 C/m^2",
     "warning", "dose", "more while the beam focuses and waits"),
    ("spot", "spot: 0.1 mAh/cm^2", "spot: 0.01 mAh/cm^2", "error", "dose", "one spot of region 'cathode' gets"),
    ("no gauge", "[chamber vacuum]", "[chamber vacuum, stack pressure]",
     "warning", "interlocks", "no gauge of the bench measures"),
    ("unused region", "regions: cathode", "regions: anode",
     "warning", "cathode:", "no capture looks at region 'cathode'"),
    ("unused capture", "  - {capture: chemistry, cell: rest, at_most: 45 min}\n", "",
     "warning", "chemistry:", "nothing takes capture"),
]  # fmt: skip


def test_the_protocol_that_the_cases_change_has_nothing_wrong_with_it() -> None:
    assert check(program(), BENCH) == []


@pytest.mark.parametrize(
    ("old", "new", "severity", "where", "words"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_each_finding_has_its_severity_line_numbers_and_remedy(
    old: str, new: str, severity: str, where: str, words: str
) -> None:
    text = changed(old, new)
    found = [finding for finding in check(parse_protocol(text), BENCH) if words in finding.what]
    assert [finding.severity for finding in found] == [severity]
    assert found[0].line == line_of(text, where)
    assert found[0].remedy


def test_numbers_are_there_for_a_machine_to_read() -> None:
    (finding,) = check(program("until 4.2 V}", "until 4.31 V}"), BENCH)
    assert finding.numbers == {"voltage_V": 4.31, "lowest_V": 2.8, "highest_V": 4.3}
    assert str(finding).startswith("error: line 13: 'charge' goes to 4.31 V")


def test_a_small_potentiostat_is_told_so() -> None:
    small = replace(HR, voltage_range_V=(-3.0, 3.0), current_range_A=(-1e-4, 1e-4))
    found = check(program(), replace(BENCH, potentiostat=small))
    assert {finding.line for finding in found} == {5, 13, 14, 18}
    assert any("goes to 4.2 V, the potentiostat reaches -3 to 3 V" in finding.what for finding in found)
    assert any("needs 0.12 mA, the potentiostat delivers -0.1 to 0.1 mA" in finding.what for finding in found)


@pytest.mark.parametrize(
    ("potentiostat", "words"),
    [
        (replace(HR, galvanostatic=False), "at constant current, which the potentiostat cannot hold"),
        (replace(HR, impedance_frequency_Hz=None), "the potentiostat measures no impedance"),
        (replace(HR, current_range_A=(-0.2, 1e-5)), "ends below 0.024 mA, more than the potentiostat delivers"),
        (replace(HR, ends_steps_by_itself=False), "the limits run on this computer only"),
    ],
)
def test_a_potentiostat_that_lacks_something_is_told_so(potentiostat: PotentiostatCapabilities, words: str) -> None:
    found = check(program(), replace(BENCH, potentiostat=potentiostat))
    assert any(words in finding.what for finding in found)


def test_a_charge_that_this_computer_counts_is_warned_of() -> None:
    counts_none = replace(HR, host_keeps=frozenset({HostKept.CHARGE_OF_HOLD}))
    by_charge = program("Hold at 4.2 V until C/50", "Hold at 4.2 V until 0.1 mAh or until C/50")
    words = "ends by a charge, which this computer counts"
    found = {bench: check(by_charge, replace(BENCH, potentiostat=bench)) for bench in (HR, counts_none)}
    assert not any(words in finding.what for finding in found[HR])
    assert [finding.severity for finding in found[counts_none] if words in finding.what] == ["warning"]
    assert not any(words in finding.what for finding in check(program(), replace(BENCH, potentiostat=counts_none)))


@pytest.mark.parametrize(
    ("bench", "words"),
    [
        (replace(BENCH, potentiostat=None), "the bench has no potentiostat"),
        (replace(BENCH, stage=None), "the bench has no stage"),
        (replace(BENCH, column=None, scanner=None), "the bench has no microscope"),
        (replace(BENCH, eds=None), "the bench has no spectrometer"),
    ],
)
def test_an_instrument_that_is_not_there_is_an_error(bench: BenchFacts, words: str) -> None:
    found = check(program(), bench)
    assert any(finding.severity == "error" and words in finding.what for finding in found)


def test_cycling_without_safety_is_an_error() -> None:
    text = changed("safety:\n  voltage: [2.8 V, 4.3 V]\n  current: [-240 uA, 240 uA]\n", "")
    (finding,) = check(parse_protocol(text), BENCH)
    assert (finding.severity, finding.line) == ("error", line_of(text, "cycling:"))
    assert "without safety limits" in finding.what


def test_a_height_that_nobody_knows_counts_as_inside_a_keep_out() -> None:
    inside = program("x: 1.2 mm, y: -0.35 mm", "x: 5.5 mm, y: -0.35 mm")
    above = replace(BENCH, stage_position=StagePosition(0.0, 0.0, 0.05))
    unknown = replace(BENCH, stage_position=None)
    assert not any("keep-out" in finding.what for finding in check(inside, above))
    assert any("keep-out" in finding.what for finding in check(inside, unknown))
    assert any("where it stands is not known" in finding.what for finding in check(inside, unknown))


def test_slow_sampling_is_part_of_the_latency() -> None:
    text = changed("settled: 60 s,", "start_within: 2.5 s,")
    assert not any("cannot be met" in finding.what for finding in check(parse_protocol(text), BENCH))
    slow = parse_protocol(text.replace(", or_voltage_change: 1 mV", ""))
    assert any("at least 2.90 s (sampling 1.1 s" in finding.what for finding in check(slow, BENCH))


def test_captures_that_fit_alone_may_not_fit_together() -> None:
    both = (
        "- {every: 11 s, capture: overview}\n  - {every: 12 s, capture: overview, during: charge}\n  - {every: 15 min,"
    )
    found = check(program("- {every: 15 min,", both), BENCH)
    assert any("% of the time together" in finding.what for finding in found)


def test_without_a_bench_what_needs_none_is_checked() -> None:
    assert check(program()) == []
    (finding,) = check(program("until 4.2 V}", "until 4.31 V}"))
    assert "outside the safety window" in finding.what


def test_errors_come_first() -> None:
    text = changed("[2.8 V, 4.3 V]", "[2.4 V, 4.3 V]").replace("[SE, BSE]", "[SE, X]")
    assert [finding.severity for finding in check(parse_protocol(text), BENCH)] == ["error", "warning"]


@pytest.fixture(scope="module")
def simulated() -> BenchFacts:
    with open_bench("sim") as bench:
        return bench_facts(bench)


def test_the_facts_of_the_simulated_bench(simulated: BenchFacts) -> None:
    assert simulated.potentiostat is not None
    assert simulated.potentiostat.voltage_range_V == (-6.0, 6.0)
    assert simulated.detectors == ("SE", "BSE")
    assert simulated.eds is not None
    assert simulated.eds.shortest_preset_s == 0.1
    assert simulated.stage_position is not None
    assert {"box", "chamber"} <= set(simulated.pressures)


def test_the_example_of_the_design_passes_on_the_simulated_bench(simulated: BenchFacts) -> None:
    found = check(load_protocol(EXAMPLE), simulated)
    assert [finding for finding in found if finding.severity == "error"] == []
    assert [finding.line for finding in found] == [4, 29, 30, 31]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_examples_have_no_errors_on_the_simulated_bench(simulated: BenchFacts, file: Path) -> None:
    assert [finding for finding in check(load_protocol(file), simulated) if finding.severity == "error"] == []


@pytest.mark.parametrize("name", SHIPPED_PROTOCOLS)
def test_shipped_protocols_pass_on_the_simulated_bench(simulated: BenchFacts, name: str) -> None:
    assert [finding for finding in check(shipped_protocol(name), simulated) if finding.severity == "error"] == []
