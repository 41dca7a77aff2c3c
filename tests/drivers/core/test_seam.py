"""Calls under the real clock: on the thread of their connection, by a deadline; making safe waits behind nothing."""

import threading
from collections.abc import Iterator

import anyio
import pytest

from operando.drivers import seam as seam_module
from operando.drivers.clock import RealClock
from operando.drivers.errors import TransportTimeout
from operando.drivers.roles import Identity, SafeState, Safety
from operando.drivers.seam import Seam
from operando.drivers.timeline import run

SOON_S, PATIENT_S = 0.05, 30.0
UNKNOWN = SafeState("gauge", Safety.UNKNOWN, "it did not come back")


class Gauge:
    """An instrument that can be held up in the middle of a call."""

    name = "gauge"
    connection = "serial line"
    keep_alive_every_s = None

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def identify(self) -> Identity:
        return Identity("maker", "gauge", "1", "1", self.connection)

    def keep_alive(self) -> None:
        pass

    def make_safe(self) -> SafeState:
        return SafeState(self.name, Safety.CONFIRMED, "has no output")

    def close(self) -> None:
        pass

    def hang(self) -> None:
        self.go_on.wait(PATIENT_S)

    def hang_then_be_safe(self) -> SafeState:
        self.hang()
        return self.make_safe()


@pytest.fixture
def gauge() -> Iterator[Gauge]:
    gauge = Gauge()
    yield gauge
    gauge.go_on.set()


def test_calls_of_one_connection_run_on_its_thread(gauge: Gauge) -> None:
    clock = RealClock()
    seam = Seam(clock)

    async def main() -> list[str]:
        return [await seam.call(gauge, lambda: threading.current_thread().name) for _ in range(2)]

    first, second = run(clock, main)
    seam.close()
    assert first == second
    assert first.startswith("serial line")


def test_a_call_that_hangs_ends_by_its_deadline_and_the_next_one_is_right(gauge: Gauge) -> None:
    clock = RealClock()
    seam = Seam(clock)

    async def main() -> tuple[SafeState, str]:
        with pytest.raises(TransportTimeout, match="gauge: a call did not come back"):
            await seam.call(gauge, gauge.hang, SOON_S)
        safe = await seam.call_apart(gauge.make_safe, UNKNOWN)
        gauge.go_on.set()
        return safe, (await seam.call(gauge, gauge.identify)).model

    safe, model = run(clock, main)
    seam.close()
    assert safe.safety is Safety.CONFIRMED, "it did not wait behind the call that hung"
    assert model == "gauge"


def test_what_does_not_come_back_is_unknown(gauge: Gauge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seam_module, "APART_DEADLINE_S", SOON_S)
    clock = RealClock()
    seam = Seam(clock)

    async def main() -> tuple[SafeState, SafeState]:
        hung = await seam.call_apart(gauge.hang_then_be_safe, UNKNOWN)
        gauge.go_on.set()
        return hung, await seam.call_apart(gauge.make_safe, UNKNOWN)

    hung, answered = run(clock, main)
    assert (hung, answered.safety) == (UNKNOWN, Safety.CONFIRMED)


def test_what_waits_behind_a_call_that_hangs_is_never_sent_once_nobody_waits_for_it(gauge: Gauge) -> None:
    """An output switched on after everything was made safe would be worse than one that was never switched on."""
    clock = RealClock()
    seam = Seam(clock)
    sent: list[str] = []

    async def main() -> None:
        with pytest.raises(TransportTimeout):
            await seam.call(gauge, gauge.hang, SOON_S)
        with pytest.raises(TransportTimeout):
            await seam.call(gauge, lambda: sent.append("too late"), SOON_S)
        with anyio.move_on_after(SOON_S):
            await seam.call(gauge, lambda: sent.append("left off"))
        gauge.go_on.set()
        await seam.call(gauge, lambda: sent.append("asked now"))

    run(clock, main)
    seam.close()
    assert sent == ["asked now"]
