"""EC-Lab text (`.mpt`), as BioLogic's program writes it and galvani, yadg and other readers expect it.

Lines end in CR LF, columns are parted by tabs with one more at the end of the names, and the number of header lines
counts the line of the names. Currents are mA, positive while charging (oxidation at the positive electrode).
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.protocols.export.place import written_whole
from operando.protocols.export.progress import Progress
from operando.protocols.export.selection import Selection
from operando.protocols.reading import RecordedImpedance, Run

__all__ = ["export_mpt"]

_MODES = {"Galvanostatic": 1, "Potentiostatic": 2, "Impedance": 2, "OpenCircuit": 3}
"""EC-Lab's numbers for what is controlled."""
_MODE_OPEN = 3
_MILLIAMPERE_HOUR_C = 3.6
_CELL = (
    ("mode", "%d"),
    ("ox/red", "%d"),
    ("error", "%d"),
    ("control changes", "%d"),
    ("Ns changes", "%d"),
    ("counter inc.", "%d"),
    ("Ns", "%d"),
    ("time/s", "%.15E"),
    ("step time/s", "%.15E"),
    ("Ecell/V", "%.15E"),
    ("I/mA", "%.15E"),
    ("(Q-Qo)/mA.h", "%.15E"),
    ("cycle number", "%d"),
)
_IMPEDANCE = (
    ("freq/Hz", "%.15E"),
    ("Re(Z)/Ohm", "%.15E"),
    ("-Im(Z)/Ohm", "%.15E"),
    ("time/s", "%.15E"),
    ("cycle number", "%d"),
)
_ROWS_AT_ONCE = 10_000


def export_mpt(run: Run, selection: Selection, place: Path, progress: Progress) -> list[Path]:
    """One file of all samples, and one for each impedance spectrum."""
    samples = selection.samples(run)
    stem = f"{run.header.bdf_stem}{selection.suffix}"
    cell = place / f"{stem}.mpt"
    _write(cell, run, "Modulo Bat", _CELL, _cell_columns(run, samples), progress)
    written = [cell]
    for number, spectrum in enumerate(selection.impedance(run), 1):
        path = place / f"{stem}_eis{number:03d}.mpt"
        technique = "Potentio Electrochemical Impedance Spectroscopy"
        _write(path, run, technique, _IMPEDANCE, _impedance_columns(spectrum), progress)
        written.append(path)
    return written


def _cell_columns(run: Run, samples: NDArray[np.void]) -> list[NDArray[np.generic]]:
    steps = samples["step"].astype(int)
    changes = np.diff(steps, prepend=steps[:1]) != 0
    return [
        _modes(run, steps),
        (samples["current_A"] > 0.0).astype(int),
        (samples["quality"] != 0).astype(int),
        np.zeros(len(steps), int),
        changes.astype(int),
        np.zeros(len(steps), int),
        steps,
        samples["time_s"],
        samples["elapsed_s"],
        samples["voltage_V"],
        samples["current_A"] * 1e3,
        _net_charge_C(run.samples)[np.searchsorted(run.samples["sequence"], samples["sequence"])] / _MILLIAMPERE_HOUR_C,
        samples["cycle"].astype(int),
    ]


def _impedance_columns(spectrum: RecordedImpedance) -> list[NDArray[np.generic]]:
    points = spectrum.points
    cycles = np.full(len(points), spectrum.cycle)
    return [points["frequency_Hz"], points["real_ohm"], -points["imaginary_ohm"], points["time_s"], cycles]


def _modes(run: Run, steps: NDArray[np.int_]) -> NDArray[np.generic]:
    """What was controlled in each sample, as the journal tells of its step."""
    by_step = {}
    for command in run.journal:
        number = command.details.get("step")
        technique = str(command.details.get("technique", "")).partition("(")[0]
        if isinstance(number, int) and technique in _MODES:
            by_step[number] = _MODES[technique]
    numbers, where = np.unique(steps, return_inverse=True)
    return np.array([by_step.get(int(number), _MODE_OPEN) for number in numbers], int)[where]


def _net_charge_C(samples: NDArray[np.void]) -> NDArray[np.float64]:
    """That passed since the beginning of the run: the charge of each step on top of those before it."""
    bounds = [0, *(np.flatnonzero(np.diff(samples["step"])) + 1).tolist(), len(samples)]
    net_C, before_C = np.array(samples["charge_C"]), 0.0
    for start, stop in pairwise(bounds):
        net_C[start:stop] += before_C
        before_C = float(net_C[stop - 1]) if stop > start else before_C
    return net_C


def _header(run: Run, technique: str, names: str) -> list[str]:
    header = run.header
    simulated = "SIMULATED run" if header.simulated else "run"
    fixed = [
        "EC-Lab ASCII FILE",
        "Nb header lines : {count}",
        "",
        technique,
        "",
        f"Run on channel : 1 ({header.run_id})",
        f"User : {header.operator}",
        f"Electrode material : {header.sample.name}",
        f"Battery capacity : {(header.sample.nominal_capacity_C or 0.0) / _MILLIAMPERE_HOUR_C:.6g} mA.h",
        f"Electrode surface area : {(header.sample.area_m2 or 0.0) * 1e4:.6g} cm2",
        f"Comments : made by operando from the {simulated} {header.run_id}; times are of UTC{header.start_wall:%z}",
        f"Acquisition started on : {header.start_wall:%m/%d/%Y %H:%M:%S.%f}",
        "Cycle Definition : Charge/Discharge alternance",
        "",
        names,
    ]
    return [line.format(count=len(fixed)) if number == 1 else line for number, line in enumerate(fixed)]


def _write(
    path: Path,
    run: Run,
    technique: str,
    columns: Sequence[tuple[str, str]],
    values: Sequence[NDArray[np.generic]],
    progress: Progress,
) -> None:
    names = "".join(f"{name}\t" for name, _ in columns)
    line = "\t".join(form for _, form in columns) + "\r\n"
    rows = len(values[0])
    progress.begin(path.name, rows)
    with written_whole(path) as part, part.open("w", encoding="cp1252", errors="replace", newline="") as file:
        file.writelines(f"{text}\r\n" for text in _header(run, technique, names))
        for start in range(0, rows, _ROWS_AT_ONCE):
            pieces = [column[start : start + _ROWS_AT_ONCE].tolist() for column in values]
            file.writelines(line % row for row in zip(*pieces, strict=True))
            progress.advance(len(pieces[0]))
