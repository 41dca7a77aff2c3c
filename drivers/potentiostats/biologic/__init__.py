"""BioLogic potentiostats through EClib, the library of the EC-Lab OEM package; imported only when a bench names one."""

from operando.drivers.potentiostats.biologic.opening import open_biologic

__all__ = ["open_biologic"]
