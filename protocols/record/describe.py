"""Gathers what is known about a run as a whole from its header, its rows and its events."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic import JsonValue

from operando.protocols.record.contents import Contents
from operando.protocols.record.environment import operando_version
from operando.protocols.record.exposures import exposure_in, settled
from operando.protocols.record.lines import read_json_lines
from operando.protocols.record.metadata import (
    METADATA_SCHEMA,
    Answer,
    Note,
    RegionSeen,
    RunMetadata,
    SpotSeen,
    not_given,
)
from operando.protocols.record.rows import FrameRow, SpectrumRow
from operando.protocols.record.surroundings import hours_in_vacuum, measured

__all__ = ["SIMULATION_NOTICE", "describe", "spots_seen"]

SIMULATION_NOTICE = "SIMULATION: there was no cell, no microscope and no beam. Nothing here is a measurement."
MIXED_NOTICE = "PARTLY SIMULATED: some of the instruments did not exist; see simulated_instruments."
_NOTES = {("operator", "note"), ("operator", "answer")}


def describe(contents: Contents) -> RunMetadata:
    """What is known now. It is asked for several times while a record is closed, and found out once."""
    known_of = (contents.amount, contents.last_intent, contents.end_s, contents.outcome)
    if contents.described is None or contents.described[0] != known_of:
        contents.described = (known_of, _found_out(contents))
    return contents.described[1]


def _found_out(contents: Contents) -> RunMetadata:
    header, bench = contents.header, contents.header.circumstances
    events = read_json_lines(contents.folder / "events.jsonl")[: len(contents.events)]
    simulated = tuple(used.instrument for used in bench.drivers if used.simulated)
    mixed = MIXED_NOTICE if simulated else ""
    known = RunMetadata(
        metadata_schema=METADATA_SCHEMA,
        simulation=header.simulated,
        simulation_notice=SIMULATION_NOTICE if header.simulated else mixed,
        simulated_instruments=simulated,
        run_id=header.run_id,
        title=header.title,
        outcome=contents.outcome or "",
        start=header.wall_text(0.0),
        end=header.wall_text(contents.end_s),
        time_zone=bench.time_zone,
        institution=header.institution,
        operator=header.operator,
        operando_version=operando_version(),
        protocol_file=header.protocol_file,
        sample=header.sample,
        working_electrode=bench.working_electrode,
        counter_electrode=bench.counter_electrode,
        earthed=bench.earthed,
        temperature_K=measured(contents.sensors, "temperature"),
        chamber_pressure_Pa=measured(contents.sensors, "pressure", "chamber"),
        box_pressure_Pa=measured(contents.sensors, "pressure", "box"),
        stack_pressure_Pa=measured(contents.sensors, "pressure", "stack"),
        hours_in_vacuum=hours_in_vacuum(contents.sensors, bench.beam_permitted_below_Pa),
        microscope_vendor=header.microscope_vendor,
        microscope_model=header.microscope_model,
        emitter_type=bench.emitter_type,
        instruments=header.identities,
        drivers=bench.drivers,
        calibrations=bench.calibrations,
        preflight=tuple(_answers(events)),
        bench_notes=bench.notes,
        operator_notes=tuple(_notes(events)),
        regions=tuple(_regions(contents, _booked(events))),
        control_regions=header.control_regions,
        spots=tuple(spots_seen(contents.spectra)),
        frames=len(contents.frames),
        spectra=len(contents.spectra),
        samples=contents.sample_count,
    )
    return replace(known, not_given=not_given(known))


def _answers(events: Iterable[Mapping[str, JsonValue]]) -> Iterable[Answer]:
    for event in events:
        if event["source"] == "pre-flight":
            check, _, detail = str(event["message"]).partition(": ")
            yield Answer(check, event["kind"] == "passed", detail)


def _notes(events: Iterable[Mapping[str, JsonValue]]) -> Iterable[Note]:
    for event in events:
        if (event["source"], event["kind"]) in _NOTES:
            said = f"{event.get('question', '')} {event['message']}".strip()
            yield Note(float(str(event["test_time_second"])), str(event.get("who", "")), said)


def _booked(events: Iterable[Mapping[str, JsonValue]]) -> Mapping[str, float]:
    """Dose by region, C/m^2."""
    told = (exposure_in(0.0, str(event["source"]), str(event["kind"]), event) for event in events)
    doses: dict[str, float] = {}
    for exposure in settled(exposure for exposure in told if exposure is not None):
        doses[exposure.region] = doses.get(exposure.region, 0.0) + exposure.dose_C_per_m2
    return doses


def _regions(contents: Contents, booked: Mapping[str, float]) -> Iterable[RegionSeen]:
    rows: list[FrameRow | SpectrumRow] = [*contents.frames, *contents.spectra]
    for name in dict.fromkeys([*(row.region for row in rows), *booked, *contents.header.control_regions]):
        frames = [row for row in contents.frames if row.region == name]
        spectra = sum(row.region == name for row in contents.spectra)
        dose = booked.get(name) if booked else _highest_dose(frames)
        yield RegionSeen(name, name in contents.header.control_regions, len(frames), spectra, dose)


def spots_seen(rows: Iterable[SpectrumRow]) -> Iterable[SpotSeen]:
    """The spots where spectra were taken; the dose in a row is that of its spot so far, of a map that of its worst."""
    found: dict[tuple[str, float, float], list[SpectrumRow]] = {}
    for row in rows:
        found.setdefault((row.region, row.position_x, row.position_y), []).append(row)
    for (region, x, y), taken in found.items():
        yield SpotSeen(region, x, y, len(taken), _highest_dose(taken))


def _highest_dose(rows: Iterable[FrameRow | SpectrumRow]) -> float | None:
    """Doses only grow; the highest is the last."""
    return max((row.dose_C_per_m2 for row in rows if not math.isnan(row.dose_C_per_m2)), default=None)
