"""What a simulated SourceMeter is like: its identity, its limits, and how it behaves where the vendor is silent."""

from dataclasses import dataclass, replace

__all__ = ["KEITHLEY_2400", "KEITHLEY_2450", "KEITHLEY_2460", "KEITHLEY_2461", "SourceMeterSettings"]


@dataclass(frozen=True, slots=True)
class SourceMeterSettings:
    """Identity, limits and open points of the instrument.

    Limits (sheet 2.3 and 2.5): the largest source levels with their 5 % overrange, and the windows of the limits.

    Open points:
        discards_interrupted_replies: a message that arrives before the reply to the last one has left makes the
            instrument forget that reply (-410). On a raw socket real ones may be more patient.
        reply_latency_s, measurement_overhead_s, serial_line_frequency: assumed, not documented.
        lead_ohm: of the cable to the cell, which a two-wire measurement sees.
    """

    identity: str
    current_A: float
    voltage_V: float
    smallest_voltage_limit_V: float
    smallest_current_limit_A: float
    power_on_voltage_limit_V: float
    power_on_current_limit_A: float = 1.05e-4
    language: str = "SCPI"
    line_frequency_Hz: float = 50.0
    voltage_noise_V: float = 10e-6
    current_noise: float = 1e-5
    lead_ohm: float = 0.2
    reply_latency_s: float = 1e-3
    measurement_overhead_s: float = 1e-3
    discards_interrupted_replies: bool = True
    longest_message: int = 4096


KEITHLEY_2450 = SourceMeterSettings(
    identity="KEITHLEY INSTRUMENTS,MODEL 2450,04474830,1.6.7c",
    current_A=1.05,
    voltage_V=210.0,
    smallest_voltage_limit_V=0.02,
    smallest_current_limit_A=1e-9,
    power_on_voltage_limit_V=21.0,
)
KEITHLEY_2461 = SourceMeterSettings(
    identity="KEITHLEY INSTRUMENTS,MODEL 2461,01234567,1.0.0i",
    current_A=7.35,
    voltage_V=105.0,
    smallest_voltage_limit_V=0.2,
    smallest_current_limit_A=1e-6,
    power_on_voltage_limit_V=7.35,
)
KEITHLEY_2460 = replace(KEITHLEY_2461, identity="KEITHLEY INSTRUMENTS,MODEL 2460,04321000,1.7.12b")
KEITHLEY_2400 = SourceMeterSettings(
    identity="KEITHLEY INSTRUMENTS INC.,MODEL 2400,1234567,C32   Mar  4 2011 09:29:29/A02  /K/J",
    current_A=1.05,
    voltage_V=210.0,
    smallest_voltage_limit_V=0.2e-3,
    smallest_current_limit_A=1e-9,
    power_on_voltage_limit_V=21.0,
    language="SCPI2400",
)
