"""Detectors: what watches the cell and the box for the failures that a protocol can name (`detected: soft short`)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from operando.protocols.detect.contact_loss import ContactLoss
from operando.protocols.detect.hard_short import HardShort
from operando.protocols.detect.leak import Leak
from operando.protocols.detect.soft_short import SoftShort
from operando.protocols.triggers.detector import Detector

__all__ = ["SHIPPED", "ContactLoss", "HardShort", "Leak", "SoftShort"]

SHIPPED: Mapping[str, Callable[[], Detector]] = MappingProxyType(
    {"soft short": SoftShort, "hard short": HardShort, "contact loss": ContactLoss, "leak": Leak}
)
"""What makes each detector, by the name that a protocol uses."""
