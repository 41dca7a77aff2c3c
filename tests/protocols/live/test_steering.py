"""A run is steered over its local channel; the world itself is asked whether it obeyed."""

import errno
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest
from pytest_mock import MockerFixture
from support.hand import hand_does
from support.steered_run import LONG, SteeredRun

from operando.drivers.clock import RealClock
from operando.protocols.live.hand import BUSY, Act, Hand
from operando.protocols.live.steering_client import ask_runner
from operando.protocols.live.watch import Watch
from operando.protocols.reading import open_run
from operando.protocols.record import RecordError, RunRecord
from operando.protocols.runner import Ending
from operando.protocols.runner.steering_channel import LONGEST_LINE, MOST_AT_ONCE, Answered, SteeringChannel, Wish
from operando.protocols.runner.steering_door import SteeringDoor, door_of, write_door

SMALL_A = 1e-7


def test_a_run_is_held_continued_noted_and_ended_safely(tmp_path: Path) -> None:
    with SteeredRun(tmp_path / "run") as run:
        run.until("step started", "charge")
        assert run.ask("note", "the box hisses").ok
        assert "is not held" in run.ask("continue").why
        assert run.ask("hold", "a look at the box").ok
        assert "held already" in run.ask("hold", "a second browser").why
        run.until("step started", "rest during a hold")
        assert abs(run.current_A) < SMALL_A
        assert run.ask("continue").ok
        run.until("what remains")
        run.wait_for(lambda: run.current_A > 1e-4)
        assert run.ask("abort", "enough seen").ok
        outcome = run.until_over()
    assert outcome.ending is Ending.INTERRUPTED
    assert outcome.confirmed_safe
    assert outcome.exit_code == 3
    assert abs(run.current_A) < SMALL_A
    assert not run.beam_on_specimen
    assert [len(run.events(kind)) for kind in ("hold", "continue")] == [1, 1]
    for kind, said in (("note", "the box hisses"), ("hold", "a look at the box"), ("abort", "enough seen")):
        event = run.events(kind)[0]
        assert event.message == said
        assert event.details["who"] == "A. Scientist"
    assert door_of(tmp_path / "run") is None


def test_imaging_is_paused_and_the_current_does_not_notice(tmp_path: Path) -> None:
    with SteeredRun(tmp_path / "run") as run:
        run.until("step started", "charge")
        paused = run.ask("pause")
        assert paused.ok
        run.wait_for(lambda: open_run(run.folder).samples["time_s"][-1] > paused.time_s + 300.0)
        resumed = run.ask("resume")
        run.wait_for(lambda: any(frame.start_s > resumed.time_s for frame in open_run(run.folder).frames))
    record = open_run(run.folder)
    meanwhile = [frame for frame in record.frames if paused.time_s + 10.0 < frame.start_s < resumed.time_s]
    assert meanwhile == []
    charge = next(step for step in record.steps if step.name == "charge")
    trace = record.samples[charge.samples]
    inside = (trace["time_s"] > paused.time_s) & (trace["time_s"] < min(resumed.time_s, charge.end_s))
    assert inside.sum() > 200
    assert trace["current_A"][inside] == pytest.approx(2e-4, rel=1e-2)


def test_the_page_answers_with_results_not_with_sent(tmp_path: Path) -> None:
    with SteeredRun(tmp_path / "run") as run:
        run.until("step started", "charge")
        capture, unknown, hold, twice, cleared = hand_does(
            run.folder,
            Wish(do="capture", who="B", name="overview"),
            Wish(do="capture", who="B", name="overwiew"),
            Wish(do="hold", who="B"),
            Wish(do="continue", who="B"),
            Wish(do="acknowledge", who="B", name="chamber vacuum", text="pumped"),
        )
        (abort,) = hand_does(run.folder, Wish(do="abort", who="B", text="done for today"))
    assert (capture.state, capture.text) == ("done", "overview was taken: 2 pictures")
    assert unknown.state == "refused"
    assert "overview" in unknown.text
    assert (hold.state, hold.text) == ("done", "charge was ended on the potentiostat; the cell rests at open circuit")
    assert twice.state == "done"
    assert "goes on" in twice.text
    assert cleared.state == "refused"
    assert abort.state == "done"
    assert "potentiostat: confirmed" in abort.text
    assert "sem: confirmed" in abort.text


