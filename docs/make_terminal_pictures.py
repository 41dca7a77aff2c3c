"""Photographs the terminal: a run on the simulated bench as it goes on, and a dry run.

    python docs/make_terminal_pictures.py [--out docs/pictures] [--pace N] [--wait HOURS]

Draws what the display draws, from the record of a run that goes on, into SVG, and turns it into PNG with a headless
Chromium (Debian's, or the one that OPERANDO_CHROMIUM names).
"""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from operando.drivers.bench import open_bench
from operando.drivers.clock import RealClock
from operando.protocols.check import bench_facts, check
from operando.protocols.cli.rehearsal import show_rehearsal
from operando.protocols.cli.terminal.display import RunDisplay
from operando.protocols.document import load_protocol
from operando.protocols.plan import plan
from operando.protocols.reading import open_run
from operando.protocols.record import RecordError

PATIENT_S = 1800.0
LOOK_EVERY_S = 2.0
WIDTH = 100


def recording() -> Console:
    """A console that remembers what is printed."""
    return Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)


def picture_of_run(pace: float, hours: float) -> Console:
    """Run the demo until so many hours of it are over, and draw the display once."""
    work = Path(tempfile.mkdtemp())
    with as_file(files("operando.protocols.shipped").joinpath("demo.yaml")) as protocol:
        command = [sys.executable, "-m", "operando.protocols.cli", "run", str(protocol), "--bench", "sim"]
        run = subprocess.Popen([*command, "--out", str(work / "run"), "--pace", str(pace)])
        try:
            wait_until(work / "run", hours)
            console = recording()
            console.print("$ operando run demo --bench sim --pace 3000")
            RunDisplay(work / "run", "A. Scientist", console).draw_once()
            return console
        finally:
            run.terminate()
            run.wait()
            shutil.rmtree(work)


def wait_until(folder: Path, hours: float) -> None:
    """Wait until so many hours of the experiment are over."""
    clock = RealClock()
    while clock.now() < PATIENT_S:
        try:
            samples = open_run(folder).samples
            if samples.size and samples["time_s"][-1] >= 3600.0 * hours:
                return
        except (RecordError, OSError):
            pass  # it has not begun
        time.sleep(LOOK_EVERY_S)
    raise SystemExit("the run is too slow")


def picture_of_check() -> Console:
    """The dry run of the demo, on one sheet."""
    console = recording()
    console.print("$ operando check demo --bench sim")
    with as_file(files("operando.protocols.shipped").joinpath("demo.yaml")) as protocol:
        program = load_protocol(protocol)
    bench = open_bench("sim")
    facts = bench_facts(bench)
    bench.close()
    rehearsal = plan(program, facts)
    show_rehearsal(console, program, rehearsal, facts, check(program, facts, rehearsal))
    return console


def save(console: Console, path: Path, title: str) -> None:
    """As SVG, and as PNG of the same size twice over."""
    svg = console.export_svg(title=title, theme=MONOKAI)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    chromium = os.environ.get("OPERANDO_CHROMIUM") or shutil.which("chromium")
    if chromium is None or size is None:
        raise SystemExit("no chromium: apt-get install chromium, or name one in OPERANDO_CHROMIUM")
    width, height = (round(float(one)) for one in size.groups())
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "terminal.html"
        page.write_text(f"<body style='margin:0'>{svg.replace('<svg ', f'<svg width={width} ', 1)}", encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--default-background-color=00000000"]
        shot = [f"--screenshot={path}", f"--window-size={width},{height}", str(page)]
        subprocess.run([chromium, *options, *shot], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--pace", type=float, default=3000.0)
    parser.add_argument("--wait", type=float, default=18.0, help="hours of the experiment")
    given = parser.parse_args()
    save(picture_of_check(), given.out.absolute() / "terminal_check.png", "operando check")
    save(picture_of_run(given.pace, given.wait), given.out.absolute() / "terminal_run.png", "operando run")


if __name__ == "__main__":
    main()
