"""PSTrace tables (`.csv`), as PSTrace exports them: UTF-16, one pair of columns for each curve, titles above.

A block has a line of titles (`Chronopotentiometry: CP E vs t`), a line with the times of the measurements, a line of
units (`s,V,s,µA`), and rows; the next measurement may follow below. An impedance spectrum has named columns instead
(`freq / Hz`, ..., `Z' / Ohm`, `Z'' / Ohm`), and gives minus its imaginary part. PSTrace writes a file anew with each
export. No document of the vendor describes this; it is what independent readers of such files expect.
"""

import codecs
import math
from datetime import datetime

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.row import Controlled, ObservedRow
from operando.drivers.potentiostats.observed.written_dates import date_in

__all__ = ["PsTraceReader"]

MAGIC = "Date and time"
MEASURED = "Date and time measurement:"
DATE_FORMATS = ("%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S")
AMPERES = {"A": 1.0, "mA": 1e-3, "µA": 1e-6, "μA": 1e-6, "uA": 1e-6, "nA": 1e-9, "pA": 1e-12}
TECHNIQUES = {
    "chronopotentiometry": Controlled.CURRENT,
    "chronoamperometry": Controlled.VOLTAGE,
    "open circuit potentiometry": Controlled.NOTHING,
}
FREQUENCY, REAL, MINUS_IMAGINARY = "freq / Hz", "Z' / Ohm", "Z'' / Ohm"
SAME_TIME_S = 1e-6


class PsTraceReader:
    """Reads one exported file from its beginning. Implements `FileReader`."""

    def __init__(self) -> None:
        self.started: datetime | None = None
        self.program = "PSTrace"
        self.instrument = ""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._bytes = b""
        self._rest = ""
        self._garbage = ""
        self._first_line: str | None = None
        self._controlled = Controlled.NOTHING
        self._part = -1
        self._curves: list[tuple[int, str]] = []
        self._spectrum: tuple[int, int, int] | None = None
        self._offset_s = 0.0

    def feed(self, data: bytes) -> list[ObservedRow]:
        *lines, self._rest = (self._rest + self._decoded(data)).split("\n")
        rows: list[ObservedRow] = []
        for line in lines:
            text = line.rstrip("\r")
            if self._first_line is None:
                self._first_line = text
            if not self._first_line.startswith(MAGIC):  # said again whenever it grows
                raise ConfigMismatch(
                    f"the file begins with {self._first_line[:60]!r}, not with {MAGIC!r}",
                    remedy="Export the measurement from PSTrace as CSV; sessions (.pssession) are not read.",
                )
            row = self._take(text)
            if row is not None:
                rows.append(row)
        return rows

    def take_garbage(self) -> str:
        garbage, self._garbage = self._garbage, ""
        return garbage

    def _decoded(self, data: bytes) -> str:
        if self._decoder is None:
            self._bytes += data
            if len(self._bytes) < 3:
                return ""
            data, self._bytes = self._bytes, b""
            self._decoder = codecs.getincrementaldecoder(_encoding(data))(errors="replace")
        return self._decoder.decode(data)

    def _take(self, line: str) -> ObservedRow | None:
        cells = [cell.strip() for cell in line.split(",")]
        if line.startswith(MEASURED):
            self._measured(cells[1])
        elif FREQUENCY in cells:
            self._begin_spectrum(cells)
        elif _is_units(cells):
            self._begin_curves(cells)
        elif _number(cells[0]) is not None:
            return self._row(cells, line)
        else:
            self._title(line)
        return None

    def _title(self, line: str) -> None:
        lowered = line.lower()
        for name, controlled in TECHNIQUES.items():
            if name in lowered:
                self._controlled = controlled
        self._curves, self._spectrum = [], None

    def _measured(self, text: str) -> None:
        started = date_in(text, DATE_FORMATS)
        if started is None:
            return
        if self.started is None:
            self.started = started
        self._offset_s = (started - self.started).total_seconds()

    def _begin_spectrum(self, cells: list[str]) -> None:
        self._part += 1
        self._curves = []
        if REAL in cells and MINUS_IMAGINARY in cells:
            self._spectrum = cells.index(FREQUENCY), cells.index(REAL), cells.index(MINUS_IMAGINARY)

    def _begin_curves(self, cells: list[str]) -> None:
        self._part += 1
        self._spectrum = None
        self._curves = [
            (place, cells[place + 1])
            for place in range(0, len(cells) - 1, 2)
            if cells[place] == "s" and (cells[place + 1] == "V" or cells[place + 1] in AMPERES)
        ]

    def _row(self, cells: list[str], line: str) -> ObservedRow | None:
        try:
            if self._spectrum is not None:
                frequency_Hz, real_ohm, minus_imaginary_ohm = (float(cells[place]) for place in self._spectrum)
                point = (frequency_Hz, real_ohm, -minus_imaginary_ohm)
                return ObservedRow(self._offset_s, math.nan, part=self._part, point=point)
            return self._curve_row(cells)
        except (ValueError, IndexError):
            self._garbage = self._garbage or f"a row that has no numbers: {line[:80]!r}"
            return None

    def _curve_row(self, cells: list[str]) -> ObservedRow | None:
        voltage_V, elapsed_s = math.nan, math.nan
        current_A = 0.0 if self._controlled is Controlled.NOTHING else math.nan
        for place, unit in self._curves:
            time_s = _number(cells[place])
            if time_s is None or (math.isfinite(elapsed_s) and abs(time_s - elapsed_s) > SAME_TIME_S):
                continue
            elapsed_s = time_s
            value = float(cells[place + 1])
            if unit == "V":
                voltage_V = value
            else:
                current_A = value * AMPERES[unit]
        if not math.isfinite(elapsed_s):
            return None
        return ObservedRow(
            self._offset_s + elapsed_s, voltage_V, current_A, controlled=self._controlled, part=self._part
        )


def _encoding(beginning: bytes) -> str:
    return "utf-16" if beginning[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _is_units(cells: list[str]) -> bool:
    named = [cell for cell in cells if cell]
    return bool(named) and all(cell in ("s", "V") or cell in AMPERES for cell in named)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
