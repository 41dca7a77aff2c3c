"""The figures of a report: each is a function from data to a matplotlib figure."""

from operando.protocols.report.figures.capacity import draw_capacity
from operando.protocols.report.figures.cell import draw_cell_history
from operando.protocols.report.figures.dose import draw_dose
from operando.protocols.report.figures.element_maps import draw_element_maps
from operando.protocols.report.figures.impedance import draw_impedance
from operando.protocols.report.figures.latency import draw_latencies
from operando.protocols.report.figures.sensors import draw_sensors
from operando.protocols.report.figures.spectra import draw_spectra
from operando.protocols.report.figures.truth import draw_truth
from operando.protocols.report.figures.two_cells import draw_two_cells
from operando.protocols.report.figures.voltage_profile import draw_voltage_profiles

__all__ = [
    "draw_capacity",
    "draw_cell_history",
    "draw_dose",
    "draw_element_maps",
    "draw_impedance",
    "draw_latencies",
    "draw_sensors",
    "draw_spectra",
    "draw_truth",
    "draw_two_cells",
    "draw_voltage_profiles",
]
