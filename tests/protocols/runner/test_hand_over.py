"""The microscope is lent to a person while cycling goes on; judged by what the microscope heard, and by the record."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.sessions import SEEN, at_times

from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import Blanking, FrameRequest
from operando.protocols.reading import Event, Run, open_run
from operando.protocols.record import verify_record
from operando.protocols.runner import Ending, RunOptions, RunOutcome, Steering
from operando.protocols.teaching.taking import go_to, set_conditions

LENT_S, BACK_S = 150.0, 470.0
LOOKED_AT = FrameRequest(("BSE",), (1024, 768), 120e-6)


@dataclass(frozen=True, slots=True)
class Lent:
    """A run in which the microscope was lent, and what became of it."""

    bench: SimulatedBench
    outcome: RunOutcome
    run: Run

    def events(self, source: str, kind: str) -> list[Event]:
        return [event for event in self.run.events if (event.source, event.kind) == (source, kind)]


def lent(folder: Path) -> Lent:
    bench = SimulatedBench.open()
    wishes = {LENT_S: hand_over, BACK_S: take_back}
    outcome = bench.run(SEEN, folder, RunOptions(steered_by=at_times(wishes)))
    verdict = verify_record(folder)
    assert verdict.ok and verdict.closed, str(verdict)
    return Lent(bench, outcome, open_run(folder))


def hand_over(steering: Steering) -> None:
    steering.hand_over("eva", "the column wants alignment")


def take_back(steering: Steering) -> None:
    steering.take_back("eva")


def test_nothing_with_an_effect_is_sent_while_somebody_else_holds_it(tmp_path: Path) -> None:
    lent_run = lent(tmp_path / "run")
    assert lent_run.outcome.ending is Ending.COMPLETED
    (handed,), (back,) = lent_run.events("imaging", "handed over"), lent_run.events("imaging", "taken back")
    commands = [one for one in lent_run.run.journal if one.instrument == "sem"]
    assert not [one for one in commands if handed.time_s < one.time_s < back.time_s]
    assert {one.action for one in commands if one.time_s >= back.time_s} >= {"scan"}
    steps = [event for event in lent_run.events("cycling", "step started") if event.message == "discharge"]
    assert steps and steps[0].time_s < back.time_s, "cycling went on"
    frames = lent_run.run.frames.rows
    assert not [row for row in frames if handed.time_s < row.start_s < back.time_s]
    assert [row for row in frames if row.start_s > back.time_s]
    assert handed.details["settings"], "every setting is written down"
    assert back.message.endswith("changed: nothing")
    (told,) = lent_run.events("imaging", "dose meanwhile")
    assert told.details["given_C_per_m2"] == {} and told.details["unknown_s"] == 0.0


def test_what_was_changed_is_listed_and_restored_and_the_dose_is_estimated(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    column = bench.bench.column

    def by_hand(steering: Steering) -> None:
        del steering
        go_to(bench.bench, (1.2e-3, -0.35e-3))
        wanted = replace(column.conditions(), current_A=300e-12, field_width_m=200e-6)
        set_conditions(bench.bench, wanted)
        bench.bench.detectors.apply("BSE", replace(bench.bench.detectors.settings("BSE"), gain_percent=71.0))

    def looks(steering: Steering) -> None:
        del steering
        column.blank(Blanking.NEVER)
        bench.bench.scanner.start(LOOKED_AT)

    wishes = {LENT_S: hand_over, LENT_S + 40: by_hand, LENT_S + 100: looks, BACK_S: take_back}
    outcome = bench.run(SEEN, tmp_path / "run", RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    run = open_run(tmp_path / "run")
    (back,) = [event for event in run.events if event.kind == "taken back"]
    changed = str(back.details["changed"])
    assert "beam current_A" in changed and "field_width_m" in changed and "BSE gain_percent" in changed
    assert [event for event in run.events if event.kind == "restored"]
    assert bench.bench.detectors.settings("BSE").gain_percent != 71.0
    (told,) = [event for event in run.events if event.kind == "dose meanwhile"]
    given = told.details["given_C_per_m2"]
    assert isinstance(given, dict)
    flux = 300e-12 / (200e-6**2 * 0.75)
    shown_s = bench.bench.scanner.duration_s(LOOKED_AT)
    assert given == {"anode": pytest.approx(flux * shown_s, rel=0.1)}
    booked = [one for one in run.exposures if one.kind == "somebody else"]
    assert [one.region for one in booked] == ["anode"]


def test_a_dose_that_nobody_knows_stops_pictures_of_regions_with_a_budget(tmp_path: Path) -> None:
    """The wire is dead for a minute while somebody else holds the microscope."""
    bench = SimulatedBench.open()
    answers: list[str] = []

    def cut(steering: Steering) -> None:
        bench.laboratory.wire_faults("sem").unplugged_between.append((steering.now_s, steering.now_s + 60.0))

    def accept(steering: Steering) -> None:
        with pytest.raises(ConfigMismatch, match="for a reason"):
            steering.accept_dose("anode", "eva", "")
        steering.accept_dose("anode", "eva", "the beam was on the holder all the time")
        answers.append("accepted")

    wishes = {20.0: hand_over, 40.0: cut, 150.0: take_back, 500.0: accept}
    outcome = bench.run(SEEN, tmp_path / "run", RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.COMPLETED and answers, outcome.reason
    run = open_run(tmp_path / "run")
    unknown = {event.details["region"] for event in run.events if event.kind == "not known"}
    assert unknown == {"anode", "cathode", "control"}
    (back,) = [event for event in run.events if event.kind == "taken back"]
    (accepted,) = [event for event in run.events if event.kind == "accepted"]
    anode = [row.start_s for row in run.frames.rows if row.region == "anode"]
    assert not [time_s for time_s in anode if back.time_s < time_s < accepted.time_s]
    assert [time_s for time_s in anode if time_s > accepted.time_s]
    left_out = [event for event in run.events if event.kind == "field left out"]
    assert left_out and "not known" in left_out[0].message
    assert not [row for row in run.frames.rows if row.region == "cathode" and row.start_s > back.time_s]


def test_it_is_lent_to_one_person_at_a_time(tmp_path: Path) -> None:
    said: list[str] = []

    def refused(steering: Steering) -> None:
        def ask(wish: Callable[[], None]) -> None:
            with pytest.raises(ConfigMismatch) as error:
                wish()
            said.append(str(error.value))

        ask(lambda: steering.take_back("eva"))
        ask(lambda: steering.accept_dose("anode", "eva", "I know"))
        steering.hand_over("eva")
        ask(lambda: steering.hand_over("ada"))
        ask(lambda: steering.park("ada"))
        steering.take_back("eva")

    SimulatedBench.open().run(SEEN, tmp_path / "run", RunOptions(steered_by=at_times({30.0: refused})))
    words = ["is not handed over", "is known", "handed over to eva already", "Take it back, then park the run"]
    assert [word in text for word, text in zip(words, said, strict=True)] == [True] * 4
