"""Calls into a library that must not be entered twice, and that may never come back."""

import threading

import pytest

from operando.drivers.errors import TransportTimeout
from operando.drivers.potentiostats.biologic.worker import Worker

PATIENT_S = 10.0


def test_calls_come_back_from_one_thread() -> None:
    worker = Worker()
    threads = {worker.call("ask", threading.get_ident, PATIENT_S) for _ in range(3)}
    assert len(threads) == 1 and threads != {threading.get_ident()}


def test_an_error_comes_back_to_whoever_asked() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Worker().call("ask", fail, PATIENT_S)


def test_a_call_that_hangs_is_bounded_and_so_is_every_one_behind_it() -> None:
    worker, hung, done = Worker(), threading.Event(), []
    with pytest.raises(TransportTimeout, match=r"BL_GetData has not come back within 0\.01 s"):
        worker.call("BL_GetData", hung.wait, 0.01)
    with pytest.raises(TransportTimeout, match=r"BL_StopChannel waits behind another call"):
        worker.call("BL_StopChannel", lambda: done.append("too late"), 0.01)
    hung.set()
    assert worker.call("ask", lambda: "here", PATIENT_S) == "here"
    assert done == []


def test_no_call_enters_while_another_is_inside() -> None:
    worker, inside, most = Worker(), [0], [0]

    def enter() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        inside[0] -= 1

    callers = [
        threading.Thread(target=lambda: [worker.call("ask", enter, PATIENT_S) for _ in range(50)]) for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert most == [1]
