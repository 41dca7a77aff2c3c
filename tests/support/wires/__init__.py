"""What every protocol's driver must make of faults on its wire."""

from support.wires.matrix import Cell, cell, replies_of, rules
from support.wires.probes import PROBES, WireProbe

__all__ = ["PROBES", "Cell", "WireProbe", "cell", "replies_of", "rules"]
