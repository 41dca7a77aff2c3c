"""A simulated ZEPTOOLS ZEM."""

from operando.simulators.microscopes.zem.microscope import ZemMicroscope
from operando.simulators.microscopes.zem.settings import ZemSettings

__all__ = ["ZemMicroscope", "ZemSettings"]
