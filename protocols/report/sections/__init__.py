"""The sections of a report: each is a function from what was recorded to a part of the page, or None."""

from operando.protocols.report.sections.beam_dose import dose_section
from operando.protocols.report.sections.cell import cell_section
from operando.protocols.report.sections.control_cell import control_cell_section
from operando.protocols.report.sections.files import files_section
from operando.protocols.report.sections.impedance import impedance_section
from operando.protocols.report.sections.journey import journey_section
from operando.protocols.report.sections.overview import overview_section
from operando.protocols.report.sections.pictures import pictures_section
from operando.protocols.report.sections.preflight import preflight_section
from operando.protocols.report.sections.sessions import sessions_section
from operando.protocols.report.sections.setting import setting_section
from operando.protocols.report.sections.surroundings import surroundings_section
from operando.protocols.report.sections.triggers import triggers_section
from operando.protocols.report.sections.trouble import trouble_section
from operando.protocols.report.sections.truth import truth_section
from operando.protocols.report.sections.unknown import unknown_section
from operando.protocols.report.sections.xrays import xrays_section

__all__ = ["SECTIONS"]

SECTIONS = (
    overview_section,
    trouble_section,
    journey_section,
    setting_section,
    sessions_section,
    cell_section,
    control_cell_section,
    impedance_section,
    pictures_section,
    xrays_section,
    surroundings_section,
    dose_section,
    triggers_section,
    preflight_section,
    truth_section,
    unknown_section,
    files_section,
)
"""In the order of the page: what happened and what went wrong first, the files last."""
