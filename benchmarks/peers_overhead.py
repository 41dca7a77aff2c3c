"""Events per second of bluesky or pymmcore-plus; runs in their environment, see `overhead.py`."""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

EVENTS = {"bluesky": 500, "pymmcore-plus": 5000}


def bluesky_scan() -> float:
    """A scan of a simulated motor and detector; each document is one line of JSON on disk."""
    from bluesky import RunEngine
    from bluesky.callbacks.json_writer import JSONLinesWriter
    from bluesky.plans import scan
    from ophyd.sim import det, motor

    engine = RunEngine()
    with tempfile.TemporaryDirectory() as folder:
        engine.subscribe(JSONLinesWriter(Path(folder)))
        engine(scan([det], motor, 0, 1, 5))
        started = time.perf_counter()
        engine(scan([det], motor, 0, 1, EVENTS["bluesky"]))
        return EVENTS["bluesky"] / (time.perf_counter() - started)


def pymmcore_sequence() -> float:
    """A sequence whose engine does nothing; nothing is written."""
    from pymmcore_plus.mda import MDARunner
    from useq import MDASequence

    class Nothing:
        def setup_sequence(self, sequence: object) -> None: ...
        def setup_event(self, event: object) -> None: ...
        def exec_event(self, event: object) -> tuple[()]:
            return ()

        def event_iterator(self, events: Iterable[object]) -> Iterator[object]:
            return iter(events)

        def teardown_event(self, event: object) -> None: ...
        def teardown_sequence(self, sequence: object) -> None: ...

    runner = MDARunner()
    runner.set_engine(Nothing())
    sequence = MDASequence(time_plan={"interval": 0, "loops": EVENTS["pymmcore-plus"]})
    runner.run(MDASequence(time_plan={"interval": 0, "loops": 5}))
    started = time.perf_counter()
    runner.run(sequence)
    return EVENTS["pymmcore-plus"] / (time.perf_counter() - started)


if __name__ == "__main__":
    print({"bluesky": bluesky_scan, "pymmcore-plus": pymmcore_sequence}[sys.argv[1]]())
