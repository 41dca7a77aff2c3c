"""Reads the record of a run: while it goes on, when it is closed, and as a kill left it.

`open_run` gives a `Run`, whose streams (samples, frames, spectra, sensors, events, journal, impedance) are read when
they are asked for and share one timeline.
"""

from operando.protocols.reading.errors import MissingPackage, NotInRun
from operando.protocols.reading.frame import Frame
from operando.protocols.reading.frames import Frames
from operando.protocols.reading.happened import Command, Event
from operando.protocols.reading.impedance import RecordedImpedance
from operando.protocols.reading.run import Run, open_run
from operando.protocols.reading.sensors import SensorSeries
from operando.protocols.reading.spectra import RecordedSpectrum, Spectra
from operando.protocols.reading.status import RunStatus
from operando.protocols.reading.steps import RecordedStep
from operando.protocols.reading.timeline import CELL_STATE

__all__ = [
    "CELL_STATE",
    "Command",
    "Event",
    "Frame",
    "Frames",
    "MissingPackage",
    "NotInRun",
    "RecordedImpedance",
    "RecordedSpectrum",
    "RecordedStep",
    "Run",
    "RunStatus",
    "SensorSeries",
    "Spectra",
    "open_run",
]
