"""Time is an interface: forty hours pass in no time, in the right order, and never behind work outside."""

from concurrent.futures import Future
from threading import Thread

import anyio
import pytest

from operando.drivers.clock import VIRTUAL_EPOCH, Clock, VirtualClock
from operando.drivers.errors import TransportTimeout
from operando.drivers.links import Address
from operando.drivers.roles import Identity, SafeState, Safety
from operando.drivers.seam import Seam
from operando.drivers.timeline import outside, run, sleep_until


class Gauge:
    """An instrument whose replies take a stated time on the wire."""

    name = "gauge"
    connection = "gauge"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def identify(self) -> Identity:
        return Identity("maker", "gauge", "1", "1", str(Address("sim", "gauge")))

    @property
    def keep_alive_every_s(self) -> None:
        """Never."""

    def keep_alive(self) -> None:
        pass

    def make_safe(self) -> SafeState:
        return SafeState(self.name, Safety.CONFIRMED, "has no output")

    def close(self) -> None:
        pass

    def answer(self, value: float, after_s: float) -> float:
        self.clock.sleep_until(self.clock.now() + after_s)
        return value

    def silence(self, timeout_s: float) -> float:
        self.clock.sleep_until(self.clock.now() + timeout_s)
        raise TransportTimeout("nothing came")


def test_two_tasks_interleave_over_forty_hours() -> None:
    clock = VirtualClock()
    seen: list[tuple[float, str]] = []

    async def every(period_s: float, name: str) -> None:
        for count in range(1, int(40 * 3600 / period_s) + 1):
            await sleep_until(clock, count * period_s)
            seen.append((clock.now(), name))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(every, 60.0, "sample")
            tasks.start_soon(every, 1800.0, "picture")

    run(clock, main)
    assert clock.now() == 40 * 3600
    assert [time for time, _ in seen] == sorted(time for time, _ in seen)
    assert sum(name == "picture" for _, name in seen) == 80
    assert (clock.wall() - VIRTUAL_EPOCH).total_seconds() == 40 * 3600


def test_a_late_reply_is_late_and_others_go_on_meanwhile() -> None:
    clock = VirtualClock()
    gauge, seam = Gauge(clock), Seam(clock)
    order: list[tuple[str, float]] = []

    async def read() -> None:
        await seam.call(gauge, lambda: gauge.answer(1.0, after_s=5.0))
        order.append(("reply", clock.now()))

    async def tick() -> None:
        await anyio.sleep(2.0)
        order.append(("tick", clock.now()))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            tasks.start_soon(tick)

    run(clock, main)
    assert order == [("tick", 2.0), ("reply", 5.0)]


def test_an_abort_comes_in_the_middle_of_an_exchange() -> None:
    clock = VirtualClock()
    gauge, seam = Gauge(clock), Seam(clock)
    received: list[float] = []

    async def main() -> float:
        with anyio.move_on_after(1.0):
            received.append(await seam.call(gauge, lambda: gauge.answer(1.0, after_s=60.0)))
        return clock.now()

    assert run(clock, main) == 1.0
    assert received == []


def test_a_time_out_costs_its_time() -> None:
    clock = VirtualClock()
    gauge, seam = Gauge(clock), Seam(clock)

    async def main() -> None:
        await seam.call(gauge, lambda: gauge.silence(3.0))

    with pytest.raises(TransportTimeout):
        run(clock, main)
    assert clock.now() == 3.0


def test_time_does_not_jump_while_another_process_works() -> None:
    """The worker finishes only when it is let go, long after virtual time could have jumped to the far timer."""
    clock = VirtualClock()
    result: Future[str] = Future()
    far: list[float] = []

    async def far_timer() -> None:
        await anyio.sleep(3600.0)
        far.append(clock.now())

    async def main() -> tuple[str, float]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(far_timer)
            await anyio.sleep(10.0)
            Thread(target=result.set_result, args=("drift",), daemon=True).start()
            value = await outside(clock, result, 2.0)
            arrived = clock.now()
            assert far == []
            tasks.cancel_scope.cancel()
        return value, arrived

    assert run(clock, main) == ("drift", 12.0)


def test_nothing_left_to_wait_for_is_an_error_not_a_hang() -> None:
    async def main() -> None:
        await anyio.Event().wait()

    with pytest.raises(RuntimeError, match="nothing is left to wait for"):
        run(VirtualClock(), main)


def test_charges_do_not_nest() -> None:
    clock = VirtualClock()
    with clock.charging(), pytest.raises(RuntimeError, match="do not nest"), clock.charging():
        pass
