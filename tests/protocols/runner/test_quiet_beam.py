"""The specimen sees the beam in scans and counts that are in the record, and at no other moment."""

from pathlib import Path

from support.laboratory import SimulatedBench
from support.run_protocols import SHORT

from operando.protocols.record import read_frames, read_journal, read_spectra

UNBLANKING_S = 3.0


def test_no_dose_outside_scans(tmp_path: Path) -> None:
    """The world is asked each 100 ms whether electrons reach the specimen."""
    bench = SimulatedBench.open()
    lit: list[float] = []

    def look(now: float) -> None:
        if bench.world.beam.on_specimen:
            lit.append(now)
        bench.world.call_at(now + 0.1, look)

    bench.world.call_at(0.0, look)
    assert bench.run(SHORT, tmp_path / "run").exit_code == 0
    assert lit, "the beam was seen at all"
    looked = [(frame.start_s, frame.end_s) for frame in read_frames(tmp_path / "run")]
    looked += [(row.start_s - UNBLANKING_S, row.end_s + UNBLANKING_S) for row in read_spectra(tmp_path / "run")]
    looked += autofocus_and_beam_test(tmp_path / "run")
    dark = [time for time in lit if not any(start - 0.2 <= time <= end + 0.2 for start, end in looked)]
    assert dark == []


def autofocus_and_beam_test(folder: Path) -> list[tuple[float, float]]:
    """Other scans that the journal has: a minute after their command at most."""
    times = [
        float(str(entry["test_time_second"]))
        for entry in read_journal(folder)
        if entry.get("action") in {"autofocus", "scan (beam test)"}
    ]
    return [(time, time + 60.0) for time in times]
