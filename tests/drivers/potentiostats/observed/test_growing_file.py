"""A file that another program writes: it grows, is replaced, renamed, locked."""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links import Address, LinkContext
from operando.drivers.links.growing_file import FileLinks, GrowingFile, path_of


def opened(path: Path, clock: VirtualClock | None = None) -> GrowingFile:
    link = FileLinks(LinkContext(clock or VirtualClock())).open(Address.parse(f"file://{path}"))
    assert isinstance(link, GrowingFile)
    return link


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("file:///home/me/a.mpt", "/home/me/a.mpt"),
        ("file:///C:/data/a.mpt", "C:/data/a.mpt"),
        ("file://server/share/a.mpt", "//server/share/a.mpt"),
    ],
)
def test_addresses(address: str, path: str) -> None:
    assert path_of(Address.parse(address)) == Path(path)


def test_what_it_has_grown_by(tmp_path: Path) -> None:
    path = tmp_path / "a.mpt"
    path.write_bytes(b"one")
    link = opened(path)
    assert (link.read(0.0), link.read(0.0)) == (b"one", b"")
    with path.open("ab") as file:
        file.write(b"two")
    assert link.read(0.0) == b"two"


def test_a_file_that_does_not_grow_lets_its_reader_wait_so_long(tmp_path: Path) -> None:
    path, clock = tmp_path / "a.mpt", VirtualClock()
    path.touch()
    with pytest.raises(TransportTimeout, match="not grown"):
        opened(path, clock).read(3.0)
    assert clock.now() == pytest.approx(3.0)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(TransportClosed, match="no such file yet"):
        opened(Path("/nowhere/a.mpt"))


def replaced(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(b"something else, and longer")
    new.replace(path)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (replaced, "replaced"),
        (lambda path: path.write_bytes(b"short"), "replaced"),
        (lambda path: path.write_bytes(b"written anew and longer than before"), "written anew"),
        (lambda path: path.rename(path.with_name("b.mpt")), "gone"),
    ],
    ids=["another file", "cut", "anew", "renamed"],
)
def test_another_file_ends_the_link(tmp_path: Path, happens, words: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "a.mpt"
    path.write_bytes(b"what it was before")
    link = opened(path)
    link.read(0.0)
    happens(path)
    with pytest.raises(TransportClosed, match=words):
        link.read(0.0)


def test_a_lock_is_waited_for_and_not_for_ever(tmp_path: Path, mocker: MockerFixture) -> None:
    path, clock = tmp_path / "a.mpt", VirtualClock()
    path.write_bytes(b"one")
    link = opened(path, clock)
    locked = mocker.patch.object(Path, "open", side_effect=PermissionError("in use"))
    assert link.read(0.0) == b""
    mocker.stop(locked)
    assert link.read(0.0) == b"one"
    mocker.patch.object(Path, "open", side_effect=PermissionError("in use"))
    assert link.read(0.0) == b""
    clock.sleep_until(100.0)
    with pytest.raises(TransportClosed, match="locked for 60 s"):
        link.read(0.0)


def test_nothing_is_ever_written(tmp_path: Path) -> None:
    path = tmp_path / "a.mpt"
    path.write_bytes(b"one")
    with pytest.raises(ConfigMismatch, match="only read"):
        opened(path).write(b"two")
    with pytest.raises(ConfigMismatch, match="no port"):
        FileLinks(LinkContext(VirtualClock())).prepare(Address.parse(f"file://{path}"))


def test_a_share_that_drops_is_a_closed_link(tmp_path: Path, mocker: MockerFixture) -> None:
    path = tmp_path / "a.mpt"
    path.write_bytes(b"one")
    link = opened(path)
    mocker.patch.object(Path, "open", side_effect=OSError(5, "Input/output error"))
    with pytest.raises(TransportClosed, match="Input/output error"):
        link.read(0.0)
    mocker.patch.object(Path, "is_file", side_effect=PermissionError(13, "Permission denied"))
    with pytest.raises(TransportClosed, match="Permission denied"):
        opened(path)
