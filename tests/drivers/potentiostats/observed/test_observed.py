"""Potentiostats that are only watched, on files that simulated programs write from a known cell."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from pydantic import JsonValue
from support.one_instrument import context_for
from support.resistor_world import ResistorCell, ResistorWorld

from operando.drivers.bench.roles import DriverContext
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, FramingError, LimitRefused, TransportClosed
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry
from operando.drivers.links.growing_file import FileLinks
from operando.drivers.potentiostats.observed import open_ec_lab, open_pstrace
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    KnownOfStep,
    OpenCircuit,
    Potentiostat,
    Safety,
    Samples,
    Step,
)
from operando.simulators.potentiostats.vendor_program import EcLab, PsTrace, ScheduledStep

SCHEDULE = (
    ScheduledStep("nothing", 0.0, 60.0),
    ScheduledStep("current", 240e-6, 100.0),
    ScheduledStep("voltage", 3.72, 50.0),
    ScheduledStep("current", -240e-6, 100.0),
)
NAMES = ["rest", "charge", "hold", "discharge"]


class Files(LinkRegistry):
    """Files of this computer, and nothing else."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(LinkContext(clock))
        self._files = FileLinks(LinkContext(clock))

    def open(self, address: Address) -> Link:
        return self._files.open(address)


class Watched:
    """A program that writes a file of this computer, in a world with a resistor for a cell, and its watcher."""

    def __init__(self, folder: Path, program: type[EcLab] | type[PsTrace] = EcLab) -> None:
        self.clock = VirtualClock()
        self.world = ResistorWorld(ResistorCell(resistance_ohm=100.0))
        self.path = folder / "run.mpt"
        self.program = program(self.world, SCHEDULE, self.path)

    def wait(self, seconds: float) -> None:
        self.clock.sleep_until(self.clock.now() + seconds)
        self.world.advance(self.clock.now())

    def open(self, **options: JsonValue) -> Potentiostat:
        given: Mapping[str, JsonValue] = {"time_zone": "UTC", **options}
        simple = context_for([], self.clock, given, accepted=False)
        address = Address.parse(f"file://{self.path}")
        context = DriverContext(simple.name, address, given, simple.bench, Files(self.clock), self.clock, simple.gate)
        potentiostat = (open_ec_lab if isinstance(self.program, EcLab) else open_pstrace)(context).potentiostat
        assert potentiostat is not None
        return potentiostat

    def watch(self, driver: Potentiostat, seconds: float, every_s: float = 7.0) -> list[Samples]:
        polls = []
        for _ in range(round(seconds / every_s)):
            self.wait(every_s)
            polls.append(driver.poll())
        return polls


@pytest.mark.parametrize("program", [EcLab, PsTrace])
def test_every_row_once_with_its_step_time_and_charge(tmp_path: Path, program: type[EcLab] | type[PsTrace]) -> None:
    watched = Watched(tmp_path, program)
    watched.program.start(0.0)
    driver = watched.open()
    polls = watched.watch(driver, 329.0)
    block = np.concatenate([samples.block for samples in polls])
    assert block["sequence"].tolist() == list(range(len(block))) and len(block) >= 310
    assert np.allclose(block["time_s"], 1.0 + np.arange(len(block)), atol=1e-6)
    begun = [step for samples in polls for step in samples.begun]
    assert [step.name for step in begun][:4] == NAMES
    assert [step.time_s for step in begun][:4] == pytest.approx([1.0, 61.0, 161.0, 211.0])
    charge = block[block["step"] == 2]
    assert np.allclose(charge["charge_C"], 240e-6 * charge["elapsed_s"], rtol=1e-6, atol=1e-9)
    assert np.allclose(charge["voltage_V"], 3.724, atol=2e-4)
    assert np.allclose(block[block["step"] == 3]["current_A"], 200e-6, rtol=1e-4)


