"""What an EmStat4 HR can do."""

from operando.drivers.roles import PotentiostatCapabilities

__all__ = ["EMSTAT4_HR"]

EMSTAT4_HR = PotentiostatCapabilities(
    voltage_range_V=(-6.0, 6.0),
    current_range_A=(-0.2, 0.2),
    galvanostatic=True,
    impedance_frequency_Hz=(10e-6, 200e3),
    impedance_amplitude_V=(1e-3, 0.9),
    # ours: a loop of some forty commands and a line of a hundred characters must fit into it
    shortest_interval_s=0.02,
    ends_steps_by_itself=True,
)
