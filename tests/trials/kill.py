"""Kill real runs at random moments, resume them, and ask the instruments what was done to them.

    python tests/trials/kill.py --count 300

Simulated instruments are served by a process of their own, which no kill touches, and keep a log of every command that
they heard and of every word that they said. Runs on them are killed with SIGKILL, resumed, often killed again, and at
last left to end. Then record and logs are compared. Prints a table; the exit code is 1 if anything was violated.
A trial is replayed by its seed: `--only SEED`.
"""

import argparse
import queue
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.killing import Laboratory, Trial, TrialResult

PARALLEL = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trial; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=300, help="how many kills, at least")
    parser.add_argument("--seed", type=int, default=1, help="of the first trial; the others follow")
    parser.add_argument("--only", type=int, help="one trial, by its seed")
    parser.add_argument("--parallel", type=int, default=PARALLEL, help="laboratories side by side")
    parser.add_argument("--keep", type=Path, help="folder for the records; a temporary one if not given")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="operando-kill-") as temporary:
        folder = options.keep or Path(temporary)
        if options.only is not None:
            results = list(_work(folder / "laboratory", iter([options.only])))
        else:
            results = run_trials(folder, options.seed, options.count, options.parallel)
    print(table(results))
    return 1 if any(result.violations for result in results) else 0


def run_trials(folder: Path, first_seed: int, kills: int, parallel: int) -> list[TrialResult]:
    """Trials with consecutive seeds, in laboratories side by side, until there were enough kills."""
    results: queue.Queue[TrialResult | BaseException] = queue.Queue()
    state = _Seeds(first_seed, kills)

    def work(number: int) -> None:
        try:
            for result in _work(folder / f"laboratory{number}", state.seeds()):
                state.killed(result.kills)
                print(result, flush=True)
                results.put(result)
        except BaseException as error:  # noqa: BLE001  raised again where it ends the trial
            results.put(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(parallel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [results.get() for _ in range(results.qsize())]
    for error in found:
        if isinstance(error, BaseException):
            raise error
    return sorted((one for one in found if isinstance(one, TrialResult)), key=lambda one: one.seed)


def table(results: Sequence[TrialResult]) -> str:
    """What was checked, how often, and how often it was violated."""
    rules = sorted({rule for result in results for rule in result.checked})
    lines = [f"{'invariant':60s} {'checked':>8s} {'violated':>9s}"]
    for rule in rules:
        checked = sum(result.checked.get(rule, 0) for result in results)
        violated = sum(1 for result in results for broken, _ in result.violations if broken == rule)
        lines.append(f"{rule:60s} {checked:8d} {violated:9d}")
    kills, runs = sum(result.kills for result in results), len(results)
    early = sum(result.early for result in results)
    lines.append(f"{kills} kills in {runs} runs, of which {early} ended early, and safe, on a busy computer")
    for result in results:
        lines += [f"seed {result.seed}: {rule}: {what}" for rule, what in result.violations]
    return "\n".join(lines)


class _Seeds:
    """Hands out seeds until there were enough kills."""

    def __init__(self, first: int, kills: int) -> None:
        self._next = first
        self._left = kills
        self._lock = threading.Lock()

    def seeds(self) -> Iterator[int]:
        while True:
            with self._lock:
                if self._left <= 0:
                    return
                seed, self._next = self._next, self._next + 1
            yield seed

    def killed(self, kills: int) -> None:
        with self._lock:
            self._left -= kills


def _work(folder: Path, seeds: Iterator[int]) -> Iterator[TrialResult]:
    with Laboratory(folder) as laboratory:
        for seed in seeds:
            yield Trial(laboratory, seed).carry_out()


if __name__ == "__main__":
    sys.exit(main())
