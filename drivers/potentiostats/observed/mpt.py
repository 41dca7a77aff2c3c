"""EC-Lab text (`.mpt`), while EC-Lab writes it: header lines that the second line counts, then a table.

Lines end in CR LF, columns are parted by tabs, numbers may have a decimal comma. Which columns there are depends on
the technique: an open circuit has no current. Currents are in mA and positive in the direction of oxidation, which is
charging for a positive electrode; `mode` is 1 for a controlled current, 2 for a controlled voltage, 3 for neither.
"""

import math
import re
from datetime import datetime

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.row import Controlled, ObservedRow
from operando.drivers.potentiostats.observed.written_dates import date_in

__all__ = ["MptReader"]

MAGIC = "EC-Lab ASCII FILE"
HEADER_LINES = re.compile(r"Nb header lines\s*:\s*(\d+)")
DATE_FORMATS = ("%m/%d/%Y %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S", "%m-%d-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")
MOST_HEADER_LINES = 10_000

VOLTAGES = ("Ecell/V", "Ewe-Ece/V", "Ewe/V", "<Ewe>/V")
CURRENTS = ("I/mA", "<I>/mA")
CHARGE = "(Q-Qo)/mA.h"
POINT = ("freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm")
MODES = {1: Controlled.CURRENT, 2: Controlled.VOLTAGE, 3: Controlled.NOTHING}
MILLIAMPERE_HOUR_C = 3.6


class MptReader:
    """Reads one `.mpt` file from its beginning. Implements `FileReader`."""

    def __init__(self) -> None:
        self.started: datetime | None = None
        self.program = ""
        self.instrument = ""
        self._rest = b""
        self._lines: list[str] = []
        self._header_lines: int | None = None
        self._columns: dict[str, int] | None = None
        self._garbage = ""

    def feed(self, data: bytes) -> list[ObservedRow]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        rows: list[ObservedRow] = []
        for line in lines:
            text = line.rstrip(b"\r").decode("cp1252", "replace")
            if self._columns is None:
                self._head(text)
            elif text.strip():
                try:
                    rows.append(self._row(text, self._columns))
                except ValueError as error:
                    self._garbage = self._garbage or str(error)
        return rows

    def take_garbage(self) -> str:
        garbage, self._garbage = self._garbage, ""
        return garbage

    def _head(self, line: str) -> None:
        self._lines.append(line)
        count = len(self._lines)
        if self._lines[0].strip("\ufeff ") != MAGIC:  # said again whenever it grows
            raise ConfigMismatch(
                f"the file begins with {self._lines[0][:60]!r}, not with {MAGIC!r}",
                remedy="Let EC-Lab export text on the fly (.mpt); its binary .mpr is not read while it grows.",
            )
        if count >= 2 and self._header_lines is None:
            self._header_lines = _header_lines(self._lines[1])
        self._learn(line)
        if count == self._header_lines:
            self._columns = {name: place for place, name in enumerate(line.rstrip("\t").split("\t"))}
            if "time/s" not in self._columns or not any(name in self._columns for name in VOLTAGES):
                raise ConfigMismatch(
                    f"the file has no column for time or voltage, only {', '.join(self._columns)}",
                    remedy="Export at least time/s, Ewe/V (or Ecell/V) and I/mA.",
                )

    def _learn(self, line: str) -> None:
        name, _, value = (part.strip() for part in line.partition(" : "))
        if name == "Acquisition started on":
            self.started = date_in(value, DATE_FORMATS)
        elif name == "Run on channel":
            self.instrument = f"channel {value}"
        elif line.startswith("EC-Lab for windows"):
            self.program = line.strip()

    @staticmethod
    def _row(line: str, columns: dict[str, int]) -> ObservedRow:
        cells = line.rstrip("\t").split("\t")
        if len(cells) != len(columns):
            raise ValueError(f"a row with {len(cells)} columns instead of {len(columns)}: {line[:80]!r}")
        try:
            return _row_of({name: float(cells[place].replace(",", ".")) for name, place in columns.items()})
        except (ValueError, OverflowError, KeyError) as error:
            raise ValueError(f"a row that has no numbers: {line[:80]!r}") from error


def _row_of(values: dict[str, float]) -> ObservedRow:
    frequency_Hz = values.get(POINT[0], 0.0)
    mode = MODES.get(int(values["mode"])) if "mode" in values else None
    # an open circuit has no current; where one is controlled and not told, nobody knows what it was
    untold = 0.0 if mode in (None, Controlled.NOTHING) else math.nan
    current_mA = next((values[name] for name in CURRENTS if name in values), untold)
    return ObservedRow(
        elapsed_s=values["time/s"],
        voltage_V=next(values[name] for name in VOLTAGES if name in values),
        current_A=current_mA * 1e-3,
        charge_C=values.get(CHARGE, float("nan")) * MILLIAMPERE_HOUR_C,
        controlled=mode or (Controlled.CURRENT if current_mA else Controlled.NOTHING),
        part=int(values.get("Ns", 0)),
        cycle=int(values.get("cycle number", 0)),
        overload=bool(values.get("error", 0)),
        point=(frequency_Hz, values[POINT[1]], -values[POINT[2]]) if frequency_Hz > 0 else None,
    )


def _header_lines(line: str) -> int:
    found = HEADER_LINES.match(line)
    count = int(found[1]) if found else 0
    if not 3 <= count <= MOST_HEADER_LINES:
        raise ConfigMismatch(f"the second line does not say how long the header is: {line[:60]!r}")
    return count
