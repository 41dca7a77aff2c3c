"""What the scripts of the potentiostat have said, decoded by the words of the sheet and without the driver."""

import re
from collections.abc import Iterable

__all__ = ["SaidSample", "said_samples"]

PREFIXES = {letter: 10.0 ** (3 * power) for power, letter in enumerate("afpnum kMGTPE", -6)}
VALUE = re.compile(r"([a-z]{2})([0-9A-F]{7})(.)")
SAMPLE_KINDS = ["ee", "eb", "ja"]


class SaidSample:
    """A sample as the instrument said it: step, elapsed seconds, charge (C), voltage (V) and current (A).

    Above its 14 bits, the number of the step bears the mark of the run.
    """

    def __init__(self, values: list[float]) -> None:
        self.step = int(values[0]) % 2**14
        self.elapsed_s, self.charge_C, self.voltage_V, self.current_A = values[1:]


def said_samples(lines: Iterable[str]) -> list[SaidSample]:
    """The samples in what was said, in order."""
    samples: list[SaidSample] = []
    for line in lines:
        values = [VALUE.match(token) for token in line[1:].split(";")] if line.startswith("P") else []
        if len(values) == 5 and [value[1] for value in values if value][:3] == SAMPLE_KINDS:
            samples.append(SaidSample([_number(value[2], value[3]) for value in values if value]))
    return samples


def _number(digits: str, prefix: str) -> float:
    return float(f"{(int(digits, 16) - 2**27) * (1.0 if prefix == 'i' else PREFIXES[prefix]):.12g}")
