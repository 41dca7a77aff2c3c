"""A world with a pressure that a test sets, and clients for simulated gauges in it."""

from operando.simulators.engine import Engine
from operando.simulators.gauges.vacuum_head import HeadKind, VacuumHead
from support.bare_world import BareWorld
from support.resistor_world import Client

__all__ = ["GaugeWorld", "client_of"]


class GaugeWorld(BareWorld):
    """One pressure everywhere."""

    def __init__(self, pressure_Pa: float = 0.834) -> None:
        super().__init__()
        self.pressure = pressure_Pa

    def head(self, kind: HeadKind = HeadKind.FULL_RANGE, argon_share: float = 0.0) -> VacuumHead:
        """A head without noise."""
        return VacuumHead(kind, lambda now: self.pressure, "head", argon_share, noise=0.0)


def client_of(engine: Engine) -> Client:
    """Somebody at the wire of an instrument."""
    return Client(engine.connect("", 49152, 0.0))
