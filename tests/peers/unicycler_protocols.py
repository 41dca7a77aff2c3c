"""aurora-unicycler as an independent judge of the JSON that operando reads and writes.

Needs aurora-unicycler, so it is run by an interpreter of its own:

    PYTHON tests/peers/unicycler_protocols.py            prints protocols that it made, one JSON object each line
    PYTHON tests/peers/unicycler_protocols.py accept     reads such lines, and prints `ok` or what it refuses
"""

import json
import sys
from collections.abc import Iterator

from aurora_unicycler import (
    ConstantCurrent,
    ConstantVoltage,
    CyclingProtocol,
    ImpedanceSpectroscopy,
    Loop,
    OpenCircuitVoltage,
    RecordParams,
    SafetyParams,
    SampleParams,
    Tag,
)

CELL = SampleParams(name="LPSCl-7", capacity_mAh=1.2)
LIMITS = SafetyParams(max_voltage_V=4.35, min_voltage_V=2.4, max_current_mA=0.24, min_current_mA=-0.24, delay_s=5)
RECORD = RecordParams(time_s=60, voltage_V=0.01)

CHARGE = ConstantCurrent(rate_C="C/10", until_voltage_V=4.2)
HOLD = ConstantVoltage(voltage_V=4.2, until_rate_C="C/50", until_time_s=6 * 3600)
DISCHARGE = ConstantCurrent(rate_C="D/10", until_voltage_V=3.0)
REST = OpenCircuitVoltage(until_time_s=3600)
SPECTRUM = ImpedanceSpectroscopy(amplitude_V=0.01, start_frequency_Hz=2e5, end_frequency_Hz=1)

METHODS = {
    "rest": [REST],
    "one cycle": [CHARGE, HOLD, DISCHARGE],
    "three cycles by tag": [REST, Tag(tag="cycle"), CHARGE, HOLD, DISCHARGE, Loop(loop_to="cycle", cycle_count=3)],
    "two cycles by number": [REST, CHARGE, DISCHARGE, REST, Loop(loop_to=2, cycle_count=2)],
    "titration": [
        Tag(tag="pulse"),
        ConstantCurrent(current_mA=0.12, until_time_s=600, until_voltage_V=4.2),
        REST,
        Loop(loop_to="pulse", cycle_count=60),
        DISCHARGE,
    ],
    "loop in a loop": [
        Tag(tag="block"),
        Tag(tag="cycle"),
        CHARGE,
        DISCHARGE,
        Loop(loop_to="cycle", cycle_count=3),
        SPECTRUM,
        Loop(loop_to="block", cycle_count=2),
    ],
    "spectra": [SPECTRUM, CHARGE, SPECTRUM],
    "named steps": [
        ConstantCurrent(id="charge", current_mA="0.12", until_voltage_V="4.2", until_time_s=""),
        ConstantVoltage(id="hold", voltage_V=4.2, until_current_mA=0.024),
    ],
    "by time only": [ConstantCurrent(current_mA=0.05, until_time_s=7200), REST],
    "fractions": [ConstantCurrent(rate_C="1/20", until_voltage_V=4.1), ConstantCurrent(rate_C=-0.2, until_voltage_V=3)],
    "two loops": [
        CHARGE, DISCHARGE, Loop(loop_to=1, cycle_count=2), Tag(tag="slow"), CHARGE, REST, DISCHARGE,
        Loop(loop_to="slow", cycle_count=2),
    ],
}  # fmt: skip


def made() -> Iterator[str]:
    for title, method in METHODS.items():
        protocol = CyclingProtocol(sample=CELL, record=RECORD, safety=LIMITS, method=method)
        yield json.dumps({"title": title, "protocol": json.loads(protocol.to_json())})


def judged(line: str) -> str:
    document = json.loads(line)
    try:
        CyclingProtocol.from_dict(document["protocol"])
    except ValueError as error:
        return f"{document['title']}: {error}"
    return "ok"


if __name__ == "__main__":
    for answer in map(judged, sys.stdin) if sys.argv[1:] == ["accept"] else made():
        print(answer)
