"""A channel of a BioLogic potentiostat, in the role of a potentiostat.

The library does not say why a technique has stopped and counts no charge: the reason is read from the last rows, and
the charge is the current of all rows over time. A charge limit of a held voltage is therefore kept by this computer.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from operando.drivers.bench.roles import DriverContext
from operando.drivers.clock_relation import LARGEST_RATE_ERROR
from operando.drivers.errors import DeviceFault, LimitRefused, ProtocolError, TransportError, located
from operando.drivers.making_safe import made_safe
from operando.drivers.potentiostats.biologic.channel import Channel, State
from operando.drivers.potentiostats.biologic.collected import Collected
from operando.drivers.potentiostats.biologic.limits import capabilities_of, model_of
from operando.drivers.potentiostats.biologic.options import BioLogicOptions
from operando.drivers.potentiostats.biologic.rows import Point, SampleRow, rows_of
from operando.drivers.potentiostats.biologic.running_technique import RunningTechnique
from operando.drivers.potentiostats.biologic.structures import CurrentValues
from operando.drivers.potentiostats.biologic.techniques import TechniqueFile, technique_of
from operando.drivers.potentiostats.step_limits import check_step
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import (
    Identity,
    KnownOfStep,
    Potentiostatic,
    RunningStep,
    SafeState,
    Safety,
    SampleQuality,
    Samples,
    Step,
    StepEndReason,
)

__all__ = ["BioLogicPotentiostat"]

LONGEST_WAIT_S = 1.5
"""How long `make_safe` waits for another call to end."""
MOST_BUFFERS = 8
"""Of one poll; what is left comes with the next."""
SAME_MOMENT_S = 1e-3
SAME_STEP_S = 5.0
"""By which the elapsed time of a running technique may differ from that of the step that it is taken for."""


class BioLogicPotentiostat:
    """Role `Potentiostat`. Safe to call from several threads; calls run one after the other."""

    def __init__(self, context: DriverContext, options: BioLogicOptions, channel: Channel, version: str) -> None:
        self.name = context.name
        self.connection = str(context.address)
        self._where = f"{context.name} at {context.address}"
        self._gate = context.gate
        self._clock = context.clock
        self._options = options
        self._channel = channel
        self._version = version
        self._lock = threading.RLock()
        self._collected = Collected()
        self._running: RunningTechnique | None = None
        self._known: KnownOfStep | None = None
        self._adopted_s = -math.inf
        self._missing = 0
        with self._call():
            self.capabilities = capabilities_of(channel.infos())

    def identify(self) -> Identity:
        with self._call():
            infos = self._channel.infos()
        device = self._channel.device_infos
        model = f"{model_of(device.DeviceCode)}, channel {self._options.channel}"
        firmware = f"{device.FirmwareVersion}, library {self._version}"
        return Identity("BioLogic", model, str(infos.BoardSerialNumber), firmware, self.connection)

    @property
    def keep_alive_every_s(self) -> None:
        """The channel does not forget its client: it keeps its rows until they are fetched."""

    def keep_alive(self) -> None:
        """The channel does not forget its client."""

    def start(self, step: Step) -> None:
        self._gate.require("start a step")
        check_step(step, self.capabilities, self._where)
        with self._call():
            if self._channel.infos().State != State.STOP:
                raise ProtocolError(
                    "it carries out a technique already", remedy="Wait for its end, or end it with end_step()."
                )
            self._technique(step, charging=True)  # refused before anything is loaded
            self._channel.require_kernel(load=self._options.load_firmware)
            held = step.technique
            charging = isinstance(held, Potentiostatic) and held.voltage_V >= self._channel.values().Ewe
            technique = self._technique(step, charging=charging)
            self._channel.load(technique)
            sent_s = self._clock.now()
            try:
                self._channel.start()
            except TransportError:  # without an answer it may run all the same
                self._begin(step, technique, sent_s)
                raise
            self._begin(step, technique, sent_s)

    def poll(self) -> Samples:
        with self._call():
            running = self._running
            if running is not None:
                self._follow(running)
            if self._missing:
                missing, self._missing = self._missing, 0
                raise DeviceFault(
                    f"the channel has skipped {missing} of its interrupts: samples are missing",
                    remedy="Poll more often, or record less often. Those that are there come with the next poll.",
                )
            return self._collected.take()

    def end_step(self) -> None:
        self._gate.require("end a step")
        with self._call():
            self._channel.stop()
            if self._running is not None and self._running.ended_by_host is None:
                self._running.ended_by_host = StepEndReason.ENDED_BY_HOST

    def adopt(self, step: Step, known: KnownOfStep) -> None:
        with self._call():
            values = self._channel.values()
            technique = self._technique(step, charging=values.I >= 0.0)
            begin_s = known.origin_s + step.elapsed_before_s
            if values.State != State.STOP:
                self._same_step(step, values, begin_s, known.uncertainty_s)
            time = StepTime(0.0, begin_s - known.uncertainty_s, begin_s + known.uncertainty_s)
            self._running = RunningTechnique(step, technique, time, known)
            self._known, self._adopted_s = known, self._clock.now()

    def running(self) -> RunningStep | None:
        with self._call():
            values = self._channel.values()
            if values.State == State.STOP:
                return None
            if self._running is not None:
                return self._running.running()
            return RunningStep(None, values.ElapsedTime, None)

    def make_safe(self) -> SafeState:
        """Stop the channel, which opens its cell, and have it say so."""
        if not self._lock.acquire(timeout=LONGEST_WAIT_S):
            return SafeState(self.name, Safety.UNKNOWN, f"another call has not ended within {LONGEST_WAIT_S:g} s")
        try:
            with located(self._where):
                return made_safe(self.name, "the channel is stopped, its cell open", self._stopped)
        finally:
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            self._channel.close()

    def _begin(self, step: Step, technique: TechniqueFile, sent_s: float) -> None:
        self._running = RunningTechnique(step, technique, StepTime(0.0, sent_s, self._clock.now()))
        self._known, self._adopted_s = None, -math.inf

    def _stopped(self) -> bool:
        self._channel.stop()
        if self._running is not None and self._running.ended_by_host is None:
            self._running.ended_by_host = StepEndReason.ENDED_BY_HOST
        state: int = self._channel.values().State
        return state == State.STOP

    def _technique(self, step: Step, *, charging: bool) -> TechniqueFile:
        try:
            return technique_of(step, charging=charging)
        except ValueError as error:
            raise LimitRefused(
                f"step {step.number} cannot be carried out: {error}", remedy="Change the step; nothing was sent."
            ) from error

    def _same_step(self, step: Step, values: CurrentValues, begin_s: float, uncertainty_s: float) -> None:
        """Refuse to take a technique for a step that began at another time."""
        expected_s = self._clock.now() - begin_s
        allowed_s = SAME_STEP_S + uncertainty_s + LARGEST_RATE_ERROR * abs(expected_s)
        if abs(values.ElapsedTime - expected_s) > allowed_s:
            raise ProtocolError(
                f"its technique has run for {values.ElapsedTime:.0f} s, step {step.number} for {expected_s:.0f} s",
                remedy="Somebody else uses this channel. End that technique, or wait for its end.",
            )

    def _follow(self, running: RunningTechnique) -> None:
        """Fetch what there is; the step has ended once the channel has stopped and nothing is left."""
        for _ in range(MOST_BUFFERS):
            buffer = self._channel.data()
            self._missing += buffer.infos.IRQskipped
            for row in rows_of(buffer, self._options.phase):
                self._take(row, running, buffer.values)
            if not buffer.rows:
                break
        else:
            return
        if running.charge_is_enough:
            self._channel.stop()
            running.ended_by_host = StepEndReason.CHARGE
        elif buffer.values.State == State.STOP:
            self._collected.end = running.end(_fault(buffer.values))
            self._running = None

    def _take(self, row: SampleRow | Point, running: RunningTechnique, values: CurrentValues) -> None:
        if isinstance(row, Point):
            running.take_point(row)
            time_s, _ = running.time.arrived(row.elapsed_s, self._clock.now())
            ohm = row.impedance_ohm
            quality = 0 if math.isfinite(abs(ohm)) else int(SampleQuality.NOT_A_NUMBER)
            self._collected.add_point((time_s, row.frequency_Hz, ohm.real, ohm.imag, running.step.number, quality))
            return
        charge_C = running.take(row)
        elapsed_s = running.step_elapsed_s(row.elapsed_s)
        if self._known is not None and self._known.has(elapsed_s, SAME_MOMENT_S):
            return
        time_s, uncertainty_s = running.time.arrived(row.elapsed_s, self._clock.now())
        self._collected.add(
            (
                time_s,
                elapsed_s,
                row.voltage_V,
                row.current_A,
                charge_C,
                running.step.number,
                0,
                _quality(row, values),
                uncertainty_s,
            ),
            late=time_s < self._adopted_s,
        )

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self._where):
            yield


def _quality(row: SampleRow, values: CurrentValues) -> int:
    """Overloads are told of the channel, not of each row: they hold for what was fetched with them."""
    quality = SampleQuality.OK
    if not (math.isfinite(row.voltage_V) and math.isfinite(row.current_A)):
        quality |= SampleQuality.NOT_A_NUMBER
    if values.Eoverflow or values.Ioverflow:
        quality |= SampleQuality.OVERLOAD
    return int(quality)


def _fault(values: CurrentValues) -> str:
    return f"option error {values.OptErr} at position {values.OptPos}" if values.OptErr else ""
