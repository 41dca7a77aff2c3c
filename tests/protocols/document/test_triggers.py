"""The words of `when`: what each means, and what is refused with its line and the nearest word."""

import json

import pytest
from support.protocols import changed, line_of, program

from operando.drivers.documents import DocumentError
from operando.protocols.document import parse_protocol, protocol_schema
from operando.protocols.plan.words import condition_in_words
from operando.protocols.program import Before
from operando.protocols.trigger_conditions import (
    AllOf,
    AnyOf,
    At,
    Changes,
    Crosses,
    Detected,
    Every,
    Not,
    Rate,
    Source,
    StartOf,
)

VOLTAGE = Source("voltage")


@pytest.mark.parametrize(
    ("words", "condition", "told"),
    [
        ("at: 20 min", At(1200.0), "20 min after the start of the run"),
        ("start_of: charge", StartOf("charge"), "at the start of charge"),
        ("detected: soft short", Detected("soft short"), "a soft short is detected"),
        (
            "voltage: {falls_below: 3.4 V, for: 5 s, hysteresis: 10 mV}",
            Crosses(VOLTAGE, 3.4, "falls", 5.0, 0.01),
            "voltage falls through 3.4 V for 5 s",
        ),
        (
            "voltage: {changes_slower_than: 1 mV/h, over: 10 min}",
            Rate(VOLTAGE, 1e-3 / 3600, 600.0, "slower"),
            "voltage changes slower than 1 mV/h over 10 min",
        ),
        (
            "current: {rises_faster_than: 2 uA/s, over: 5 s}",
            Rate(Source("current"), 2e-6, 5.0, "rises"),
            "current rises faster than 2 uA/s over 5 s",
        ),
        (
            "charge: {rises_above: 0.5 mAh}",
            Crosses(Source("charge"), 1.8, "rises"),
            "charge rises through 0.5 mAh",
        ),
        (
            "impedance: {rises: 20 ohm, over: 2 d}",
            Changes(Source("impedance"), 20.0, 172800.0, "rises"),
            "impedance rises by 20 ohm within 2 d",
        ),
        (
            "pressure: {gauge: box, rises_above: 1.2 bar}",
            Crosses(Source("pressure", "box"), 1.2e5, "rises"),
            "box pressure rises through 120000 Pa",
        ),
        (
            "temperature: {thermometer: box, rises_above: 40 degC}",
            Crosses(Source("temperature", "box"), 313.15, "rises"),
            "box temperature rises through 313.15 K",
        ),
        (
            "force: {sensor: stack, falls_below: 1.2 kN}",
            Crosses(Source("force", "stack"), 1200.0, "falls"),
            "stack force falls through 1200 N",
        ),
        (
            "dose: {region: anode, rises_above: 5 C/m^2}",
            Crosses(Source("dose", "anode"), 5.0, "rises"),
            "dose of anode rises through 5 C/m^2",
        ),
        (
            "all: [{every: 10 min}, {voltage: {rises_above: 4 V}}, {not: {current: {falls_below: 10 uA}}}]",
            AllOf((Every(600.0), Crosses(VOLTAGE, 4.0, "rises"), Not(Crosses(Source("current"), 1e-5, "falls")))),
            "every 10 min and voltage above 4 V and not (current below 10 uA)",
        ),
        (
            "any: [{start_of: charge}, {voltage: {falls_below: 3 V}}]",
            AnyOf((StartOf("charge"), Crosses(VOLTAGE, 3.0, "falls"))),
            "at the start of charge or voltage falls through 3 V",
        ),
    ],
)
def test_each_condition_has_its_meaning_and_its_words(words: str, condition: object, told: str) -> None:
    (trigger, *_) = program("every: 15 min, during: [charge, discharge]", words).triggers
    assert trigger.condition == condition
    assert condition_in_words(trigger.condition) == told


def test_the_words_beside_the_condition() -> None:
    trigger = program("every: 15 min,", "every: 15 min, at_most_every: 10 min, if_already: fire,").triggers[0]
    assert (trigger.at_most_every_s, trigger.if_already, trigger.once) == (600.0, "fire", False)
    assert program().triggers[0].if_already == "wait", "the default"


def test_a_capture_may_ask_for_the_time_before_its_event() -> None:
    made = program("dwell: 5 us,", "dwell: 5 us, before: {samples: 30 s, every: 100 ms, frames: 2},")
    assert made.captures["overview"].before == Before(30.0, 0.1, 2)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("voltage: {rises_abve: 4 V}", "rises_above"),
        ("voltage: {rises_above: 4 A}", "a voltage"),
        ("voltage: {rises_above: 4 V, over: 5 s}", "'rises_above' and 'falls_below' do not"),
        ("voltage: {rises: 4 mV}", "need 'over: 5 s'"),
        ("voltage: {rises: 4 mV, over: 5 s, for: 3 s}", "'for' and 'hysteresis' belong to"),
        ("voltage: {rises: 4 mV, falls_below: 3 V}", "give one of rises_above, falls_below"),
        ("voltage: {falls: -4 mV, over: 5 s}", "'falls' must be more than 0"),
        ("every: 1 ms", "'every' is 1 s or more"),
        ("voltage: {falls_below: 3 V, hysteresis: -1 mV}", "'hysteresis' must not be less than 0"),
        ("pressure: {rises_above: 1 bar}", "gauge"),
        ("every: 1 min, at: 5 min", "give one condition"),
        ("start_of: chrage", "charge"),
        ("all: [{start_of: chrage}, {voltage: {rises_above: 4 V}}]", "charge"),
        ("all: [{voltage: {rises_above: 4 V}}]", "all"),
        ("all: [{every: 1 min}, {start_of: charge}]", "two moments never come true together"),
        ("all: [{any: [{every: 1 min}, {voltage: {rises_above: 4 V}}]}, {start_of: charge}]", "and not deeper"),
        ("any: [{every: 1 min}, {voltage: {rises_above: 4 V}}]", "a trigger of its own"),
        ("not: {every: 1 min}", "'not' takes a state"),
        ("detected: soft shrot", "soft short"),
        ("dose: {region: anod, rises_above: 1 C/m^2}", "anode"),
        ("dose: {region: anode, rises_above: 1 C/m^2}, settled: 5 s", "'dose' stands alone"),
        ("start_of: charge, during: charge", "the condition names its step already"),
        ("every: 1 min, if_already: maybe", "fire"),
    ],
)
def test_what_means_nothing_is_refused_with_its_line(words: str, what: str) -> None:
    text = changed("every: 15 min, during: [charge, discharge]", words)
    with pytest.raises(DocumentError) as refused:
        parse_protocol(text)
    problems = [one for one in refused.value.problems if what in str(one)]
    assert problems, str(refused.value)
    assert {problem.line for problem in problems} == {line_of(text, "when:") + 1}


def test_the_schema_knows_the_words() -> None:
    schema = json.dumps(protocol_schema())
    for word in ("just_before_end_of", "rises_faster_than", "hysteresis", "if_already", "at_most_every", "thermometer"):
        assert f'"{word}"' in schema
