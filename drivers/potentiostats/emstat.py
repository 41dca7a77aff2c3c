"""PalmSens EmStat4 HR and its relatives: steps are MethodSCRIPTs that end by themselves on the instrument.

Options in the bench file: `inter_line_delay_s` (0; for instruments behind slow converters), `on_board_log` (true; each
step is stored on the instrument, too, so that nothing is lost while nobody listens).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import Field

from operando.drivers.bench.identified import identified
from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.documents import StrictModel
from operando.drivers.errors import InstrumentError, LimitRefused, ProtocolError, located
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.potentiostats.emstat_identity import identify_emstat
from operando.drivers.potentiostats.emstat_safety import confirm_cell_off
from operando.drivers.potentiostats.emstat_session import EmStatSession
from operando.drivers.potentiostats.methodscript_variants import EMSTAT4_HR, MethodScriptVariant
from operando.drivers.potentiostats.methodscript_wire import MethodScriptWire
from operando.drivers.potentiostats.on_board_log import has_room, logged
from operando.drivers.potentiostats.step_duration import longest_silence
from operando.drivers.potentiostats.step_limits import check_step
from operando.drivers.potentiostats.step_scripts import step_script
from operando.drivers.roles import (
    Identity,
    KnownOfStep,
    PotentiostatCapabilities,
    RunningStep,
    SafeState,
    Safety,
    Samples,
    Step,
)

__all__ = ["EmStat", "EmStatOptions", "open_emstat4_hr", "open_variant"]

LONGEST_CALL_S = 1.5
"""How long `make_safe` waits for another call to end before it gives up."""


class EmStatOptions(StrictModel):
    """Options of an EmStat in the bench file."""

    inter_line_delay_s: float = Field(default=0.0, ge=0.0, le=0.1)
    on_board_log: bool = True


class EmStat:
    """Role `Potentiostat`, one of the MethodSCRIPT instruments.

    Safe to call from several threads; calls run one after the other.
    """

    def __init__(self, context: DriverContext, variant: MethodScriptVariant) -> None:
        self._variant = variant
        self.capabilities: PotentiostatCapabilities = variant.capabilities
        options = read_options(context, EmStatOptions)
        self.name = context.name
        self.connection = str(context.address)
        self._where = f"{context.name} at {context.address}"
        self._gate = context.gate
        self._on_board_log = options.on_board_log and variant.stores_files
        self._lock = threading.RLock()
        wire = MethodScriptWire(
            ReopeningLink(context.links, context.address), context.clock, options.inter_line_delay_s
        )
        self._session = EmStatSession(wire, context.clock)

    def identify(self) -> Identity:
        with self._call():
            return identify_emstat(self._session, self.connection, self._variant.firmware_code)

    @property
    def keep_alive_every_s(self) -> None:
        """The instrument does not forget its client."""

    def keep_alive(self) -> None:
        """The instrument does not forget its client."""

    def start(self, step: Step) -> None:
        self._gate.require("start a step")
        check_step(step, self.capabilities, self._where)
        script = self._script(step)
        with self._call():
            if self._session.ask_whether_running():
                raise ProtocolError(
                    "it carries out a step already",
                    where=self._where,
                    remedy="Wait for its end, or end it with end_step().",
                )
            if self._on_board_log:
                self._session.delete_logs()
            self._session.upload_step(script, step, longest_silence(step))

    def poll(self) -> Samples:
        with self._call():
            return self._session.poll()

    def adopt(self, step: Step, known: KnownOfStep) -> None:
        with self._call():
            self._session.adopt(step, known, longest_silence(step), stored=self._is_stored(step))

    def end_step(self) -> None:
        self._gate.require("end a step")
        with self._call():
            self._session.abort_script()

    def running(self) -> RunningStep | None:
        with self._call():
            running = self._session.ask_whether_running()
            return None if running is None else running.running()

    def make_safe(self) -> SafeState:
        """End whatever runs, switch the cell off, and prove it by a point at open circuit."""
        if not self._lock.acquire(timeout=LONGEST_CALL_S):
            return SafeState(self.name, Safety.UNKNOWN, f"another call has not ended within {LONGEST_CALL_S:g} s")
        try:
            safety, detail = confirm_cell_off(self._session)
        except InstrumentError as error:
            return SafeState(self.name, Safety.UNKNOWN, str(error))
        finally:
            self._lock.release()
        return SafeState(self.name, safety, detail)

    def close(self) -> None:
        with self._lock:
            self._session.close()

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self._where):
            yield

    def _script(self, step: Step) -> str:
        try:
            script = step_script(step, self.capabilities.shortest_interval_s, self._variant.modes)
            return logged(script, step) if self._is_stored(step) else script
        except ValueError as error:
            raise LimitRefused(
                f"step {step.number} cannot be written as a script: {error}",
                where=self._where,
                remedy="Give finite limits; nothing was sent.",
            ) from error

    def _is_stored(self, step: Step) -> bool:
        """Whether a step is stored on board; one that could fill the storage is not."""
        return self._on_board_log and has_room(step)


def open_emstat4_hr(context: DriverContext) -> Roles:
    """Connect to an EmStat4 HR; see `open_variant`."""
    return open_variant(context, EMSTAT4_HR)


def open_variant(context: DriverContext, variant: MethodScriptVariant) -> Roles:
    """Connect to an instrument and find out whether it carries out a step. Changes nothing.

    Raises:
        ConfigMismatch: if another instrument answers, or an option is not known.
        InstrumentError: if nothing answers.
    """
    instrument = EmStat(context, variant)
    return Roles(potentiostat=identified(instrument))
