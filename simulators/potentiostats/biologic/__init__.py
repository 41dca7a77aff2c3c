"""A fake of BioLogic's library, with a simulated device behind it: there is no public wire that could be simulated."""

from operando.simulators.potentiostats.biologic.device import BioLogicDevice

__all__ = ["BioLogicDevice"]