def answered(run_folder: Path, line: bytes) -> Answered | None:
    door = door_of(run_folder)
    assert door is not None
    with socket.create_connection(("127.0.0.1", door.port), timeout=20) as connection:
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        said = connection.makefile("rb").read()
    return Answered.model_validate_json(said) if said else None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b'{"secret": "guess", "wish": {"do": "abort", "who": "X"}}\n', "secret", id="wrong secret"),
        pytest.param(b"GET / HTTP/1.1\n", "not understood", id="a browser"),
        pytest.param(b'{"secret": "x", "wish": {"do": "explode", "who": "X"}}\n', "not understood", id="no deed"),
        pytest.param(b"x" * (LONGEST_LINE + 10) + b"\n", "", id="a line without end"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_the_channel_obeys_nobody_without_the_secret(tmp_path: Path, line: bytes, why: str) -> None:
    with SteeringChannel(tmp_path):
        said = answered(tmp_path, line)
    assert said is None if not why else said is not None and not said.ok and why in said.why


def test_the_door_is_for_this_user_alone_and_outside_the_record(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with SteeringChannel(folder):
        assert list(folder.iterdir()) == []
        doors = [path for path in doors_folder().rglob("*.json") if path.stat().st_mode & 0o077]
        assert doors == []
        assert door_of(folder) is not None
    assert door_of(folder) is None


def doors_folder() -> Path:
    return Path(os.environ["XDG_STATE_HOME"])


def test_before_the_run_only_a_stop_means_something(tmp_path: Path) -> None:
    channel = SteeringChannel(tmp_path)
    with channel:
        door = door_of(tmp_path)
        assert door is not None
        said = answered(tmp_path, f'{{"secret":"{door.secret}","wish":{{"do":"hold","who":"X"}}}}\n'.encode())
    assert said is not None
    assert "pre-flight" in said.why


def test_a_runner_that_was_killed_leaves_a_door_that_nobody_opens(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        write_door(tmp_path, SteeringDoor(taken.getsockname()[1], "old", 1))
        said = ask_runner(tmp_path, Wish(do="look", who="X"))
    assert not said.ok
    assert "does not answer" in said.why


ASKING = LONG.replace(
    "  - {name: settle, step: Rest for 1 minute}\n",
    "  - {ask: Is the box closed?, answers: [yes it is, abort], at_most: 3 h}\n"
    "  - {name: settle, step: Rest for 1 minute}\n",
)


def test_a_question_is_answered_from_the_page_by_one_of_its_answers(tmp_path: Path) -> None:
    with SteeredRun(tmp_path / "run", ASKING, pace=50.0) as run:
        run.until("question")
        perhaps = run.ask("answer", "perhaps")
        (yes,) = hand_does(run.folder, Wish(do="answer", who="B", text="yes it is"))
        late = run.ask("answer", "abort")
        run.until("step started", "settle")
    assert (perhaps.ok, late.ok) == (False, False)
    assert "yes it is or abort" in perhaps.why
    assert (yes.state, yes.text) == ("done", "B has answered: yes it is")
    (answer,) = run.events("answer")
    assert (answer.message, answer.details["who"]) == ("yes it is", "B")


def test_a_safe_stop_does_not_depend_on_the_disk(tmp_path: Path, mocker: MockerFixture) -> None:
    """Only a mock can make a real disk full at a chosen moment."""
    real = RunRecord.event

    def full(record: RunRecord, time_s: float, source: str, kind: str, message: str, **details: object) -> None:
        if kind == "abort":
            raise RecordError(os.strerror(errno.ENOSPC))
        real(record, time_s, source, kind, message, **details)  # type: ignore[arg-type]  # as they came

    with SteeredRun(tmp_path / "run") as run:
        run.until("step started", "charge")
        mocker.patch.object(RunRecord, "event", full)
        said = run.ask("abort")
        outcome = run.until_over()
    assert (said.ok, said.unsure) == (False, True)
    assert (outcome.ending, outcome.confirmed_safe) == (Ending.INTERRUPTED, True)


def test_a_stop_before_the_run_that_is_asked_for_twice_is_one_ctrl_c(tmp_path: Path) -> None:
    """The second Ctrl-C stops without making anything safe."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        with SteeringChannel(tmp_path):
            said = [ask_runner(tmp_path, Wish(do="abort", who="X")).ok for _ in range(2)]
    finally:
        signal.signal(signal.SIGINT, before)
    assert said == [True, True]
    assert heard == [signal.SIGINT]


def test_who_says_nothing_takes_few_seats_and_only_for_a_while(tmp_path: Path) -> None:
    with SteeringChannel(tmp_path):
        door = door_of(tmp_path)
        assert door is not None
        silent = [socket.create_connection(("127.0.0.1", door.port), timeout=20) for _ in range(3 * MOST_AT_ONCE)]
        let_go = [connection.recv(1) for connection in silent]
        asked = ask_runner(tmp_path, Wish(do="look", who="X"))
        for connection in silent:
            connection.close()
    assert let_go == [b""] * len(silent)
    assert asked.ok


def test_a_runner_that_leaves_does_not_close_the_door_of_another(tmp_path: Path) -> None:
    with SteeringChannel(tmp_path):
        other = SteeringDoor(1, "other", 1)
        write_door(tmp_path, other)
    assert door_of(tmp_path) == other


def test_a_runner_that_goes_while_it_is_asked_leaves_the_page_unsure(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        write_door(tmp_path, SteeringDoor(server.getsockname()[1], "any", 1))
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask_runner, tmp_path, Wish(do="hold", who="X"))
            connection, _ = server.accept()
            connection.recv(LONGEST_LINE)
            connection.close()
            said = asked.result()
    assert (said.ok, said.unsure) == (False, True)


def test_the_page_passes_a_safe_stop_on_however_much_is_asked_for(tmp_path: Path) -> None:
    with SteeredRun(tmp_path / "run", pace=20.0) as run:
        run.until("step started", "charge")
        holds = [Wish(do="hold", who="B") for _ in range(BUSY)]

        async def ask() -> tuple[list[Act], Act, Act]:
            watch = Watch(open_run(run.folder), RealClock())
            hand = Hand(watch)
            held: list[Act] = []

            async def hold(wish: Wish) -> None:
                held.append(await hand.do(wish))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(watch.follow)
                for wish in holds:
                    tasks.start_soon(hold, wish)
                await anyio.sleep(0)
                refused = await hand.do(Wish(do="note", who="B", text="x"))
                stopped = await hand.do(Wish(do="abort", who="B", text="enough"))
                tasks.cancel_scope.cancel()
            return held, refused, stopped

        _, refused, stopped = anyio.run(ask)
    assert refused.state == "refused"
    assert stopped.state == "done", stopped.text
