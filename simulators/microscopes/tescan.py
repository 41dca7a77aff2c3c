"""A simulated TESCAN microscope: the server end of SharkSEM, in the one world."""

from operando.simulators.darkroom import AtOnce, Darkroom
from operando.simulators.engine import Conversation
from operando.simulators.microscopes.agenda import Agenda
from operando.simulators.microscopes.commands import IGNORED, Call, Command, Outcome, parse_arguments
from operando.simulators.microscopes.control import ControlConversation
from operando.simulators.microscopes.data import DataConversation
from operando.simulators.microscopes.detector_commands import detector_commands
from operando.simulators.microscopes.faults import MicroscopeFaults
from operando.simulators.microscopes.high_voltage_commands import high_voltage_commands
from operando.simulators.microscopes.optics_commands import optics_commands
from operando.simulators.microscopes.parts import Parts
from operando.simulators.microscopes.procedure_commands import procedure_commands
from operando.simulators.microscopes.queue import Flag
from operando.simulators.microscopes.scan_commands import scan_commands
from operando.simulators.microscopes.session_commands import session_commands
from operando.simulators.microscopes.settings import AxisValues, TescanSettings
from operando.simulators.microscopes.stage_commands import stage_commands
from operando.simulators.microscopes.vacuum_commands import vacuum_commands
from operando.simulators.microscopes.wire import Request, Value, encode_values
from operando.simulators.world.world import World

__all__ = ["TescanMicroscope"]


class TescanMicroscope:
    """The microscope as an engine with two doors: `control` for any number of clients, and `data`.

    A data connection belongs to the client that registered its local port by TcpRegDataPort. The microscope writes
    `world.beam`; what it does by itself (the end of a scan, of a move, of a ramp) happens at its own time in the
    world, whether or not a client still asks.
    """

    def __init__(self, world: World, settings: TescanSettings | None = None) -> None:
        self.settings = settings or TescanSettings()
        self.faults = MicroscopeFaults()
        self.darkroom: Darkroom = AtOnce()
        self.agenda = Agenda(world, self.settle)
        self._clients: list[ControlConversation] = []
        self._expected: dict[int, ControlConversation] = {}
        self._parts = Parts(world, self.settings, self.faults, self.agenda)
        self._commands = self._known_commands()
        self._parts.show_beam(0.0)

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """A client connects.

        Raises:
            ConnectionRefusedError: if there is no such door, or nobody announced this data connection.
        """
        self.agenda.reach(now)
        if endpoint in ("", "control"):
            return self._connect_control()
        if endpoint == "data":
            return self._connect_data(local_port)
        raise ConnectionRefusedError(f"a TESCAN microscope has no door {endpoint!r}, only `control` and `data`")

    @property
    def high_voltage_on(self) -> bool:
        """Whether electrons leave the gun, blanked or not: for whoever judges from outside."""
        return self._parts.high_voltage.on

    def operator_sets_voltage(self, voltage_V: float, now: float) -> None:
        """The operator changes the accelerating voltage in the vendor's own program."""
        now = self.agenda.reach(now)
        self._parts.high_voltage.set_voltage(voltage_V, now)
        self._parts.column.energy_changes()
        self.settle(now)

    def operator_switches_high_voltage(self, now: float, *, on: bool) -> None:
        """The operator switches the high voltage in the vendor's own program."""
        now = self.agenda.reach(now)
        gun = self._parts.high_voltage
        (gun.switch_on if on else gun.switch_off)(now)
        self.settle(now)

    def operator_moves_stage(self, target: AxisValues, now: float) -> None:
        """The operator moves the stage (mm, degrees) in the vendor's own program."""
        now = self.agenda.reach(now)
        self._parts.stage.move_to(target, now)
        self.settle(now)

    def operator_sets_current(self, current_A: float, now: float) -> None:
        """The operator changes the beam current in the vendor's own program."""
        now = self.agenda.reach(now)
        self._parts.column.set_beam_current(current_A * 1e12, now)
        self.settle(now)

    def operator_focuses(self, distance_m: float, now: float) -> None:
        """The operator changes the working distance, as it is displayed, in the vendor's own program."""
        now = self.agenda.reach(now)
        self._parts.column.set_working_distance(distance_m * 1e3, now)
        self.settle(now)

    def operator_sets_gain(self, detector: int, gain_percent: float, black_percent: float, now: float) -> None:
        """The operator changes gain and black level of a detector, by its number, in the vendor's own program."""
        now = self.agenda.reach(now)
        self._parts.detectors.set_levels(detector, gain_percent, black_percent, now)
        self.settle(now)

    def trip_beam(self, now: float) -> None:
        """The gun fails: the beam goes off without anybody asking for it."""
        now = self.agenda.reach(now)
        self._parts.high_voltage.switch_off(now)
        self.settle(now)

    def busy(self, now: float) -> Flag:
        """Which subsystems are busy."""
        return self._parts.busy(now)

    def execute(self, request: Request, client: ControlConversation, now: float) -> Outcome:
        """Carry a command out; one that is unknown, or has the wrong arguments, is ignored without a word."""
        command = self._commands.get(request.name)
        arguments = parse_arguments(command.signature, request) if command else None
        if command is None or arguments is None:
            return IGNORED
        return command.execute(Call(arguments.integers, arguments.numbers, arguments.texts, now, client))

    def encode(self, values: tuple[Value, ...]) -> bytes:
        """The body of a reply."""
        return encode_values(values, self.faults)

    def settle(self, now: float) -> None:
        """Show the world what has changed, and execute what waited for it, until nothing moves any more."""
        self._parts.high_voltage.watch_vacuum(now)
        self._parts.show_beam(now)
        while any(client.execute_next(now) for client in self._clients):
            self._parts.show_beam(now)

    def forget(self, client: ControlConversation) -> None:
        """A client is gone."""
        if client in self._clients:
            self._clients.remove(client)
        self._expected = {port: expected for port, expected in self._expected.items() if expected is not client}

    def _connect_control(self) -> ControlConversation:
        if self.settings.firewall_friendly and self._clients:
            raise ConnectionRefusedError("a firewall-friendly server takes one client only")
        client = ControlConversation(self)
        self._clients.append(client)
        return client

    def _connect_data(self, local_port: int) -> DataConversation:
        client = self._expected.pop(local_port, None)
        if self.settings.firewall_friendly and self._clients:
            client = self._clients[0]
        if client is None:
            raise ConnectionRefusedError(f"no client has registered the port {local_port} by TcpRegDataPort")
        client.data = DataConversation(self.agenda, self.faults, self.settings.slow_client_s, self.darkroom)
        return client.data

    def _register(self, port: int, client: ControlConversation) -> None:
        self._expected[port] = client

    def _known_commands(self) -> dict[str, Command]:
        tables = (
            session_commands(self._parts, self._register),
            stage_commands(self._parts),
            high_voltage_commands(self._parts),
            optics_commands(self._parts),
            detector_commands(self._parts),
            scan_commands(self._parts),
            procedure_commands(self._parts),
            vacuum_commands(self._parts),
        )
        version = self.settings.version_numbers
        return {name: command for table in tables for name, command in table.items() if command.since <= version}
