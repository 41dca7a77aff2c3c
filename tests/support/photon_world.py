"""A world in which photons arrive like clockwork, and a client of a simulated Amptek DP5 in it."""

import math

import numpy as np
from numpy.typing import NDArray

from operando.simulators.spectrometers import AmptekDP5, AmptekSettings
from support.bare_world import BareWorld
from support.resistor_world import Client

__all__ = ["LOST_EVERY", "AmptekBench", "ENERGY_eV", "PhotonWorld", "RATE_Hz", "packet", "status_of"]

RATE_Hz = 20_000.0
LOST_EVERY = 10
"""The slow channel misses every tenth photon."""
ENERGY_eV = 5000.0


class PhotonWorld(BareWorld):
    """Photon k arrives at k / RATE_Hz, and all have one energy."""

    def xray_counts(
        self, start: float, end: float, channels: int, channel_width_eV: float, offset_eV: float, peaking_time_s: float
    ) -> tuple[NDArray[np.uint32], int]:
        assert end <= self.present + 1e-9, "photons were asked for that lie in the future"
        first, behind = (math.ceil(round(time_s * RATE_Hz, 6)) for time_s in (start, end))
        lost = sum(1 for number in range(first, behind) if number % LOST_EVERY == 0)
        counts = np.zeros(channels, np.uint32)
        counts[int((ENERGY_eV - offset_eV) / channel_width_eV)] = behind - first - lost
        return counts, behind - first


class AmptekBench:
    """The processor and a host on Ethernet."""

    def __init__(self, settings: AmptekSettings | None = None, endpoint: str = "") -> None:
        self.world = PhotonWorld()
        self.engine = AmptekDP5(self.world, settings)
        self.client = Client(self.engine.connect(endpoint, 50000, 0.0))

    def ask(self, request: str, seconds: float = 0.5) -> str:
        """The reply to a request as the sheet writes both, whatever number of datagrams it took."""
        return self.client.ask(bytes.fromhex(request), seconds).hex(" ").upper()

    def order(self, pid1: int, pid2: int, data: bytes = b"", seconds: float = 0.01) -> bytes:
        """The data of the reply to a request."""
        reply = self.client.ask(packet(pid1, pid2, data), seconds)
        assert (sum(reply[:-2]) + int.from_bytes(reply[-2:], "big")) % 0x10000 == 0, "wrong checksum"
        assert len(reply) == 8 + int.from_bytes(reply[4:6], "big"), "wrong length"
        return reply[6:-2]

    def configure(self, text: str) -> bytes:
        """Configure without storing; empty if it was accepted."""
        return self.order(0x20, 0x04, text.encode("ascii"))

    def wait(self, seconds: float) -> None:
        """Nobody talks for a while."""
        self.client.now += seconds
        self.world.advance(self.client.now)


def packet(pid1: int, pid2: int, data: bytes = b"") -> bytes:
    """A packet with its checksum."""
    start = bytes((0xF5, 0xFA, pid1, pid2)) + len(data).to_bytes(2, "big") + data
    return start + ((0x10000 - sum(start) % 0x10000) % 0x10000).to_bytes(2, "big")


def status_of(data: bytes) -> dict[str, float]:
    """The counters and times of a status, by the offsets of the sheet (sem_eds.md 3.3)."""
    assert len(data) == 64
    return {
        "fast": int.from_bytes(data[0:4], "little"),
        "slow": int.from_bytes(data[4:8], "little"),
        "acquired_s": (data[12] + 100 * int.from_bytes(data[13:16], "little")) / 1000,
        "real_s": int.from_bytes(data[20:24], "little") / 1000,
        "enabled": data[35] >> 5 & 1,
        "real_preset_reached": data[35] >> 7 & 1,
    }
