"""Steps in words: PyBaMM's grammar, and what we add to it."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operando.protocols.document.amounts import CellCharge, CellCurrent, parse_amplitude, parse_current
from operando.protocols.document.ends import Ends, parse_ends
from operando.protocols.document.sentences import parse_sentence
from operando.protocols.program import SampleInfo

CELL = SampleInfo("cell", nominal_capacity_C=4.32, area_m2=7.85e-5)
TENTH_C = CellCurrent(0.1, "C-rate")


@pytest.mark.parametrize(
    ("text", "verb", "current", "voltage_V", "ends", "period_s"),
    [
        ("Charge at C/10 until 4.2 V", "charge", TENTH_C, None, Ends(voltage_V=4.2), None),
        ("Charge at 0.1C until 4.2V", "charge", TENTH_C, None, Ends(voltage_V=4.2), None),
        ("Discharge at 1C for 0.5 hours or until 3.3 V", "discharge", CellCurrent(1.0, "C-rate"), None,
         Ends(duration_s=1800.0, voltage_V=3.3), None),
        ("Discharge at 1 C until 3.3 V or for 20 minutes", "discharge", CellCurrent(1.0, "C-rate"), None,
         Ends(duration_s=1200.0, voltage_V=3.3), None),
        ("Hold at 4.2 V until C/50", "hold", None, 4.2, Ends(current=CellCurrent(0.02, "C-rate")), None),
        ("Hold at 4.1V until 50 mA", "hold", None, 4.1, Ends(current=CellCurrent(0.05, "A")), None),
        ("Hold at 1 V for 20 s", "hold", None, 1.0, Ends(duration_s=20.0), None),
        ("Rest for 1 hour", "rest", None, None, Ends(duration_s=3600.0), None),
        ("Rest for 10 m", "rest", None, None, Ends(duration_s=600.0), None),
        ("Rest for 3 hr", "rest", None, None, Ends(duration_s=10800.0), None),
        ("Rest for 90 sec", "rest", None, None, Ends(duration_s=90.0), None),
        ("Charge at 120 uA until 0.5 mAh", "charge", CellCurrent(1.2e-4, "A"), None,
         Ends(charge=CellCharge(1.8, "C")), None),
        ("Charge at 0.15 mA/cm^2 until 1 mAh/cm^2", "charge", CellCurrent(1.5, "A/m^2"), None,
         Ends(charge=CellCharge(36000.0, "C/m^2")), None),
        ("Rest until 1 mV/h or for 2 hours", "rest", None, None,
         Ends(duration_s=7200.0, relaxation_V_per_s=0.001 / 3600), None),
        ("Discharge at C/20 until 3 V (1 minute period)", "discharge", CellCurrent(0.05, "C-rate"), None,
         Ends(voltage_V=3.0), 60.0),
        ("rest   for 2 Hours (10 seconds period)", "rest", None, None, Ends(duration_s=7200.0), 10.0),
    ],
)  # fmt: skip
def test_a_sentence_says_what_it_says(
    text: str, verb: str, current: CellCurrent | None, voltage_V: float | None, ends: Ends, period_s: float | None
) -> None:
    sentence = parse_sentence(text)
    assert (sentence.verb, sentence.current, sentence.voltage_V) == (verb, current, voltage_V)
    assert sentence.ends == ends
    assert sentence.period_s == period_s


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Charge until 4.2 V", "does not say at which current"),
        ("Hold until C/50", "does not say at which voltage"),
        ("Hold at 4.2 V", "does not say when it ends"),
        ("Hold at 4.2 V until 4.1 V", "a hold cannot end by voltage"),
        ("Rest at C/10 for 1 h", "a rest has no current"),
        ("Rest until 4.2 V", "a rest cannot end by voltage"),
        ("Charge at C/10 until 4.2", "'until 4.2' is not understood"),
        ("Charge at C/0 until 4.2 V", "must be more than 0"),
        ("Charge at -1 mA until 4.2 V", "must be more than 0"),
        ("Charge at 4.2 V until C/50", "'4.2 V' is not a current"),
        ("Hold at C/10 until C/50", "'C/10' is not understood; expected a voltage"),
        ("Rest for 1", "'1' has no unit"),
        ("Rest for 0 s", "must be more than 0"),
        ("Rest for 1 hour and until 3 V", "'hour and until 3 V' is no known unit"),
        ("Charge at 1 W until 4.2 V", "constant power"),
        ("Discharge at 4 ohm for 1 h", "constant resistance"),
        ("Run US06 (A)", "drive cycles"),
        ("Wait for 1 hour", "does not begin with a step"),
        ("Charge", "does not say at which current"),
        ("Rest for 1 hour (1 period)", "'1' has no unit"),
        ("", "does not begin with a step"),
    ],
)
def test_a_sentence_that_cannot_be_carried_out_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse_sentence(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "current_A"),
    [("C/10", 1.2e-4), ("0.1C", 1.2e-4), ("2C", 2.4e-3), ("120 uA", 1.2e-4), ("0.15 mA/cm^2", 0.15e-3 * 0.785)],
)
def test_a_current_becomes_amperes_with_the_sample(text: str, current_A: float) -> None:
    assert parse_current(text).current_A(CELL) == pytest.approx(current_A, rel=1e-12)


@pytest.mark.parametrize("text", ["C/10", "1 mA/cm^2"])
def test_a_current_that_refers_to_the_sample_needs_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"needs sample\.(nominal_capacity|area)"):
        parse_current(text).current_A(SampleInfo("cell"))


def test_an_amplitude_says_rms_or_peak() -> None:
    assert parse_amplitude("10 mV rms") == pytest.approx(0.01)
    assert parse_amplitude("14.142135623730951 mV peak") == pytest.approx(0.01)
    with pytest.raises(ValueError, match="does not say which amplitude"):
        parse_amplitude("10 mV")


@settings(deadline=None)
@given(hours=st.integers(1, 500), volts=st.decimals(1, 5, places=3), swap=st.booleans())
def test_the_order_of_ends_does_not_matter(hours: float, volts: Decimal, swap: bool) -> None:
    parts = [f"for {hours} hours", f"until {volts} V"]
    ends = parse_ends(" or ".join(parts[::-1] if swap else parts))
    assert ends == Ends(duration_s=3600.0 * hours, voltage_V=float(volts))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_step_or_refused_with_a_sentence(text: str) -> None:
    try:
        sentence = parse_sentence(text)
    except ValueError as error:
        assert str(error)
    else:
        assert sentence.ends.given()
