"""The queue: order, limits and expiry; whatever is asked for ends exactly once, done or refused."""

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operando.protocols.program import BeamChoice, Capture
from operando.protocols.runner.capture_queue import CaptureQueue
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.urgency import GiveWay, Urgency

Policy = Literal["skip", "queue", "preempt"]


def request(
    name: str = "a",
    priority: int = 5,
    if_busy: Policy = "queue",
    limit: int = 1,
    rank: int = 2,
    start_within_s: float | None = None,
    give_up_s: float | None = None,
) -> CaptureRequest:
    beam = BeamChoice(5e3, 1e-10)
    capture = Capture(name, ("r",), beam, ("SE",), priority=priority, if_busy=if_busy, queue_limit=limit)
    return CaptureRequest(
        capture, f"why {name}", 1, 0.0, 0.0, start_within_s=start_within_s, priority=rank, give_up_s=give_up_s
    )


class Desk:
    """A queue, and what it refused."""

    def __init__(self) -> None:
        self.refused: list[tuple[CaptureRequest, str]] = []
        self.urgency = Urgency()
        self.queue = CaptureQueue(lambda asked, why: self.refused.append((asked, why)), self.urgency)

    def begin(self, asked: CaptureRequest) -> None:
        self.queue.current, asked.begun = asked, True


def names(requests: list[CaptureRequest]) -> list[str]:
    return [one.capture.name for one in requests]


def test_the_most_urgent_go_first_and_equals_go_together() -> None:
    desk = Desk()
    for one in (request("low", 7), request("b", 3), request("c", 3), request("contract", 3, start_within_s=2.0)):
        desk.queue.submit(one)
    assert names(desk.queue.batch()) == ["contract"]
    desk.queue.remove(desk.queue.batch()[0])
    assert names(desk.queue.batch()) == ["b", "c"]


def test_what_has_begun_is_finished_first_unless_it_is_pre_empted() -> None:
    desk = Desk()
    running = request("running", 6)
    desk.queue.submit(running)
    desk.begin(running)
    desk.queue.submit(request("urgent", 2))
    assert names(desk.queue.batch()) == ["running"]
    desk.urgency.heed()
    desk.queue.submit(request("now", 1, "preempt"))
    assert names(desk.queue.batch()) == ["now"]
    with pytest.raises(GiveWay, match=r"now \(why now\) is more urgent"):
        desk.urgency.heed()


def test_an_equal_one_joins_what_has_begun() -> None:
    desk = Desk()
    running = request("running")
    desk.queue.submit(running)
    desk.begin(running)
    desk.queue.submit(request("beside"))
    assert names(desk.queue.batch()) == ["running", "beside"]


def test_what_somebody_waits_for_is_never_left_out_for_others_but_expires() -> None:
    desk = Desk()
    desk.queue.block("imaging is paused")
    rendezvous = request("a", if_busy="skip", rank=0, give_up_s=10.0)
    desk.queue.submit(rendezvous)
    desk.queue.skip_waiting("paused")
    assert desk.queue.next_expiry_s() == 10.0
    desk.queue.expire(9.9)
    assert not rendezvous.done.is_set()
    desk.queue.expire(10.0)
    assert rendezvous.done.is_set() and rendezvous.expired
    assert desk.refused == [(rendezvous, "nobody waits for it any more: imaging is paused")]


asked = st.builds(
    request,
    name=st.sampled_from("abc"),
    priority=st.integers(1, 3),
    if_busy=st.sampled_from(["skip", "queue", "preempt"]),
    limit=st.just(2),
    rank=st.integers(0, 2),
)
deeds = st.lists(st.one_of(asked, st.sampled_from(["begin", "done", "block", "free"])), max_size=40)


@given(deeds)
@settings(max_examples=200, deadline=None)
def test_every_request_ends_once(steps: list[CaptureRequest | str]) -> None:
    desk = Desk()
    queue = desk.queue
    submitted: list[CaptureRequest] = []
    taken: list[CaptureRequest] = []
    for step in steps:
        if isinstance(step, CaptureRequest):
            submitted.append(step)
            queue.submit(step)
        elif step == "begin" and queue.waiting:
            desk.begin(queue.batch()[0])
        elif step == "done" and queue.current is not None:
            taken.append(queue.current)
            queue.looked(queue.current)
            queue.remove(queue.current)
            queue.current = None
            desk.urgency.clear()
        elif step in ("block", "free"):
            queue.block("imaging is paused" if step == "block" else "")
    queue.current = None
    queue.give_up_all("the end")
    ended = [id(one) for one, _ in desk.refused] + [id(one) for one in taken]
    assert sorted(ended) == sorted(id(one) for one in submitted)
    assert all(one.done.is_set() for one in submitted) and queue.idle
