"""Commands about the connection and the device (SharkRemote 2.0.25, communication and miscellaneous)."""

from collections.abc import Callable

from operando.simulators.microscopes.commands import DONE, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.control import ControlConversation
from operando.simulators.microscopes.parameters import common_parameters, sem_parameters, write_map
from operando.simulators.microscopes.parts import Parts
from operando.simulators.microscopes.wire import Buffer

__all__ = ["session_commands"]

VERSION_BUFFER = 64
COMMON, SEM = 0, 1


def session_commands(parts: Parts, register: Callable[[int, ControlConversation], None]) -> CommandTable:
    """What every SharkSEM server understands; `register` notes the port of a data connection to come."""
    settings = parts.settings

    def version(call: Call) -> Outcome:
        return answer(Buffer(settings.version, VERSION_BUFFER))

    def software(call: Call) -> Outcome:
        return answer(settings.software)

    def serial(call: Call) -> Outcome:
        return answer(settings.serial)

    def model(call: Call) -> Outcome:
        return answer(settings.model)

    def register_port(call: Call) -> Outcome:
        register(call.integers[0], call.client)
        return answer(0)

    def is_busy(call: Call) -> Outcome:
        return answer(int(bool(parts.busy(call.now) & call.integers[0])))

    def delay(call: Call) -> Outcome:
        parts.optics.occupy(call.now, max(call.integers[0], 0) * 1e-3)
        return DONE

    def parameters(call: Call) -> Outcome:
        sets = {COMMON: common_parameters(parts), SEM: sem_parameters(parts, call.now)}
        return answer(write_map(sets.get(call.integers[0], {})))

    def licensed(call: Call) -> Outcome:
        return answer(1)

    def presets(call: Call) -> Outcome:
        return answer("")

    def set_preset(call: Call) -> Outcome:
        return DONE

    return {
        "TcpGetVersion": Command("", version),
        "TcpGetSWVersion": Command("", software),
        "TcpGetDevice": Command("", serial),
        "TcpGetModel": Command("", model, since=(3, 2, 20)),
        "TcpRegDataPort": Command("u", register_port),
        "IsBusy": Command("u", is_busy, since=(2, 0, 9)),
        "Delay": Command("i", delay),
        "GetDeviceParams": Command("i", parameters),
        "IsLicenseValid": Command("s", licensed),
        "PresetEnum": Command("", presets),
        "PresetSet": Command("s", set_preset),
    }
