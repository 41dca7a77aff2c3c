"""What a simulated Amptek DP5 and its network are like."""

from dataclasses import dataclass

__all__ = ["AmptekSettings"]


@dataclass(slots=True)
class AmptekSettings:
    """The processor and its network.

    Args:
        serial: serial number.
        firmware: major and minor version, a digit of the hexadecimal number each, with `build`.
        fpga: the same for the gate array.
        datagram_bytes: replies are cut into datagrams of at most this.
        host_forgotten_after_s: without traffic the socket is free for another host.
        status_round_trip_s: from a request to a short answer over Ethernet.
        stall_s: how long the processor is busy with storing a configuration in its flash memory.
    """

    serial: int = 12345
    firmware: int = 0x69
    fpga: int = 0x61
    build: int = 4
    datagram_bytes: int = 520
    host_forgotten_after_s: float = 15.0
    status_round_trip_s: float = 0.002
    stall_s: float = 0.1
