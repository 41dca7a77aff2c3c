"""Protocols that are wrong: each is refused with the line and with the words that help."""

import pytest
from support.protocols import PROTOCOL, changed, line_of

from operando.drivers.documents import DocumentError
from operando.protocols.document import parse_protocol

CASES = [
    # what is changed, into what, where the problem stands, words of the message
    ("misspelt top key", "title: two", "titel: two", "titel", "unknown key 'titel'; did you mean 'title'?"),
    ("misspelt deep key", "dwell: 5 us", "dwel: 5 us", "overview:", "captures.overview.dwel: unknown key"),
    ("misspelt step key", "step: Charge", "stpe: Charge", "charge,", "cycling[2].steps[0].stpe: unknown key 'stpe'"),
    ("misspelt rest key", "until: 1 mV/h", "untill: 1 mV/h", "relax,", "did you mean 'until'? Allowed here: for"),
    ("misspelt kind", "{capture: chemistry,", "{captrue: chemistry,", "captrue", "did you mean 'capture'?"),
    ("missing name", "name: cell, ", "", "sample", "sample.name: is missing"),
    ("missing beam", ", beam: {voltage: 5 kV, current: 100 pA}", "", "overview:", "captures.overview.beam: is missing"),
    ("nothing there", "{name: cell, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}", "", "sample:", "not nothing"),
    ("wrong version", "operando: 1", "operando: 2", "operando", "operando: must be 1, not 2"),
    ("number without unit", "dwell: 5 us", "dwell: 5", "overview:", "5 has no unit; expected a time, for instance"),
    ("text without unit", "every: 15 min", "every: '15'", "every: '15'", "'15' has no unit"),
    ("wrong unit", "width: 120 um", "width: 120 s", "anode:", "'120 s' is not a length"),
    ("minutes as metres", "every: 15 min", "every: 15 m", "every: 15 m", "'15 m' is not a time"),
    ("unknown unit", "every: 15 min", "every: 15 parsnips", "every: 15", "'parsnips' is no known unit"),
    ("negative time", "settled: 60 s", "settled: -60 s", "falls:", "when[2].settled: must be at least 0"),
    ("negative period", "every: 15 min", "every: -15 min", "every: -15", "when[0].every: must be more than 0"),
    ("infinite", "width: 120 um", "width: 1e999 um", "anode:", "not a finite number"),
    ("decimal comma", "at_most: 45 min", "at_most: '4,5 min'", "at_most: '4,5", "'4,5 min' is not understood"),
    ("sentence misspelt", "Discharge at", "Dischrage at", "Dischrage", "did you mean 'Discharge'?"),
    ("no end", "Rest for 1 hour", "Rest", "- Rest", "'Rest' does not say when it ends; a rest ends by time or"),
    ("end that cannot come", "until 4.2 V}", "until C/50}", "charge,", "a charge cannot end by current"),
    ("two ends of one kind", "Rest for 1 hour", "Rest for 1 hour or for 2 h", "- Rest", "two ends by time"),
    ("power", "Discharge at C/10", "Discharge at 3 mW", "Discharge", "constant power are not available"),
    ("resistance", "Discharge at C/10", "Discharge at 4 Ohm", "Discharge", "constant resistance are not available"),
    ("drive cycle", "- Rest for 1 hour", "- Run US06 (A)", "US06", "drive cycles are not available"),
    ("no current", "Charge at C/10", "Charge", "charge,", "does not say at which current"),
    ("zero current", "Charge at C/10", "Charge at 0 mA", "charge,", "'0 mA' must be more than 0"),
    ("rest without limit", "{until: 1 mV/h, at_most: 2 h}", "{until: 1 mV/h}", "relax,", "needs 'at_most'"),
    ("amplitude of no kind", "10 mV rms", "10 mV", "impedance", "write '10 mV rms' or '14 mV peak'"),
    ("spectrum upwards", "from: 200 kHz, to: 1 Hz", "from: 1 Hz, to: 200 kHz", "impedance", "exchange 'from' and 'to'"),
    ("unknown region", "regions: [anode]", "regions: [anod]", "overview:", "unknown region 'anod'; did you mean"),
    ("unknown capture", "discharge], capture: overview", "discharge], capture: oveview", "oveview", "mean 'overview'?"),
    ("unknown rendezvous", "{capture: chemistry", "{capture: chemstry", "chemstry", "cycling[1].capture: unknown"),
    ("unknown during", "[charge, discharge]", "[charge, dicharge]", "every: 15", "when[0].during[1]: unknown step"),
    ("unknown end of", "end_of: charge", "end_of: charg", "end_of", "when[1].just_before_end_of: unknown step 'charg'"),
    ("dose of no region", "dose: {anode:", "dose: {anodes:", "dose", "dose.anodes: unknown region 'anodes'"),
    ("dose per hour", "per cycle", "per hour", "dose", "a budget is 'per cycle'"),
    ("unknown interlock", "[chamber vacuum]", "[chamber vacum]", "interlocks", "did you mean 'chamber vacuum'?"),
    ("unknown word", "cell: rest", "cell: rset", "cell: rset", "unknown word 'rset'; did you mean 'rest'?"),
    ("two conditions", "{every: 15 min,", "{every: 15 min, after_end_of: charge,", "every: 15", "give one condition"),
    ("no condition", "{every: 15 min, during", "{during", "during: [charge", "give one condition: every"),
    ("change without time", "{falls: 20 mV, over: 5 s}", "{falls: 20 mV}", "falls", "need 'over: 5 s'"),
    ("limits exchanged", "[2.8 V, 4.3 V]", "[4.3 V, 2.8 V]", "safety", "wrong order; write [lowest, highest]"),
    ("one limit", "[2.8 V, 4.3 V]", "[2.8 V]", "voltage: [2.8", "safety.voltage[1]: is missing"),
    ("three limits", "[2.8 V, 4.3 V]", "[2.8 V, 3 V, 4 V]", "voltage: [2.8", "takes at most 2 entries"),
    ("half a repetition", "repeat: 2", "repeat: 2.5", "repeat", "cycling[2].repeat: must be a whole number, not 2.5"),
    ("no repetition", "repeat: 2", "repeat: 0", "repeat", "must be at least 1"),
    ("capture of nothing", "detectors: [SE, BSE], ", "", "overview:", "takes pictures ('detectors: [SE, BSE]')"),
    ("map without time", "{point: 5 s}", "{map: [4, 4]}", "chemistry: {regions", "'live_time_per_point' belong"),
    ("region called spot", "  anode: {", "  spot: {", "spot: {", "no region may be called 'spot'"),
    ("region with a slash", "  cathode: {", "  ../cathode: {", "../cathode", "regions.../cathode"),
    ("answer that is none", "otherwise: yes", "otherwise: maybe", "ask", "otherwise 'maybe' is none of the answers"),
    ("number as name", "  anode: {", "  1: {", "1: {", "a name must be text; write it in quotes: '1'"),
    ("list as step", "- Rest for 1 hour", "- [Rest for 1 hour]", "- [Rest", "expected a step"),
    ("key twice", "title: two regions", "title: two regions\ntitle: three", "title: three", "'title' is given twice"),
    ("tab", "  voltage: [", "\tvoltage: [", "\tvoltage", "a tab; indent with spaces"),
    ("two colons", "title: two regions", "title: two: regions", "title", "put text with a colon in quotes"),
    ("bracket left open", "[SE, BSE]", "[SE, BSE", None, "not valid YAML"),
    ("imaging and cycling", "interlocks:", "imaging_only: 2 h\ninterlocks:", "imaging_only", "without 'cycling'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "words"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_a_bad_protocol_is_refused_with_its_line_and_what_helps(old: str, new: str, where: str, words: str) -> None:
    text = changed(old, new)
    with pytest.raises(DocumentError) as refused:
        parse_protocol(text, "p.yaml")
    assert words in str(refused.value)
    if where is not None:
        lines = [problem.line for problem in refused.value.problems if words in str(problem)]
        assert lines == [line_of(text, where)]


def test_an_empty_document_says_so() -> None:
    with pytest.raises(DocumentError, match=r"p.yaml:1: the document is empty"):
        parse_protocol("", "p.yaml")


def test_a_document_that_is_a_list_says_what_is_expected() -> None:
    with pytest.raises(DocumentError, match=r"must be a mapping of keys to values, not a list"):
        parse_protocol("- operando: 1\n", "p.yaml")


def test_all_problems_are_reported_at_once_in_the_order_of_their_lines() -> None:
    text = PROTOCOL
    for old, new in (
        ("title:", "titel:"),
        ("Charge at C/10", "Charge at 3 W"),
        ("width: 120 um", "width: 120"),
        ("regions: [anode]", "regions: [anod]"),
        ("end_of: charge", "end_of: charg"),
    ):
        text = text.replace(old, new)
    with pytest.raises(DocumentError) as refused:
        parse_protocol(text, "p.yaml")
    assert [problem.line for problem in refused.value.problems] == [2, 13, 20, 23, 27]


def test_a_misspelt_key_is_reported_once_and_not_as_missing_as_well() -> None:
    with pytest.raises(DocumentError) as refused:
        parse_protocol(changed("sample: {", "smaple: {"))
    assert [problem.where for problem in refused.value.problems] == ["smaple"]


def test_each_c_rate_needs_the_nominal_capacity() -> None:
    with pytest.raises(DocumentError) as refused:
        parse_protocol(changed("nominal_capacity: 1.2 mAh, ", ""))
    assert [problem.line for problem in refused.value.problems] == [13, 14, 18]
    assert all("a C-rate needs sample.nominal_capacity" in problem.what for problem in refused.value.problems)


def test_an_amount_per_area_needs_the_area() -> None:
    text = changed(", area: 0.785 cm^2", "").replace("Discharge at C/10", "Discharge at 0.15 mA/cm^2")
    with pytest.raises(DocumentError, match=r":18: .*step: .*an amount per area needs sample.area"):
        parse_protocol(text)


def test_a_charge_per_area_of_a_trigger_needs_the_area() -> None:
    text = changed(", area: 0.785 cm^2", "").replace("every: 15 min", "charge_passed: 0.1 mAh/cm^2")
    with pytest.raises(DocumentError, match=r":26: when\[0\]: an amount per area needs sample.area"):
        parse_protocol(text)


def test_a_step_at_constant_current_that_may_take_any_time_is_refused() -> None:
    text = changed("nominal_capacity: 1.2 mAh, ", "").replace("C/10", "120 uA").replace("until C/50", "until 24 uA")
    with pytest.raises(DocumentError) as refused:
        parse_protocol(text)
    assert [problem.line for problem in refused.value.problems] == [13, 18]
    assert all("may take any time" in problem.what for problem in refused.value.problems)


def test_a_protocol_that_unrolls_without_end_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"cycling: has 2600002 actions when its loops are unrolled"):
        parse_protocol(changed("- repeat: 2\n    steps:", "- repeat: 100000\n    steps:").replace(
            "      - {ask", "      - {repeat: 20, steps: [Rest for 1 s]}\n      - {ask"))  # fmt: skip
