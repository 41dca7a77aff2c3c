"""Asks the runner of a run for something, over its local channel."""

import socket
from pathlib import Path

from pydantic import ValidationError

from operando.protocols.runner.steering_channel import RUNNER_ANSWERS_WITHIN_S, Answered, Wish
from operando.protocols.runner.steering_door import SteeringDoor, door_of

__all__ = ["ask_runner", "runner_listens"]

CONNECT_WITHIN_S = 2.0


def runner_listens(folder: Path) -> bool:
    """Whether a runner of this user has left its door."""
    return door_of(folder) is not None


def ask_runner(folder: Path, wish: Wish) -> Answered:
    """Send a wish and wait for the answer; blocks, at most some seconds."""
    door = door_of(folder)
    if door is None:
        return Answered(ok=False, why="no process that can be steered carries out this run")
    try:
        connection = socket.create_connection(("127.0.0.1", door.port), CONNECT_WITHIN_S)
    except OSError as error:
        return Answered(ok=False, why=f"the runner does not answer: {error}")
    with connection:
        try:
            return Answered.model_validate_json(_exchange(connection, door, wish))
        except (OSError, ValidationError):
            told = "the runner has not answered; it may have done it all the same, the record will tell"
            return Answered(ok=False, unsure=True, why=told)


def _exchange(connection: socket.socket, door: SteeringDoor, wish: Wish) -> bytes:
    line = f'{{"secret":"{door.secret}","wish":{wish.model_dump_json()}}}\n'
    connection.settimeout(RUNNER_ANSWERS_WITHIN_S + CONNECT_WITHIN_S)
    connection.sendall(line.encode())
    with connection.makefile("rb") as answers:
        return answers.readline()
