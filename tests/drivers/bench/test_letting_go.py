"""A driver that fails to let go of its wire is told by name, and keeps no other one."""

import pytest
from support.broken_drivers import breaking
from support.broken_drivers.readings import CloseFails

from operando.drivers.bench import Bench
from operando.drivers.conformance import Subject
from operando.drivers.errors import DeviceFault, TransportTimeout
from operando.drivers.roles import Safety

CLOSED: list[str] = []


class CloseFailsToo(CloseFails):
    def close(self) -> None:
        CLOSED.append(self.gauge.name)
        super().close()


def opened() -> Bench:
    CLOSED.clear()
    return Subject("sim", change=breaking(CloseFailsToo)).bench


def test_all_are_let_go_and_those_that_failed_are_named() -> None:
    bench = opened()
    with pytest.raises(DeviceFault, match="box gauge does not let go of its wire: RuntimeError") as caught:
        bench.close()
    gauges = {gauge.name for gauge in bench.pressures.values()}
    assert len(gauges) > 1 and set(CLOSED) == gauges and all(name in caught.value.where for name in gauges)


def test_the_bench_is_left_safe_all_the_same() -> None:
    bench = opened()
    with pytest.raises(DeviceFault, match="does not let go"), bench:
        pass
    assert {state.safety for state in bench.safe_states} == {Safety.CONFIRMED}


def test_an_error_of_before_is_not_hidden_by_it() -> None:
    with pytest.raises(TransportTimeout, match="no answer") as caught, opened():
        raise TransportTimeout("no answer")
    assert any("box gauge does not let go" in note for note in caught.value.__notes__)
