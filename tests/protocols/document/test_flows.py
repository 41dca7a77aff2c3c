"""What a protocol may say about captures that collide, about failures and about settling."""

import pytest
from support.protocols import changed

from operando.drivers.documents import DocumentError
from operando.protocols.document import parse_protocol
from operando.protocols.policies import Failures, ImageTheFailure, Settling

LAST = "interlocks: [chamber vacuum]"
BEAM = "chemistry: {regions: cathode,"


def test_defaults() -> None:
    program = parse_protocol(changed(LAST, LAST))
    assert program.failures == Failures(microscope_ends_run=False, potentiostat=None)
    assert program.settling == Settling(0.0, 0.0)
    assert {(one.priority, one.if_busy, one.queue_limit, one.keep_ready) for one in program.captures.values()} == {
        (5, "queue", 1, False)
    }


def test_what_is_said_is_kept() -> None:
    said = (
        "failures: {microscope: end, potentiostat: {image: [overview, chemistry], every: 30 s, for: 10 min}}\n"
        "settling: {stage: 500 ms, beam: 2 s}"
    )
    program = parse_protocol(changed(LAST, f"{LAST}\n{said}"))
    assert program.failures == Failures(True, ImageTheFailure(("overview", "chemistry"), 30.0, 600.0))
    assert program.settling == Settling(0.5, 2.0)
    words = "chemistry: {priority: 2, if_busy: preempt, queue_limit: 3, keep_ready: true, regions: cathode,"
    capture = parse_protocol(changed(BEAM, words)).captures["chemistry"]
    assert (capture.priority, capture.if_busy, capture.queue_limit, capture.keep_ready) == (2, "preempt", 3, True)


WRONG = [
    (LAST, f"{LAST}\nfailures: {{microscope: stop}}", "failures.microscope: unknown word 'stop'"),
    (LAST, f"{LAST}\nfailures: {{potentiostat: go on}}", "failures.potentiostat: unknown word 'go on'"),
    (LAST, f"{LAST}\nfailures: {{potentiostat: {{image: overview}}}}", "failures.potentiostat.for: is missing"),
    (
        LAST,
        f"{LAST}\nfailures: {{potentiostat: {{image: overvieuw, for: 5 min}}}}",
        "unknown capture 'overvieuw'; did you mean 'overview'",
    ),
    (LAST, f"{LAST}\nsettling: {{stage: -1 s}}", "settling.stage"),
    (BEAM, f"{BEAM} priority: 0,", "captures.chemistry.priority"),
    (BEAM, f"{BEAM} if_busy: queue up,", "captures.chemistry.if_busy"),
    (BEAM, f"{BEAM} if_busy: skip, queue_limit: 2,", "'queue_limit' says nothing with 'if_busy: skip'"),
]


@pytest.mark.parametrize(("old", "new", "told"), WRONG, ids=[told[:40] for _, _, told in WRONG])
def test_what_is_wrong_is_named(old: str, new: str, told: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_protocol(changed(old, new))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("now_s", "moved_s", "changed_s", "wait_s"),
    [(10.0, 9.0, 2.0, 1.0), (10.0, 1.0, 9.5, 4.5), (100.0, 9.0, 2.0, 0.0), (1.0, -float("inf"), -float("inf"), 0.0)],
)
def test_settling_waits_for_the_later_of_the_two(now_s: float, moved_s: float, changed_s: float, wait_s: float) -> None:
    assert Settling(after_stage_s=2.0, after_beam_s=5.0).wait_s(now_s, moved_s, changed_s) == pytest.approx(wait_s)
