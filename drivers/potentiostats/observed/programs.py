"""The programs that can be watched, and how their files are opened.

Addresses: `file:///data/run1.mpt`, `file:///C:/data/run1.mpt`, `file://server/share/run1.mpt`; a served simulator's
`tcp://` address says the same. Options in the bench file: `time_zone`, `clock_uncertainty_s`, `quiet_after_s`.
"""

from collections.abc import Callable

from operando.drivers.bench.identified import identified
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.potentiostats.observed.mpt import MptReader
from operando.drivers.potentiostats.observed.potentiostat import ObservedPotentiostat
from operando.drivers.potentiostats.observed.pstrace import PsTraceReader
from operando.drivers.potentiostats.observed.row import FileReader

__all__ = ["open_ec_lab", "open_pstrace"]


def open_ec_lab(context: DriverContext) -> Roles:
    """Watch a text file that EC-Lab writes on the fly (`.mpt`).

    Raises:
        TransportClosed: if there is no such file.
        ConfigMismatch: if it is of another kind, or an option is not known.
    """
    stop = "If it must end, stop the channel in EC-Lab, or unplug the cell."
    return _opened(context, MptReader, "BioLogic", "EC-Lab", stop)


def open_pstrace(context: DriverContext) -> Roles:
    """Watch a table that PSTrace exports (`.csv`), again and again under the same name.

    Raises:
        TransportClosed: if there is no such file.
        ConfigMismatch: if it is of another kind, or an option is not known.
    """
    stop = "If it must end, abort the measurement in PSTrace, or unplug the cell."
    return _opened(context, PsTraceReader, "PalmSens", "PSTrace", stop)


def _opened(
    context: DriverContext, new_reader: Callable[[], FileReader], vendor: str, program: str, stop_there: str
) -> Roles:
    instrument = ObservedPotentiostat(context, new_reader, vendor, program, stop_there)
    return Roles(potentiostat=identified(instrument))
