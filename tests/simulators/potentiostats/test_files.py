"""The file system on board: what scripts write there, and the `fs_` commands that fetch it (sheet 1.2)."""

import pytest
from support.emstat_bench import QUIET, EmStatBench

from operando.simulators.potentiostats import EmStat4Settings

LOGGED = """var v
file_open "operando_12_&i.txt" 2
set_script_output 3
set_pgstat_chan 0
set_pgstat_mode 3
meas_loop_ocp v 1 3
pck_start
pck_add v
pck_end
endloop
send_string "end time"
on_finished:
cell_off
"""


def content(bench: EmStatBench, name: str) -> str:
    said = bench.client.ask(f"fs_get {name}\n".encode()).decode("latin-1")
    assert said.startswith("f") and said.endswith("\x1c\n"), said
    return said[1:-2]


def test_a_file_holds_what_the_client_was_told() -> None:
    bench = EmStatBench()
    told = bench.run(LOGGED)
    assert content(bench, "operando_12_0000.txt") == "v01.09.00\n" + told
    assert told.endswith("Tend time\n\n")


def test_a_script_writes_its_file_though_its_client_is_gone() -> None:
    bench = EmStatBench()
    bench.start(LOGGED)
    bench.client.conversation.disconnect(bench.client.now)
    bench.world.advance(bench.client.now + 10.0)
    bench.client = bench.connect()
    assert content(bench, "operando_12_0000.txt").count("\nP") == 3


def test_files_are_numbered_listed_and_deleted() -> None:
    bench = EmStatBench()
    bench.run(LOGGED)
    bench.run(LOGGED)
    listing = bench.client.ask(b"fs_dir\n").decode()
    assert listing.startswith("f\n") and listing.endswith("\n\n")
    assert [line.partition(";")[2] for line in listing.split("\n")[1:-2]] == [
        "operando_12_0000.txt",
        "operando_12_0001.txt",
    ]
    assert bench.client.ask(b"fs_del operando_12_0000.txt\n") == b"f\n"
    assert b"operando_12_0000.txt" not in bench.client.ask(b"fs_dir\n")


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"fs_get no.txt\n", b"f!009F\n"),
        (b"fs_del no.txt\n", b"f!009F\n"),
        (b"fs_info\n", b"f522752 kB free of 522752 kB\n"),
    ],
    ids=["fetch what is not there", "delete what is not there", "room"],
)
def test_replies(line: bytes, reply: bytes) -> None:
    assert EmStatBench().client.ask(line) == reply


def test_an_instrument_without_files_says_so() -> None:
    settings = EmStat4Settings(storage_kB=0)
    assert EmStatBench(settings=settings).client.ask(b"fs_dir\n") == b"f!0083\n"


def test_a_running_script_hands_out_no_files() -> None:
    bench = EmStatBench(settings=QUIET)
    bench.start(LOGGED)
    assert b"f!0006\n" in bench.client.ask(b"fs_dir\n")
