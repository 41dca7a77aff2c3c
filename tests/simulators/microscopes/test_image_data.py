"""The data connection: late, lost, repeated and stale image messages, slow clients, and who gets which data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.bare_world import BareWorld
from support.sharksem_client import Picture, SharkSemClient, place, ready_to_scan

from operando.simulators.microscopes import TescanMicroscope, TescanSettings

SE, BSE = 1, 8


def messages_when_polled(moments_s: list[float]) -> list[bytes]:
    _, _, client = ready_to_scan()
    client.ask("ScScanXY", 7, 200, 300, 0, 0, 199, 299, 2, 2000)
    began, items = client.now, []
    for moment_s in [*sorted(moments_s), 2.0]:
        client.now = began + moment_s
        items += client.image_messages()
    return items


@given(st.lists(st.floats(0.0, 0.4), max_size=12))
def test_polling_changes_nothing(moments_s: list[float]) -> None:
    assert messages_when_polled(moments_s) == messages_when_polled([])


def test_very_few_pixels_are_sent_very_late() -> None:
    _, _, client = ready_to_scan(detectors=(SE,))
    client.ask("ScScanXY", 1, 9, 9, 0, 0, 8, 8, 1, 1000)
    began = client.now
    assert len(client.receive(1, (0,), 81)[0].pixels) == 81
    assert client.now - began > 0.9


def test_lost_and_repeated_messages() -> None:
    _, microscope, client = ready_to_scan(detectors=(SE,))
    microscope.faults.repeated_chunks = 1
    client.ask("ScScanXY", 1, 512, 512, 0, 0, 511, 511, 1, 1000)
    picture = client.receive(1, (0,), 512 * 512)[0]
    assert (len(picture.pixels), picture.repeats, picture.gaps) == (512 * 512, 1, 0)
    client.do("ScStopScan")
    client.ask("ScScanXY", 2, 512, 512, 0, 0, 511, 511, 1, 1000)
    microscope.faults.lost_chunks = 1
    picture = client.receive(2, (0,), 512 * 512)[0]
    assert len(picture.pixels) < 512 * 512
    assert picture.gaps > 0


def test_data_of_a_stopped_frame_may_arrive_in_the_next_one() -> None:
    _, microscope, client = ready_to_scan(detectors=(SE,))
    microscope.faults.stale_data_s = 1.5
    client.ask("ScScanXY", 1, 512, 512, 0, 0, 511, 511, 0, 10_000)
    client.pass_time(1.0)
    client.do("ScStopScan")
    client.image_messages()
    client.ask("ScScanXY", 2, 512, 512, 0, 0, 511, 511, 1, 1000)
    picture, stale = Picture(), Picture()
    for _ in range(100):
        for item in client.image_messages():
            place(item, 2, {0: picture})
            stale.repeats += item[32:36] == b"\1\0\0\0"
        client.pass_time(0.05)
    assert len(picture.pixels) == 512 * 512
    assert stale.repeats > 0


def test_a_client_that_does_not_read_is_dropped() -> None:
    _, _, client = ready_to_scan(TescanSettings(slow_client_s=10.0), detectors=(SE,))
    client.ask("ScScanXY", 1, 512, 512, 0, 0, 511, 511, 1, 100_000)
    client.pass_time(9.0)
    assert client.image_messages()
    client.pass_time(12.0)
    assert client.image_messages() == []
    assert client.data is not None
    assert client.data.closed


def test_a_continuous_scan_that_nobody_reads_costs_nothing() -> None:
    world, _, client = ready_to_scan(detectors=(SE,))
    client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 0, 10_000)
    client.pass_time(36_000.0)
    assert not world.exposures
    assert len(client.image_messages()) < 250


def test_data_connections_are_paired_by_port() -> None:
    microscope = TescanMicroscope(BareWorld())
    with pytest.raises(ConnectionRefusedError, match="TcpRegDataPort"):
        microscope.connect("data", 40000, 0.0)
    with pytest.raises(ConnectionRefusedError, match="no door"):
        microscope.connect("image", 40000, 0.0)
    one, two = SharkSemClient(microscope, port=50000), SharkSemClient(microscope, port=60000)
    one.open_data()
    two.open_data()
    one.do("DtEnable", 0, 1)
    two.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 1, 1000)
    assert two.receive(1, (0,), 10_000)[0].pixels
    assert one.data is not None
    assert one.data.due() is None
    two.control.disconnect(two.now)
    assert two.data is not None
    assert two.data.closed


def test_a_firewall_friendly_server_takes_one_client() -> None:
    microscope = TescanMicroscope(BareWorld(), TescanSettings(firewall_friendly=True))
    client = SharkSemClient(microscope)
    client.data = microscope.connect("data", 12345, 0.0)
    with pytest.raises(ConnectionRefusedError, match="one client"):
        microscope.connect("control", 1, 0.0)
    client.do("DtEnable", 0, 1)
    client.ask("ScScanXY", 1, 100, 100, 0, 0, 99, 99, 1, 1000)
    assert len(client.receive(1, (0,), 10_000)[0].pixels) == 10_000