def test_nothing_is_started_ended_or_touched(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    driver = watched.open()
    drives = list(watched.world.cell.drives)
    guard = Guard((2.5, 4.3), (-1e-3, 1e-3), 10.0)
    commands: tuple[Callable[[], None], ...] = (
        lambda: driver.start(Step(1, OpenCircuit(), guard)),
        driver.end_step,
        lambda: driver.adopt(Step(1, Galvanostatic(1e-4), guard), KnownOfStep(0.0, 1.0)),
    )
    for command in commands:
        with pytest.raises(LimitRefused, match="cycled by EC-Lab, and this potentiostat is only watched"):
            command()
    assert driver.capabilities.observed and not driver.capabilities.galvanostatic
    state = driver.make_safe()
    assert state.safety is Safety.UNKNOWN and "stop the channel in EC-Lab" in state.detail
    assert watched.world.cell.drives == drives


def test_who_writes_it(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    identity = watched.open().identify()
    assert (identity.vendor, identity.model, identity.serial) == (
        "BioLogic",
        "EC-Lab (observed)",
        "channel 1 (SN 14990)",
    )


def test_what_was_before_the_connection_belongs_to_no_run_of_ours(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    watched.wait(100.5)
    driver = watched.open()
    polls = watched.watch(driver, 21.0)
    block = np.concatenate([samples.block for samples in polls])
    assert block["time_s"][0] == pytest.approx(101.0)
    assert [step.name for samples in polls for step in samples.begun] == ["charge"]
    assert block["elapsed_s"][0] == pytest.approx(40.0)
    assert block["charge_C"][0] == pytest.approx(240e-6 * 40.0)


def test_the_step_that_runs_is_known_while_the_file_grows(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    driver = watched.open(quiet_after_s=30.0)
    watched.wait(70.0)
    running = driver.running()
    assert running is not None and running.step == 2
    watched.clock.sleep_until(200.0)  # the program hangs: its file stays as it is
    assert driver.running() is None


def test_a_program_that_starts_again_under_the_same_name(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    driver = watched.open()
    before = watched.watch(driver, 21.0)
    assert isinstance(watched.program, EcLab)
    watched.program.start_anew(watched.clock.now())
    after = watched.watch(driver, 14.0)
    steps = [step.number for samples in [*before, *after] for step in samples.begun]
    assert steps == [1, 2]
    block = np.concatenate([samples.block for samples in [*before, *after]])
    assert block["sequence"].tolist() == list(range(len(block)))


def test_a_file_that_is_gone_is_told_and_found_again(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    driver = watched.open()
    watched.watch(driver, 14.0)
    away = watched.path.with_name("away.mpt")
    watched.path.rename(away)
    for _ in range(2):
        with pytest.raises(TransportClosed, match="no such file yet"):
            driver.poll()
    away.rename(watched.path)
    block = np.concatenate([samples.block for samples in watched.watch(driver, 14.0)])
    assert len(set(block["time_s"])) == len(block) and block["time_s"][0] > 12.0


def test_a_line_without_sense_is_told_once_and_nothing_else_is_lost(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    driver = watched.open()
    watched.wait(10.0)
    with watched.path.open("ab") as file:
        file.write(b"\r\nnonsense\r\n")
    with pytest.raises(FramingError):
        driver.poll()
    assert len(driver.poll().block) >= 8


def test_their_clock_may_be_ahead_of_ours(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(50.0)  # what it calls 50 s is 0 s of ours
    watched.world.advance(80.0)
    watched.clock.sleep_until(30.0)
    driver = watched.open()
    polls = [driver.poll().block]
    for _ in range(15):
        watched.clock.sleep_until(watched.clock.now() + 1.0)
        watched.world.advance(watched.clock.now() + 50.0)
        polls.append(driver.poll().block)
    samples = np.concatenate(polls)
    assert len(samples) >= 12 and np.all(np.diff(samples["time_s"]) >= 0.0)
    assert 42.0 <= samples["time_s"][-1] <= 45.0
    assert np.all(samples["time_uncertainty_s"] >= 50.0)


def test_a_clock_that_is_not_believed(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    watched.clock.sleep_until(9000.0)  # by its own clock the program has begun hours ago
    watched.world.advance(60.0)
    driver = watched.open(trust_clock=False)
    assert driver.poll().block["time_s"].tolist() == [9000.0]


def test_a_file_that_is_written_anew_gives_no_row_twice_though_its_clock_is_not_believed(tmp_path: Path) -> None:
    watched = Watched(tmp_path, PsTrace)
    watched.program.start(0.0)
    driver = watched.open(trust_clock=False)
    block = np.concatenate([samples.block for samples in watched.watch(driver, 329.0)])
    assert len(block) >= 240
    assert np.all(np.diff(block["time_s"]) > 0.0)
    assert len(set(zip(block["step"].tolist(), block["elapsed_s"].tolist(), strict=True))) == len(block)
    assert sorted(set(block["step"].tolist())) == [1, 2, 3, 4, 5]


def test_a_file_of_another_kind_is_told_as_often_as_it_grows(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    driver = watched.open()
    watched.wait(5.0)
    driver.poll()
    other = watched.path.with_suffix(".new")
    other.write_text("a diary\r\n")
    other.replace(watched.path)
    for _ in range(2):
        with pytest.raises(ConfigMismatch, match="begins with 'a diary'"):
            driver.poll()
        with watched.path.open("a") as file:
            file.write("dear diary\r\n")


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.program.start(0.0)
    with pytest.raises(ConfigMismatch, match="no time zone 'Mars/Olympus'"):
        watched.open(time_zone="Mars/Olympus")
