"""Checks `metadata.json` and `truth.csv` against the rows that they speak of."""

from operando.protocols.record.findings import Findings
from operando.protocols.record.metadata import METADATA, RunMetadata
from operando.protocols.record.truth import TRUTH, read_truth

__all__ = ["check_metadata", "check_truth"]


def check_metadata(found: Findings) -> None:
    """Of a closed record it must fit; of another one it is of the last end of a step."""
    if not (found.folder / METADATA).is_file():
        if found.schema > 1:
            found.unfinished(METADATA, "was not made yet")
        return
    known = RunMetadata.read(found.folder)
    if known.simulation != found.header.simulated:
        found.wrong(METADATA, "says otherwise than the journal whether this is a simulation")
    told, there = (known.samples, known.frames, known.spectra), found.counted
    if told != there:
        found.unfinished(METADATA, "has {} samples, {} frames, {} spectra".format(*told))


def check_truth(found: Findings) -> None:
    """Every true state belongs to a frame or a spectrum, at its start or its end."""
    times_s = {("frame", row.number): (row.start_s, row.end_s) for row in found.frames}
    times_s |= {("spectrum", row.number): (row.start_s, row.end_s) for row in found.spectra}
    states = read_truth(found.folder)
    if strangers := [state for state in states if (state.of, state.number) not in times_s]:
        first, others = strangers[0], len({(state.of, state.number) for state in strangers}) - 1
        more = f", nor were {others} more" if others else ""
        found.unfinished(TRUTH, f"speaks of {first.of} {first.number}, which was not acknowledged{more}")
    for state in states:
        known = times_s.get((state.of, state.number))
        if known is not None and state.time_s != known[state.moment == "end"]:
            found.wrong(TRUTH, f"the {state.moment} of {state.of} {state.number} is not at {state.time_s} s")
