"""One client at a time; a script goes on without any (sheet 1.7, 8)."""

from dataclasses import replace

import pytest
from support.emstat_bench import CC_CHARGE, QUIET, EmStatBench
from support.resistor_world import ResistorCell


def test_second_client_is_refused() -> None:
    bench = EmStatBench()
    with pytest.raises(ConnectionRefusedError):
        bench.connect()


def test_port_is_free_after_a_disconnect() -> None:
    bench = EmStatBench()
    bench.client.conversation.disconnect(1.0)
    assert bench.client.conversation.closed
    assert bench.connect().ask(b"i\n") == b"iES4HR20B0008\n"


def test_second_disconnect_does_not_free_the_port_of_another() -> None:
    bench = EmStatBench()
    bench.client.conversation.disconnect(1.0)
    bench.connect()
    bench.client.conversation.disconnect(2.0)
    with pytest.raises(ConnectionRefusedError):
        bench.connect()


def test_script_drives_the_cell_without_a_client_and_the_tail_is_heard() -> None:
    bench = EmStatBench(ResistorCell(emf_V=3.6, slope_V_per_C=0.05))
    bench.start(CC_CHARGE)
    bench.client.read(100.5)
    bench.client.conversation.disconnect(100.5)
    bench.world.advance(5000.0)
    assert bench.cell.drive == ("current", 1e-3)
    tail = bench.connect()
    said = tail.read(5002.5)
    assert said.startswith(b"Peb84C4B40m;"), "5000 s: what was said in between is lost"
    assert said.count(b"P") == 3


def test_step_ends_by_itself_without_a_client() -> None:
    bench = EmStatBench(ResistorCell(emf_V=3.6, slope_V_per_C=0.05))
    bench.start(CC_CHARGE)
    bench.client.conversation.disconnect(0.5)
    bench.world.advance(20000.0)
    assert bench.cell.drive == ("open", 0.0)
    assert bench.cell.drives[-1][2] == pytest.approx(10000.0, abs=2.0), "4.2 V after 10 C with 1 mA"
    assert bench.connect().ask(b"Z\n") == b"Z!0006\n", "nothing runs and nothing old is heard"


def test_half_an_upload_is_forgotten() -> None:
    bench = EmStatBench()
    bench.client.write(b"e\nset_pgstat_mode 3\ncell_on\n")
    bench.client.conversation.disconnect(0.1)
    assert bench.connect().ask(b"\n") == b"\n"
    assert bench.cell.drives == []


def test_any_polling_gives_the_same_samples() -> None:
    streams = []
    for step_s in (0.3, 1.0, 77.0):
        bench = EmStatBench(settings=replace(QUIET, voltage_noise_V=20e-6))
        bench.start(CC_CHARGE.replace("36000", "200"))
        said = b""
        while bench.engine.running:
            said += bench.client.read(bench.client.now + step_s)
        streams.append(said)
    assert streams[0].count(b"P") == 200
    assert streams[0] == streams[1] == streams[2]


def test_due_is_the_next_moment_of_the_script() -> None:
    bench = EmStatBench()
    assert bench.client.conversation.due() is None
    bench.start(CC_CHARGE)
    bench.client.read(1.5)
    assert bench.client.conversation.due() == pytest.approx(2.001)


def test_late_comer_is_handled_at_the_present_of_the_world() -> None:
    bench = EmStatBench()
    bench.start(CC_CHARGE)
    bench.world.advance(5.6)
    bench.client.conversation.feed(b"Z\n", 5.2)
    assert bench.client.read(6.0).endswith(b"Z\n*\n\n")
    assert bench.cell.drive == ("open", 0.0)
