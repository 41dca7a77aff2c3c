"""Runs in processes of their own that are killed and resumed, on served instruments that outlive them."""

import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from operando.protocols.record import is_closed, read_events
from support.killed_record import Heard, completed, examine
from support.served import ControlDoorClient, Served

__all__ = ["OPERANDO", "TRIALS", "Laboratory", "Trial", "TrialResult"]

TRIALS = Path(__file__).resolve().parents[1] / "trials"
PROTOCOL = TRIALS / "kill.yaml"
OPERANDO = (sys.executable, "-m", "operando.protocols.cli")
READY_WITHIN_S = 120.0
RUN_WITHIN_S = 400.0
MOST_KILLS = 8
PREFLIGHT_LIFE_S, CYCLING_LIFE_S = 150.0, 25.0
"""The longest life of a process that begins before the pre-flight has passed (it takes a hundred seconds), or after."""
LONGEST_DOWN_S = 8.0


@dataclass(slots=True)
class TrialResult:
    """What came of one run that was killed and resumed.

    Args:
        checked: how often each invariant was looked at.
        early: the run ended safely before it was done: the computer was too busy for its instruments.
        violations: (invariant, what was found).
    """

    seed: int
    kills: int = 0
    early: bool = False
    checked: dict[str, int] = field(default_factory=dict)
    violations: list[tuple[str, str]] = field(default_factory=list)

    def check(self, rule: str, good: bool, what: str) -> None:
        """Look at an invariant once."""
        self.checked[rule] = self.checked.get(rule, 0) + 1
        if not good:
            self.violations.append((rule, what))

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.kills} kills, {len(self.violations)} violations"


class Laboratory:
    """Served instruments in a process of their own, as long as the block lasts.

    Args:
        folder: for what the server writes.
        bench: a bench file, or the name of an installed one.
    """

    def __init__(self, folder: Path, bench: str | Path = "sim") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._ports = folder / "ports.json"
        command = [*OPERANDO, "simulate", str(bench), "--ports", str(self._ports)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self) -> "Laboratory":
        assert self._process.stdout is not None
        watchdog = threading.Timer(READY_WITHIN_S, self._process.kill)
        watchdog.start()
        lines = []
        for line in self._process.stdout:
            lines.append(line)
            if line.startswith("ready"):
                break
        else:
            raise RuntimeError("the laboratory did not open: " + "".join(lines))
        watchdog.cancel()
        served = Served(self._ports)
        self.bench: Path = served.bench
        self._control: ControlDoorClient = served.control
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._control.order(stop=True)
        self._control.close()
        self._process.communicate(timeout=30.0)

    def order(self, **order: object) -> dict[str, object]:
        """Something happens in the world of the laboratory; see the control door."""
        return self._control.order(**order)

    def log(self) -> Heard:
        """What the instruments have heard and said since the last time."""
        return Heard.of(self._control.order(log=True))


class Trial:
    """One run: begun, killed at moments that the seed chooses, resumed, and at last left to end."""

    def __init__(
        self, laboratory: Laboratory, seed: int, most_kills: int = MOST_KILLS, protocol: Path = PROTOCOL
    ) -> None:
        self._protocol = protocol
        self._laboratory = laboratory
        self._dice = random.Random(seed)
        self._most_kills = most_kills
        self._result = TrialResult(seed)

    def carry_out(self) -> TrialResult:
        """Run, kill, resume and compare."""
        self._laboratory.log()
        folder = self._begin()
        said = ""
        while not is_closed(folder):
            passed = b'"pre-flight passed"' in (folder / "journal.jsonl").read_bytes()
            code, said = self._live(["resume", str(folder), "--json"], CYCLING_LIFE_S if passed else PREFLIGHT_LIFE_S)
            if code is not None:
                break
        heard = self._laboratory.log()
        self._result.check("the resumed run comes to its end", is_closed(folder), said[-600:])
        if is_closed(folder):
            self._result.early = not completed(read_events(folder))
            examine(folder, heard, self._result.check)
        return self._result

    def _begin(self) -> Path:
        """A run that has a record; one that is killed before that has done nothing."""
        for number in range(100):
            folder = self._laboratory.folder / f"seed{self._result.seed}_{number}"
            command = [
                "run",
                str(self._protocol),
                "--bench",
                str(self._laboratory.bench),
                "--out",
                str(folder),
                "--json",
            ]
            code, said = self._live(command, PREFLIGHT_LIFE_S)
            journal = folder / "journal.jsonl"
            if journal.exists() and b"\n" in journal.read_bytes():
                return folder
            if code is not None:
                raise RuntimeError(f"the run does not begin: {said}")
            self._laboratory.log()
        raise RuntimeError("no run begins")

    def _live(self, arguments: Sequence[str], longest_s: float) -> tuple[int | None, str]:
        """One process; its exit code and what it said, None if it was killed."""
        last = self._result.kills >= self._most_kills
        life_s = RUN_WITHIN_S if last else self._dice.uniform(0.3, longest_s)
        with subprocess.Popen(
            [*OPERANDO, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                said, _ = process.communicate(timeout=life_s)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
                if last:
                    return -1, f"did not come to its end within {RUN_WITHIN_S:g} s: {said}"
            else:
                return process.returncode, said
        self._result.kills += 1
        down_s = self._dice.choice([0.0, self._dice.uniform(0.0, LONGEST_DOWN_S)])
        threading.Event().wait(down_s)
        return None, said
