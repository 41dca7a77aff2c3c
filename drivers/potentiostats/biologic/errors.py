"""What the error codes of EClib mean, and which of our errors they are (sheet 3.4)."""

from operando.drivers.errors import (
    ConfigMismatch,
    DeviceFault,
    InstrumentError,
    LimitRefused,
    ProtocolError,
    TransportClosed,
    TransportTimeout,
)

__all__ = ["LOST", "eclib_error"]

CLOSE_EC_LAB = "Close EC-Lab; give the option load_firmware: true, and the kernel is loaded before the next step."
CHECK_ADDRESS = "Check address, network and firewall; over USB connects often fail where Ethernet works."
SAME_VERSION = "Use the .ecc files and the library of one and the same version of the OEM package."

MEANINGS: dict[int, tuple[type[InstrumentError], str, str]] = {
    -1: (TransportClosed, "not connected", ""),
    -2: (TransportTimeout, "a connection is in progress", ""),
    -3: (ConfigMismatch, "the channel is not plugged", "Name another channel; they are counted from 1."),
    -4: (LimitRefused, "parameters are not valid", "Change the step."),
    -5: (ConfigMismatch, "a file is missing", "Give the folder of the OEM package with the option package."),
    -6: (ProtocolError, "the function failed", "The library may not fit the firmware: load the kernel."),
    -8: (ConfigMismatch, "the configuration of the channel does not fit", ""),
    -9: (ProtocolError, "EC-Lab has loaded its own firmware", CLOSE_EC_LAB),
    -12: (ProtocolError, "another call is in progress", ""),
    -13: (ProtocolError, "the channel is running", "Wait for its end, or end it with end_step()."),
    -200: (TransportClosed, "the communication failed", CHECK_ADDRESS),
    -201: (TransportClosed, "cannot connect", CHECK_ADDRESS),
    -202: (TransportTimeout, "the device did not acknowledge", CHECK_ADDRESS),
    -203: (ConfigMismatch, "no valid address", "Write eclib://192.168.0.1 or eclib://USB0."),
    -206: (ConfigMismatch, "the server in the device does not fit the library", SAME_VERSION),
    -207: (TransportClosed, "too many computers are connected", "Close the other programs that use the device."),
    -308: (ProtocolError, "no firmware is loaded", CLOSE_EC_LAB),
    -309: (ProtocolError, "the firmware does not fit the library", CLOSE_EC_LAB),
    -400: (ConfigMismatch, "the file of the technique is missing", SAME_VERSION),
    -401: (ConfigMismatch, "the file of the technique does not fit the firmware", f"{SAME_VERSION} {CLOSE_EC_LAB}"),
    -402: (ConfigMismatch, "the file of the technique is corrupt", SAME_VERSION),
    -403: (ProtocolError, "the technique could not be loaded", ""),
    -404: (DeviceFault, "the data of the channel are corrupt", ""),
    -405: (DeviceFault, "the memory of the channel is full", "Poll more often, or record less often."),
}
LOST = frozenset(code for code, (kind, _, _) in MEANINGS.items() if kind is TransportClosed)
"""Codes after which the device must be connected to anew."""
RANGES = {
    range(-105, -100): (DeviceFault, "the instrument reports an error of its own"),
    range(-307, -299): (ConfigMismatch, "the files of the firmware are missing or wrong"),
}


def eclib_error(code: int, function: str, told: str = "") -> InstrumentError:
    """The error for a code that is not zero.

    Args:
        code: as returned.
        function: of the library.
        told: the library's own words for it.
    """
    kind, meaning, remedy = MEANINGS.get(code) or next(
        ((kind, meaning, "") for codes, (kind, meaning) in RANGES.items() if code in codes),
        (ProtocolError, "a code that is not in our list", ""),
    )
    return kind(f"{function} failed with {code}: {meaning}{f' ({told})' if told else ''}", remedy=remedy)
