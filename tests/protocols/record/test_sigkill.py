"""Real SIGKILLs of a running demo: what it had acknowledged is in the folder, and everything there is right."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from operando.protocols.record import open_samples, read_frames, verify_record

KILLS = 30 if os.environ.get("OPERANDO_FULL") else 2


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_a_random_picture(number: int, tmp_path: Path) -> None:
    after = random.Random(number).randrange(1, 60)
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "operando.protocols.cli", "demo", "--out", str(folder), "--json"]
    acknowledged = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            told = json.loads(line)
            if told["event"] == "pictures":
                acknowledged = told["count"]
            if acknowledged >= after:
                demo.send_signal(signal.SIGKILL)
                break
    assert acknowledged >= after, "the demo ended by itself"
    assert len(read_frames(folder)) >= acknowledged
    verdict = verify_record(folder)
    assert verdict.ok and not verdict.closed, str(verdict)
    assert open_samples(folder).size > 0
