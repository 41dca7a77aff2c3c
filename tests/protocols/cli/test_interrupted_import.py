"""An interruption that comes while a module is being made ends the process with the exit code of any other stop."""

import subprocess
import sys
from pathlib import Path

import pytest

INTERRUPTED = """\
import sys
from operando.protocols.cli import entry

def command(prog_name):
    exec("raise KeyboardInterrupt")

entry.app = command
sys.argv = ["operando"]
entry.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there a process does not end by a signal")
def test_the_exit_code_is_that_of_a_stop(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED, encoding="utf-8")
    ended = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 3
    assert ended.stderr.startswith("stopped outside a run")
