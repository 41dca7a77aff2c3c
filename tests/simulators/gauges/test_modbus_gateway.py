"""The gateway in front of the line: literal messages, transactions, silent devices, and headers that are none."""

import pytest
from support.resistor_world import Client

from operando.simulators.gauges import SensorLine
from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.simulated_world import SimulatedWorld


class Gateway:
    """The line behind its gateway, and a client of it."""

    def __init__(self) -> None:
        self.sensors = SensorLine(SimulatedWorld(WorldSettings()))
        self.sensors.load_cell.stuck_N = 123.45
        self.client = Client(self.sensors.connect("gateway", 49152, 0.0))

    def ask(self, text: str, seconds: float = 0.3) -> str:
        return self.client.ask(bytes.fromhex(text), seconds).hex(" ").upper()


FORCE = "00 01 00 00 00 06 02 03 00 00 00 03"
FORCE_REPLY = "00 01 00 00 00 09 02 03 06 00 00 30 39 00 02"


@pytest.mark.parametrize(
    ("request_text", "reply_text"),
    [
        pytest.param(FORCE, FORCE_REPLY, id="force of the manual"),
        pytest.param(
            "BE EF 00 00 00 06 01 03 02 02 00 02", "BE EF 00 00 00 07 01 03 04 00 02 C8 F5", id="serial number"
        ),
        pytest.param("00 02 00 00 00 06 02 03 00 40 00 01", "00 02 00 00 00 03 02 83 02", id="illegal address"),
        pytest.param("00 03 00 00 00 06 02 05 00 00 FF 00", "00 03 00 00 00 03 02 85 01", id="illegal function"),
        pytest.param("00 04 00 00 00 06 09 03 00 00 00 01", "00 04 00 00 00 03 09 83 0B", id="nobody has this unit"),
        pytest.param("00 05 00 00 00 04 02 03 00 00", "00 05 00 00 00 03 02 83 0B", id="half a question"),
        pytest.param("00 06 00 00 00 02 01 30", "00 06 00 00 00 03 01 B0 0B", id="KELLER bus cannot pass"),
        pytest.param("00 07 00 00 00 06 00 06 02 0D 00 05", "", id="nobody answers a broadcast"),
    ],
)
def test_literal_messages(request_text: str, reply_text: str) -> None:
    assert Gateway().ask(request_text) == reply_text


def test_a_silent_device_costs_the_patience_of_the_gateway() -> None:
    gateway = Gateway()
    assert gateway.ask("00 04 00 00 00 06 09 03 00 00 00 01", 0.1) == ""


def test_two_questions_in_one_write_are_answered_in_their_order() -> None:
    second = "00 02" + FORCE[5:]
    assert Gateway().ask(f"{FORCE} {second}") == f"{FORCE_REPLY} 00 02{FORCE_REPLY[5:]}"


def test_a_question_in_pieces_is_one() -> None:
    gateway = Gateway()
    assert gateway.ask(FORCE[:14]) == ""
    assert gateway.ask(FORCE[15:]) == FORCE_REPLY


@pytest.mark.parametrize("header", ["00 01 00 01 00 06 02", "00 01 00 00 00 01 02", "00 01 00 00 01 00 02"])
def test_a_header_that_is_none_ends_the_connection(header: str) -> None:
    gateway = Gateway()
    assert gateway.ask(f"{header} {FORCE}") == ""
    assert gateway.client.conversation.closed
