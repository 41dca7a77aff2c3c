"""What each model can do as a potentiostat, without the interlock that its high voltages need."""

from operando.drivers.roles import HostKept, PotentiostatCapabilities

__all__ = ["KEITHLEY_2400", "KEITHLEY_2450", "KEITHLEY_2460", "MODELS_2400", "MODELS_WITH_LANGUAGES"]

SHORTEST_INTERVAL_S = 0.1
"""Ours: one power-line cycle of integration, a change of range and the trigger model fit into it."""

KEPT_BY_THE_HOST = frozenset({HostKept.CHARGE_OF_HOLD, HostKept.FAR_VOLTAGE})
"""The trigger model judges one reading against one window, and counts nothing."""

KEITHLEY_2450 = PotentiostatCapabilities(
    voltage_range_V=(-20.0, 20.0),
    current_range_A=(-1.05, 1.05),
    galvanostatic=True,
    impedance_frequency_Hz=None,
    impedance_amplitude_V=None,
    shortest_interval_s=SHORTEST_INTERVAL_S,
    ends_steps_by_itself=True,
    host_keeps=KEPT_BY_THE_HOST,
)
KEITHLEY_2460 = PotentiostatCapabilities(
    voltage_range_V=(-6.0, 6.0),  # ours: within it these models source their full current
    current_range_A=(-7.35, 7.35),
    galvanostatic=True,
    impedance_frequency_Hz=None,
    impedance_amplitude_V=None,
    shortest_interval_s=SHORTEST_INTERVAL_S,
    ends_steps_by_itself=True,
    host_keeps=KEPT_BY_THE_HOST,
)
"""Of the 2461, too."""

KEITHLEY_2400 = PotentiostatCapabilities(
    voltage_range_V=(-20.0, 20.0),
    current_range_A=(-1.05, 1.05),
    galvanostatic=True,
    impedance_frequency_Hz=None,
    impedance_amplitude_V=None,
    shortest_interval_s=0.25,
    ends_steps_by_itself=False,
)
MODELS_2400 = ("2400", "2401", "2410", "2420", "2425", "2430", "2440")
MODELS_WITH_LANGUAGES = ("2450", "2460", "2461")
"""They speak the dialect of the 2400 after `*LANG SCPI2400`."""
