"""Before a cell is charged: is everything what the protocol thinks it is? Each answer is recorded."""

import math
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from operando.drivers.bench import Bench
from operando.drivers.errors import OperandoError, TransportError, first_of
from operando.drivers.roles import FrameRequest
from operando.protocols.check.stage import check_stage
from operando.protocols.plan import bench_facts
from operando.protocols.program import Capture, Program, Region
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.interlocks import BeamForbidden
from operando.protocols.runner.limits_in_words import limits_of_column, limits_of_potentiostat, limits_of_stage
from operando.protocols.runner.preflight_cell import CellPreflight
from operando.protocols.runner.sensors import Sensors
from operando.protocols.runner.watch import SafetyTrip
from operando.protocols.triggers.step_facts import PRE_FLIGHT

__all__ = ["Finding", "Override", "Preflight", "PreflightFailed", "judge"]

BEAM_TEST_S = 6.0
BEAM_TEST_PIXELS = (256, 192)
BEAM_TEST_DWELL_S = 120e-6
MOST_BEAM_SHIFT_V = 2e-3
MOST_BEAM_SHIFT_A = 2e-6
DISK_MARGIN = 1.5

Guarding = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
"""Does something with the beam while gauges are followed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question of the pre-flight and its answer."""

    check: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody goes on in spite of a failed pre-flight, and says why."""

    reason: str
    who: str


class PreflightFailed(OperandoError):
    """The pre-flight found something that speaks against starting."""


class Preflight:
    """Asks the questions and records the answers."""

    def __init__(
        self, program: Program, bench: Bench, commands: Commands, record: RunRecord, cell: CellTimeline
    ) -> None:
        self._program = program
        self._bench = bench
        self._commands = commands
        self._record = record
        self._cell = cell
        self._findings: list[Finding] = []

    async def run(
        self,
        folder: Path,
        bytes_needed: int,
        cycling: Cycling | None,
        beam: Beam | None,
        sensors: Sensors,
        override: Override | None,
    ) -> tuple[Finding, ...]:
        """Ask everything.

        Raises:
            PreflightFailed: if an answer speaks against starting and nobody overrides it.
        """
        await self._identities()
        self._note(*self._disk(folder, bytes_needed))
        for finding in (*self._limits(), *self._regions()):
            self._note(finding.check, finding.passed, finding.detail)
        await sensors.read_all()
        forbidden = await self._vacuum(sensors) if beam is not None else ""
        for rule, why in sensors.not_judged:
            self._note(f"interlock {rule}", True, f"is not judged: {why}")
        await self._cell_and_beam(cycling, beam, forbidden, sensors.guarding)
        judge(self._findings, override, self._record, self._bench.clock.now())
        return tuple(self._findings)

    async def at_microscope(
        self, cycling: Cycling | None, beam: Beam | None, sensors: Sensors, override: Override | None
    ) -> None:
        """What can be asked only now that the box stands open in the microscope.

        Raises:
            PreflightFailed: if an answer speaks against going on and nobody overrides it.
        """
        forbidden = await self._vacuum(sensors) if beam is not None else ""
        await self._cell_and_beam(cycling, beam, forbidden, sensors.guarding_beam)
        judge(self._findings, override, self._record, self._bench.clock.now())

    async def _cell_and_beam(
        self, cycling: Cycling | None, beam: Beam | None, forbidden: str, guarding: Guarding
    ) -> None:
        if beam is not None:
            self._note("vacuum", not forbidden, forbidden or "the chamber pressure permits the beam")
        if cycling is None:
            return
        try:
            questions = CellPreflight(self._program.safety, self._bench.potentiostat, cycling, self._cell, self._note)
            await questions.at_rest()
            await questions.contact()
            if beam is not None and not forbidden:
                await guarding(lambda: self._beam_on_cell(cycling, beam))
        except* (SafetyTrip, BeamForbidden) as trips:
            self._note("cell and beam within their limits", False, str(first_of(trips)))

    @staticmethod
    async def _vacuum(sensors: Sensors) -> str:
        forbidden = ""
        try:
            forbidden = await sensors.settled()
        except* TransportError as lost:
            forbidden = str(first_of(lost))
        return forbidden

    def _note(self, check: str, passed: bool, detail: str) -> None:
        self._findings.append(Finding(check, passed, detail))
        kind = "passed" if passed else "failed"
        self._record.event(self._bench.clock.now(), "pre-flight", kind, f"{check}: {detail}")

    async def _identities(self) -> None:
        for role in self._bench.one_role_each():
            identity = await self._commands.ask(role, role.identify)
            self._note(f"identity of {role.name}", True, str(identity))

    def _disk(self, folder: Path, bytes_needed: int) -> tuple[str, bool, str]:
        free = shutil.disk_usage(folder).free
        needed = DISK_MARGIN * bytes_needed
        # free space is not recorded exactly: two equal runs leave equal records
        return (
            "disk space",
            free > needed,
            f"the run needs about {bytes_needed / 1e6:.0f} MB"
            + ("" if free > needed else f", only {free / 1e6:.0f} MB are free"),
        )

    def _regions(self) -> Iterator[Finding]:
        """Limits of all axes, keep-outs and the ways between, for every tile, with the stage as it stands now."""
        if not self._program.regions:
            return
        found = check_stage(self._program, bench_facts(self._bench))
        wrong = [finding.what for finding in found if finding.severity == "error"]
        yield Finding("regions reachable", not wrong, "; ".join(wrong) or "all of them, and all ways between")

    def _limits(self) -> Iterator[Finding]:
        """What the instruments say that they can do, as it was read back from them."""
        if self._bench.has_potentiostat:
            can = self._bench.potentiostat.capabilities
            yield Finding("limits of the potentiostat", True, limits_of_potentiostat(can))
        if self._bench.has_microscope:
            yield Finding("limits of the stage", True, limits_of_stage(self._bench.stage.capabilities))
            yield Finding("limits of the column", True, limits_of_column(self._bench.column.capabilities))

    async def _beam_on_cell(self, cycling: Cycling, beam: Beam) -> None:
        """Does the beam shift the voltage? A floating cell is charged by it, an earthed one leaks past the meter."""
        capture = next((c for c in self._program.captures.values() if c.detectors), None)
        if capture is None:
            return
        await beam.switch_on()
        region = self._program.regions[capture.regions[0]]
        await beam.go_to(region, (0, 0), 0.75)
        await beam.apply(capture.beam, region, capture.detectors[0], cycle=0, refocus=False)
        off_V, off_A = await self._cell_means(cycling, "beam off")
        on_V, on_A = await self._cell_means(cycling, "beam on", beam, capture, region)
        shift_V, shift_A = on_V - off_V, on_A - off_A
        good = math.isfinite(shift_V) and abs(shift_V) <= MOST_BEAM_SHIFT_V
        self._note("open-circuit voltage with the beam on", good, f"shifts by {shift_V * 1e3:.3f} mV")
        good = math.isfinite(shift_A) and abs(shift_A) <= MOST_BEAM_SHIFT_A
        self._note("current with the beam on", good, f"shifts by {shift_A * 1e6:.3f} uA at the held voltage")

    async def _cell_means(
        self,
        cycling: Cycling,
        what: str,
        beam: Beam | None = None,
        capture: Capture | None = None,
        region: Region | None = None,
    ) -> tuple[float, float]:
        """Mean voltage at rest, and mean current while that voltage is held; with the beam, if it is given."""
        means = []
        watched = (("rest", cycling.rest, "voltage_V"), ("hold", cycling.hold_voltage, "current_A"))
        for state, step, quantity in watched:
            if beam is not None and capture is not None and region is not None:
                await self._scan(beam, capture, region)
            end = await step(f"{PRE_FLIGHT}{state}, {what}", 0, BEAM_TEST_S, lambda: False)
            means.append(float(self._cell.recent(end.time_s - BEAM_TEST_S, end.step)[quantity].mean()))
        if beam is not None:
            await self._commands.effect(self._bench.scanner, "stop scan", self._bench.scanner.stop)
        return means[0], means[1]

    async def _scan(self, beam: Beam, capture: Capture, region: Region) -> None:
        """One slow frame that lasts as long as the cell is watched; its dose is booked before the beam is there."""
        scanner = self._bench.scanner
        await self._commands.effect(scanner, "stop scan", scanner.stop)
        request = FrameRequest(capture.detectors[:1], BEAM_TEST_PIXELS, BEAM_TEST_DWELL_S)
        height_per_width = BEAM_TEST_PIXELS[1] / BEAM_TEST_PIXELS[0]
        beam.dose.add_scan(region, capture.beam.current_A, scanner.duration_s(request), height_per_width, 0)
        await self._commands.effect(scanner, "scan (beam test)", lambda: scanner.start(request))


def judge(
    findings: Sequence[Finding], override: Override | None, record: RunRecord, now_s: float, whose: str = "the"
) -> None:
    """Refuse to go on if an answer speaks against it, unless somebody overrides that, which is recorded.

    Raises:
        PreflightFailed: with all that failed.
    """
    failed = [finding for finding in findings if not finding.passed]
    if not failed:
        return
    what = "; ".join(f"{finding.check}: {finding.detail}" for finding in failed)
    if override is None:
        raise PreflightFailed(
            f"{whose} pre-flight failed: {what}",
            remedy="Mend it, or start with --override 'why this is right'; reason and name are recorded.",
        )
    record.event(now_s, "pre-flight", "overridden", override.reason, who=override.who, failed=what)
