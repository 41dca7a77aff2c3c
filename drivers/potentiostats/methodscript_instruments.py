"""Opens the MethodSCRIPT instruments beside the EmStat4 HR: EmStat4 LR, Nexus and EmStat Pico.

Options in the bench file are those of the EmStat4 HR. An EmStat Pico keeps no log on board and has no galvanostat: a
step at constant current is refused before anything is sent.
"""

from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.potentiostats.emstat import open_variant
from operando.drivers.potentiostats.methodscript_variants import EMSTAT4_LR, EMSTAT_PICO, NEXUS

__all__ = ["open_emstat4_lr", "open_emstat_pico", "open_nexus"]


def open_emstat4_lr(context: DriverContext) -> Roles:
    """Connect to an EmStat4 LR; see `open_variant`."""
    return open_variant(context, EMSTAT4_LR)


def open_nexus(context: DriverContext) -> Roles:
    """Connect to a Nexus; see `open_variant`."""
    return open_variant(context, NEXUS)


def open_emstat_pico(context: DriverContext) -> Roles:
    """Connect to an EmStat Pico; see `open_variant`."""
    return open_variant(context, EMSTAT_PICO)
