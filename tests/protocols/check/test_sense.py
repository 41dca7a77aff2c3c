"""What the grammar allows and its author cannot mean is said before the run, not lost in it."""

import pytest
from support.bench_facts import BENCH
from support.run_protocols import SHORT

from operando.protocols.check import check
from operando.protocols.document import parse_protocol


@pytest.mark.parametrize(
    ("old", "new", "severity", "words"),
    [
        ("host_tolerates: 10 s", "host_tolerates: 20 h", "error", "would tolerate a value outside the limits"),
        ("every: 1 s", "every: 3 min", "error", "'settle' lasts 120 s at most and is recorded every 180 s"),
        ("every: 1 s", "every: 20 s", "warning", "samples come every 20 s, the host tolerates only 10 s"),
        ("Rest for 2 minutes", "Rest for 20000 hours", "error", "would last 2.28 years"),
        ("after_end_of: discharge", "after_end_of: discharge, settled: 1 min", "error", "'settled' counts from"),
        ("just_before_end_of: charge", "voltage: {rises_above: 5 V}", "error", "5 V is outside the safety window"),
        ("x: 1.200 mm, y: -0.350 mm}, width: 120 um", "x: 1.200 mm, y: -0.350 mm}, width: 120 um, only: [start]",
         "warning", "looked at only at the start or the end: this takes nothing"),
    ],
    ids=["tolerance", "no sample", "late host", "years", "settled after", "beyond the window", "only at the start"],
)  # fmt: skip
def test_each_is_found(old: str, new: str, severity: str, words: str) -> None:
    assert SHORT.count(old) == 1
    found = check(parse_protocol(SHORT.replace(old, new)), BENCH)
    assert severity in {finding.severity for finding in found if words in finding.what}


def test_a_sensible_protocol_is_left_in_peace() -> None:
    assert [finding for finding in check(parse_protocol(SHORT), BENCH) if finding.severity == "error"] == []
