"""A command that is told to stop while it reads or plans: one sentence, exit code 3, nothing touched, no traceback."""

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


def _hear_ctrl_c() -> None:
    """Tests may themselves be run by a shell in the background, which ignores Ctrl-C, and so would what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize("after_s", [1.0, 4.0], ids=["early", "in the planning"])
def test_nothing_is_touched(tmp_path: Path, number: signal.Signals, after_s: float) -> None:
    protocol = tmp_path / "long.yaml"
    protocol.write_text(LONG, encoding="utf-8")
    command = [sys.executable, "-m", "operando.protocols.cli", "run", str(protocol), "--bench", "sim"]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_ctrl_c,
    ) as process:
        timer = threading.Timer(after_s, process.send_signal, (number,))
        timer.start()
        said, told = process.communicate(timeout=120.0)
        timer.join()
    assert process.returncode == 3
    assert said == ""
    assert told.startswith("stopped outside a run: nothing was touched") and told.count("\n") == 1
    assert not (tmp_path / "run").exists()
