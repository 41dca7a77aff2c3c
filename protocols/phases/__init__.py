"""The way of the box as data: what each phase allows, which may follow which, and what must be so before it begins.

Nothing in here reaches an instrument; `operando.protocols.runner` waits for the gauges and keeps to what is allowed.
"""

from operando.protocols.phases.confirmed import NOBODY, Confirmed
from operando.protocols.phases.description import Deed, PhaseDescription, deed_of
from operando.protocols.phases.gate import EntryGate
from operando.protocols.phases.shipped import described

__all__ = ["NOBODY", "Confirmed", "Deed", "EntryGate", "PhaseDescription", "deed_of", "described"]
