"""Regions are taught at the microscope: taken from where the stage stands, with a picture beside them."""

from operando.protocols.teaching.insertion import insert_region, with_region
from operando.protocols.teaching.picture import dose_C_per_m2, free_picture, save_picture, take_picture
from operando.protocols.teaching.region import TaughtRegion, teach_region

__all__ = [
    "TaughtRegion",
    "dose_C_per_m2",
    "free_picture",
    "insert_region",
    "save_picture",
    "take_picture",
    "teach_region",
    "with_region",
]
