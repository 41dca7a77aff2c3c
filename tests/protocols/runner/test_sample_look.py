"""A look at the sample that is no capture: its dose is booked as it was given."""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench, header_of
from support.run_protocols import IMAGING_ONLY

from operando.drivers.seam import Seam
from operando.drivers.timeline import run
from operando.protocols.document import parse_protocol
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount, in_record
from operando.protocols.runner.sample_look import SampleLook, ViewedWith

LASTS_S = 60.0
WIDTH_M = 0.3e-3
VIEWED = ViewedWith(5e3, 100e-12)


def test_a_focusing_that_takes_long_is_booked_for_as_long(tmp_path: Path, mocker: MockerFixture) -> None:
    bench = SimulatedBench.open()
    program, clock, column = parse_protocol(IMAGING_ONLY), bench.bench.clock, bench.bench.column
    record = RunRecord.create(tmp_path / "run", header_of(program, tmp_path / "run", bench.bench))
    commands, dose = Commands(Seam(clock), record, clock), DoseAccount(program.dose, in_record(record, clock))
    anode = program.regions["anode"]
    look = SampleLook(bench.bench, commands, Beam(bench.bench, commands, dose), [anode], lambda: 0)
    focus, busy, until_s = column.autofocus, column.busy, [0.0]

    def slow(*where: object) -> None:
        focus(*where)  # type: ignore[arg-type]  # whatever the look has asked for
        until_s[0] = clock.now() + LASTS_S

    mocker.patch.object(column, "autofocus", slow)
    mocker.patch.object(column, "busy", lambda: clock.now() < until_s[0] or busy())
    run(clock, lambda: look.focus((anode.stage.x_m, anode.stage.y_m), WIDTH_M, VIEWED))
    record.release()
    given = VIEWED.current_A * LASTS_S / (WIDTH_M**2 * 0.75)
    assert dose.total_C_per_m2("anode") == pytest.approx(given, rel=0.02)
    bench.bench.close()
