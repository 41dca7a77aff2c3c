"""Measures what pictures, spectra and curves show: arrays and pixel sizes in, SI units with uncertainty out.

Nothing here knows of a run, of a sample's name, or of any truth. What lies below the resolution is not detectable.
"""

from operando.protocols.analysis.contact import Contact, measure_contact
from operando.protocols.analysis.cracks import RULER_M, CrackPattern, crack_pattern
from operando.protocols.analysis.cycling import Cycled, cycles_of
from operando.protocols.analysis.filaments import KINDS, Filament, FilamentKind, Filaments, measure_filaments
from operando.protocols.analysis.impedance import ImpedanceFeatures, impedance_features
from operando.protocols.analysis.interface import Interface, find_interface
from operando.protocols.analysis.interphase import Interphase, measure_interphase
from operando.protocols.analysis.measured import Measured, not_detectable
from operando.protocols.analysis.registration import Drift, brought_back, drift_between
from operando.protocols.analysis.shorts import Shorts, find_shorts
from operando.protocols.analysis.xray_lines import line_intensities

__all__ = [
    "KINDS",
    "RULER_M",
    "Contact",
    "CrackPattern",
    "Cycled",
    "Drift",
    "Filament",
    "FilamentKind",
    "Filaments",
    "ImpedanceFeatures",
    "Interface",
    "Interphase",
    "Measured",
    "Shorts",
    "brought_back",
    "crack_pattern",
    "cycles_of",
    "drift_between",
    "find_interface",
    "find_shorts",
    "impedance_features",
    "line_intensities",
    "measure_contact",
    "measure_filaments",
    "measure_interphase",
    "not_detectable",
]
