"""A command that is told to stop while it reads or plans: one sentence, exit code 3, nothing touched, no traceback."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support.run_protocols import HEAD, IMAGING

LONG = (
    HEAD
    + """\
cycling:
  - repeat: 3000
    steps:
      - {name: charge, step: Charge at C/10 until 4.2 V}
      - {name: discharge, step: Discharge at C/10 until 3.0 V}
"""
    + IMAGING
    + """\
when:
  - {every: 1 min, capture: overview}
"""
)
"""Seven years with a picture each minute: its dry run takes a while on any computer."""


INTO_THE_PLANNING_S = 1.0


def _hear_ctrl_c() -> None:
    """Tests may themselves be run by a shell in the background, which ignores Ctrl-C, and so would what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="signals and named pipes are POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize("planning", [False, True], ids=["in the reading", "in the planning"])
def test_nothing_is_touched(tmp_path: Path, number: signal.Signals, planning: bool) -> None:
    """The protocol is a pipe: it can be opened here only when the command has begun to read it."""
    protocol = tmp_path / "long.yaml"
    os.mkfifo(protocol)
    command = [sys.executable, "-m", "operando.protocols.cli", "run", str(protocol), "--bench", "sim"]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_ctrl_c,
    ) as process:
        with protocol.open("w", encoding="utf-8") as pipe:
            pipe.write(LONG if planning else LONG[:100])
            if not planning:
                pipe.flush()
                process.send_signal(number)
        # a signal that comes just before the process reads is heard when the reading returns: the pipe is closed now
        if planning:
            timer = threading.Timer(INTO_THE_PLANNING_S, process.send_signal, (number,))
            timer.start()
            said, told = process.communicate(timeout=100.0)
            timer.join()
        else:
            said, told = process.communicate(timeout=100.0)
    assert process.returncode == 3
    assert said == ""
    assert told.startswith("stopped outside a run: nothing was touched") and told.count("\n") == 1
    assert not (tmp_path / "run").exists()
