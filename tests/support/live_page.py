"""The page of a run in this process, for Starlette's test client, and as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from operando.drivers.clock import RealClock
from operando.protocols.live.access import Access
from operando.protocols.live.app import page
from operando.protocols.live.options import PageOptions
from operando.protocols.live.watch import Watch
from operando.protocols.reading import open_run

__all__ = ["OURS", "page_client", "page_process"]

OURS = "http://127.0.0.1:8765"


@contextmanager
def page_client(folder: Path, options: PageOptions | None = None) -> Iterator[tuple[TestClient, Access]]:
    """A client of the page, which follows the run while the block lasts."""
    access = Access(options or PageOptions())
    watch = Watch(open_run(folder), RealClock())
    with TestClient(page(watch, access), base_url=OURS, follow_redirects=False) as client:
        assert client.portal is not None
        following = client.portal.start_task_soon(watch.follow)
        yield client, access
        following.cancel()


@contextmanager
def page_process(folder: Path, *options: str) -> Iterator[tuple["subprocess.Popen[bytes]", dict[str, str]]]:
    """The page as `operando view` serves it; addresses by what they are good for."""
    command = [sys.executable, "-m", "operando.protocols.cli", "view", str(folder), "--json", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        addresses = {first["for"]: first["address"]}
        if "?token=" in first["address"] and first["for"] != "look":
            second = json.loads(process.stdout.readline())
            addresses[second["for"]] = second["address"]
        yield process, addresses
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
