"""`operando dose propose RUN`."""

import json as json_module
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from operando.drivers.errors import ConfigMismatch
from operando.protocols.analysis.damage_series import MARGIN, DamageSeries, Seen, judge_series
from operando.protocols.cli.run_folder import require_run
from operando.protocols.document import load_protocol
from operando.protocols.reading import Run, open_run
from operando.protocols.triggers.rerun import program_of_run

__all__ = ["propose_dose"]

C_PER_M2_IN_MAH_PER_CM2 = 36_000.0
Pictures = dict[str, dict[str, list[Seen]]]


def propose_dose(folder: Path, protocol: Path | None, *, json: bool) -> int:
    """Find the dose of damage in a series, and print budgets for the `dose` part of a protocol.

    Raises:
        ConfigMismatch: if the run is no damage series.
    """
    require_run(folder)
    run, program = open_run(folder), program_of_run(folder)
    look = next((capture for capture in program.captures.values() if capture.detectors), None)
    if look is None:
        raise _no_series(folder, "it takes no pictures")
    controls = {name for name, region in program.regions.items() if region.only}
    spots, still = _pictures(run, look.name, controls)
    try:
        series = judge_series(spots, still)
    except ValueError as error:
        raise _no_series(folder, str(error)) from error
    if json:
        print(json_module.dumps(_plain(series, look.beam.voltage_V)))  # noqa: T201  this is the output
        return 0
    names = tuple(load_protocol(protocol).regions) if protocol is not None else ("REGION",)
    console = Console(highlight=False, soft_wrap=True)
    for line in _told(series, look.beam.voltage_V, bool(controls)):
        console.print(line, markup=False)
    console.print()
    for line in _budget(series, folder, look.beam.voltage_V, names):
        console.print(line, markup=False)
    return 0


def _no_series(folder: Path, why: str) -> ConfigMismatch:
    return ConfigMismatch(
        f"this run is no damage series: {why}",
        where=str(folder),
        remedy="Look at each spot twice or more, two frames each time (`repeat: 2`), with more dose in between; "
        "the shipped protocol damage_series.yaml does.",
    )


def _pictures(run: Run, capture: str, controls: set[str]) -> tuple[Pictures, Pictures]:
    """Pictures of the looks, by detector and region: of the spots, and of the controls."""
    spots: Pictures = {}
    still: Pictures = {}
    for frame in run.frames:
        row = frame.row
        if row.capture == capture:
            seen = Seen(row.start_s, row.end_s, row.dose_C_per_m2, frame.pixels)
            where = still if row.region in controls else spots
            where.setdefault(row.detector, {}).setdefault(row.region, []).append(seen)
    return spots, still


def _told(series: DamageSeries, voltage_V: float, controlled: bool) -> Iterator[str]:
    for detector, found in series.by_detector.items():
        if not found.detected:
            yield f"{detector}: no new structure up to {_dose(found.harmless_C_per_m2)} on {found.spots} spots"
            continue
        yield (
            f"{detector}: new structure from {_dose(found.dose_C_per_m2)} (times or over {found.factor:.2f}), "
            f"on {found.changed} of {found.spots} spots; none up to {_dose(found.harmless_C_per_m2)}"
        )
    if not controlled:
        yield "no control regions: what time alone changes is not told apart from the beam's work"
    yield f"at {voltage_V / 1e3:g} kV; another accelerating voltage leaves another share of its electrons"


def _budget(series: DamageSeries, folder: Path, voltage_V: float, regions: Sequence[str]) -> Iterator[str]:
    allowed = f"{series.proposed_C_per_m2:g} C/m^2"
    yield f"# from the damage series {folder.name} at {voltage_V / 1e3:g} kV: what was harmless, over {MARGIN:g}"
    yield "dose:"
    for name in regions:
        yield f"  {name}: {allowed}"
    yield f"  spot: {allowed}    # as per area: the series was scanned, not parked"


def _dose(dose_C_per_m2: float) -> str:
    return f"{dose_C_per_m2:.3g} C/m^2 ({dose_C_per_m2 / C_PER_M2_IN_MAH_PER_CM2:.2g} mAh/cm^2)"


def _plain(series: DamageSeries, voltage_V: float) -> Mapping[str, object]:
    return {
        "voltage_V": voltage_V,
        "proposed_C_per_m2": series.proposed_C_per_m2,
        "harmless_C_per_m2": series.harmless_C_per_m2,
        "by_detector": {
            name: {
                "dose_C_per_m2": found.dose_C_per_m2 if found.detected else None,
                "factor": found.factor if found.detected else None,
                "harmless_C_per_m2": found.harmless_C_per_m2,
                "changed": found.changed,
                "spots": found.spots,
            }
            for name, found in series.by_detector.items()
        },
    }
