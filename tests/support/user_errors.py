"""The mistakes that users make most often, each made through the real command line, and what it answers."""

import io
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from operando.protocols.cli import main
from operando.simulators.benches import control_bench
from support.served import bench_of
from support.user_surroundings import Surroundings

__all__ = ["MISTAKES", "Answered", "Mistake", "answer_to"]

Asked = Sequence[str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that a user did.

    Args:
        kind: under which it stands in the documentation.
        did: what was done, in words.
        make: prepares it in a folder, and says what is typed after `operando`.
    """

    kind: str
    did: str
    make: Callable[[Surroundings], Asked]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the terminal showed, without what differs from machine to machine, and the exit code."""

    typed: str
    text: str
    code: int


def answer_to(mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Answered:
    """Make the mistake as a user does, and return what the terminal shows."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    with ExitStack() as stack:
        surroundings = Surroundings(folder, stack)
        asked = [str(one) for one in mistake.make(surroundings)]
        monkeypatch.setattr(sys, "argv", ["operando", *asked])
        shown = io.StringIO()
        with redirect_stdout(shown), redirect_stderr(shown), pytest.raises(SystemExit) as end:
            main()
        text = surroundings.without_what_differs(shown.getvalue())
    code = end.value.code
    assert isinstance(code, int)
    typed = surroundings.without_what_differs(" ".join(["operando", *asked]))
    return Answered(typed, text, code)


def _protocol(did: str, before: str, after: str, *, command: Asked = ("check", "protocol.yaml")) -> Mistake:
    """A mistake in the protocol."""

    def make(here: Surroundings) -> Asked:
        here.protocol(before, after)
        return command

    return Mistake("The protocol", did, make)


def _bench(did: str, text: str, *command: str, kind: str = "The bench") -> Mistake:
    """A mistake in the bench file, or of what is connected."""

    def make(here: Surroundings) -> Asked:
        here.write("bench.yaml", here.filled_in(text))
        return command or ("bench", "identify", "bench.yaml")

    return Mistake(kind, did, make)


def _run(did: str, *command: str, kind: str = "A run") -> Mistake:
    """A mistake about a finished run."""

    def make(here: Surroundings) -> Asked:
        here.finished_run()
        return command

    return Mistake(kind, did, make)


def _command(did: str, *command: str) -> Mistake:
    def make(here: Surroundings) -> Asked:
        here.protocol()
        return command

    return Mistake("The command", did, make)


def _prepared(kind: str, did: str, prepare: Callable[[Surroundings], None], *command: str) -> Mistake:
    def make(here: Surroundings) -> Asked:
        prepare(here)
        return command

    return Mistake(kind, did, make)


def _elsewhere(did: str, *rows: str) -> Mistake:
    """A mistake in a file of cycling elsewhere."""

    def make(here: Surroundings) -> Asked:
        here.parked_run()
        here.write("bench.yaml", here.filled_in(bench_of(cell="keithley-2450 tcp://127.0.0.1:{keithley}")))
        here.write("week.bdf.csv", "\n".join(["Test Time / s,Voltage / V,Current / A,Unix Time / s", *rows, ""]))
        return "continue", "run", "--bench", "bench.yaml", "--cycled-elsewhere", "week.bdf.csv"

    return Mistake("A run", f"cycling elsewhere is imported {did}", make)


def _answer_for_ever(here: Surroundings) -> Asked:
    here.protocol("cycling:", "cycling:\n  - {ask: Ready?, confirm: true}")
    here.write("answers.yaml", "operando_answers: 1\nanswers: [{to: Ready?, answer: 'yes', every_time: true}]\n")
    return "run", "protocol.yaml", "--bench", "sim", "--answers", "answers.yaml"


MISTAKES = (
    _command("a command is misspelt", "chekc", "protocol.yaml"),
    _command("an option is misspelt", "check", "protocol.yaml", "--bnech", "sim"),
    _command("the bench is forgotten", "run", "protocol.yaml"),
    _command("the protocol's name is misspelt", "check", "protocl.yaml"),
    _command("a folder is given for the protocol", "check", "."),
    _prepared("The command", "bench file and protocol are exchanged", Surroundings.both, "check", "bench.yaml"),
    _prepared("The command", "a picture is given for the protocol", Surroundings.picture, "check", "sem.tif"),
    _command("the bench's name is misspelt", "check", "protocol.yaml", "--bench", "smi"),
    _prepared(
        "The command",
        "the folder of an older run is given again",
        Surroundings.finished_run,
        *("run", "protocol.yaml", "--bench", "sim", "--out", "run"),
    ),
    _prepared(
        "The command",
        "the record should lie inside a file",
        Surroundings.both,
        *("run", "protocol.yaml", "--bench", "sim", "--out", "bench.yaml/run"),
    ),
    _command("a permission of a check is misspelt", "bench", "check", "sim", "--allow", "mvoe"),
    _prepared(
        "The command",
        "the verdict should be written into a finished record",
        Surroundings.finished_run,
        *("bench", "check", "sim", "--out", "run"),
    ),
    _command(
        "served addresses should go into a folder that does not exist", "simulate", "sim", "--ports", "srv/it.json"
    ),
    _command("a corpus is misspelt", "detect", "eval", "--corpus", "simulated-cel"),
    _prepared("The protocol", "the file is empty", Surroundings.empty_protocol, "check", "protocol.yaml"),
    _protocol("a key is misspelt", "captures:", "captuers:"),
    _protocol("a key is given twice", "title: a test", "title: a test\ntitle: another"),
    _protocol("a line is indented with a tab", "  - {name: charge,", "\t- {name: charge,"),
    _protocol("a block is left out", "sample:", "# sample:"),
    _protocol("a word of a step is misspelt", "Charge at", "Chrage at"),
    _protocol("a step does not say when it ends", "Charge at C/10 until 4.2 V", "Charge at C/10"),
    _protocol("a unit is forgotten", "dwell: 10 us", "dwell: 10"),
    _protocol("a phase of the box's way is misspelt", "cycling:\n", "cycling:\n  - {phase: pumpdown}\n"),
    _protocol("a phase comes where it cannot follow", "cycling:\n", "cycling:\n  - {phase: open}\n  - {phase: vent}\n"),
    _protocol("a unit of another kind is given", "width: 120 um", "width: 120 s"),
    _protocol("a unit is misspelt", "width: 120 um", "width: 120 microns per"),
    _protocol("limits are exchanged", "[2.8 V, 4.35 V]", "[4.35 V, 2.8 V]"),
    _protocol("a C-rate without a capacity", ", nominal_capacity: 1.2 mAh", ""),
    _protocol("a region is misspelt", "regions: [anode]", "regions: [anod]"),
    _protocol("a trigger's step is misspelt", "just_before_end_of: charge", "just_before_end_of: charg"),
    _protocol("the protocol is of a newer operando", "operando: 1", "operando: 2"),
    _protocol("a step leaves the safety limits", "until 4.2 V", "until 4.4 V"),
    _protocol("a capture takes longer than its period", "every: 2 min", "every: 2 s"),
    _protocol("the dose is above its budget", "dose: {anode: 3 C/m^2}", "dose: {anode: 1 mC/m^2}"),
    _protocol("a region is sacrificed that is looked at", "dose: {anode: 3 C/m^2}", "focus: {on: anode}"),
    _protocol(
        "the stage cannot go there", "x: 1.200 mm", "x: 1200 mm", command=("run", "protocol.yaml", "--bench", "sim")
    ),
    _bench("a driver is misspelt", bench_of(cell="emstat4-rh tcp://127.0.0.1:{closed}")),
    _prepared(
        "The bench",
        "the package of a driver is broken",
        Surroundings.broken_driver,
        *("bench", "identify", "bench.yaml"),
    ),
    _bench("an address has an unknown scheme", bench_of(cell="emstat4-hr tpc://127.0.0.1:{closed}")),
    _bench("a port is none", bench_of(cell="emstat4-hr tcp://127.0.0.1:99999")),
    _bench("a key of the bench file is misspelt", bench_of(cell="emstat4-hr tcp://127.0.0.1:{closed}") + "wordl: {}\n"),
    _bench(
        "simulated and real instruments are mixed",
        bench_of(cell="emstat4-hr tcp://127.0.0.1:{closed}", box="keller-33x sim://box"),
    ),
    _bench("an instrument is off, or its address is wrong", bench_of(cell="emstat4-hr tcp://127.0.0.1:{closed}")),
    _bench("something is there and does not answer", bench_of(cell="emstat4-hr tcp://127.0.0.1:{silent}")),
    _bench("another instrument is at the address", bench_of(cell="keithley-2400 tcp://127.0.0.1:{keithley}")),
    _bench("something else is at the address", bench_of(cell="emstat4-hr tcp://127.0.0.1:{keithley}")),
    _bench("a serial port does not exist", bench_of(box="keller-33x serial:///dev/ttyUSB99?baud=9600")),
    _bench("a serial port is held by another program", bench_of(box="keller-33x serial://{busy}?baud=9600")),
    _bench("a computer's name is misspelt", bench_of(cell="emstat4-hr tcp://emstat.invalid:8000")),
    _bench(
        "the control cell's potentiostat is misspelt",
        control_bench().replace("potentiostat: control potentiostat", "potentiostat: control potentiostt"),
    ),
    _bench(
        "the control cell hangs on an instrument that is no potentiostat",
        control_bench().replace("potentiostat: control potentiostat", "potentiostat: eds"),
    ),
    _run("a run's name is misspelt", "verify", "rnu"),
    _run("a finished run is to be parked", "park", "run"),
    _run("a finished run is to be continued", "continue", "run"),
    _prepared("A run", "a parked run is parked again", Surroundings.parked_run, "park", "run"),
    _prepared("A run", "a parked run is resumed", Surroundings.parked_run, "resume", "run"),
    _prepared(
        "A run",
        "a parked run is continued whose world was simulated",
        Surroundings.parked_run,
        *("continue", "run", "--bench", "sim"),
    ),
    _elsewhere("with a current that is no number", "0,3.55,nan,1767225600"),
    _elsewhere("from a computer whose clock was set", "0,3.55,0,1767225600", "60,3.55,0,1767229260"),
    Mistake("A run", "a script answers every time with what is no answer", _answer_for_ever),
    _run("a folder that holds no run", "report", "."),
    _run("a finished run is to be resumed", "resume", "run"),
    _run("a frame that was never taken", "why", "run", "999"),
    _run("a run is no damage series", "dose", "propose", "run"),
    _run("a format that does not exist", "export", "run", "--to", "tif"),
    _run("a region that the run does not have", "export", "run", "--to", "png", "--region", "anod"),
    _run("a time without a unit", "export", "run", "--to", "csv", "--since", "2"),
    _run("an export into the record", "export", "run", "--to", "csv", "--out", "run"),
    _prepared("A run", "the record was changed", Surroundings.changed_run, "verify", "run"),
    _run("the page is asked for of a file", "view", "protocol.yaml"),
    _run("the page is to listen at an address of another computer", "view", "run", "--host", "192.0.2.1"),
    _run("nobody is named to alert", "watch", "run", "--bench", "sim"),
    _run("the name of the answers is misspelt", "run", "protocol.yaml", "--bench", "sim", "--answers", "answres.yaml"),
    _run("the page with a certificate, without its key", "view", "run", "--certificate", "page.pem"),
)
