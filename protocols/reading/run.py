"""A run as it stands on the disk: every stream of its record, read when it is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from operando.protocols.reading.frames import Frames
from operando.protocols.reading.happened import Command, Event, commands_of
from operando.protocols.reading.impedance import RecordedImpedance, read_impedance
from operando.protocols.reading.kept import Kept
from operando.protocols.reading.sensors import SensorSeries, series_of
from operando.protocols.reading.spectra import Spectra
from operando.protocols.reading.status import RunStatus, status_of
from operando.protocols.reading.steps import RecordedStep, steps_of
from operando.protocols.reading.streams import Stream, entry_parser, event_parser, row_parser, truth_parser
from operando.protocols.reading.tails import SampleTail
from operando.protocols.reading.timeline import state_at
from operando.protocols.record.control import control_folder
from operando.protocols.record.exposures import Exposure, exposure_in, settled
from operando.protocols.record.header import RunHeader
from operando.protocols.record.metadata import METADATA, RunMetadata
from operando.protocols.record.reader import read_header
from operando.protocols.record.rows import FrameRow, SensorRow, SpectrumRow
from operando.protocols.record.truth import TRUTH, TrueState

if TYPE_CHECKING:
    import pandas

__all__ = ["Run", "open_run"]


class Run:
    """One run. Opening it reads its header alone; each stream is read when it is first asked for.

    All times are seconds on the run's own timeline; `header.start_unix_s` is the wall time of its zero.

    Args:
        folder: of the record, closed, in progress, or as a kill left it.

    Raises:
        RecordError: if the folder is no record, or one of a newer operando.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.header: RunHeader = read_header(folder)
        self._samples = SampleTail(folder / "samples.blocks")
        self._frames = Stream(folder / "frames.csv", row_parser(FrameRow))
        self._spectra = Stream(folder / "spectra.csv", row_parser(SpectrumRow))
        self._sensors = Stream(folder / "sensors.csv", row_parser(SensorRow))
        self._events = Stream(folder / "events.jsonl", event_parser)
        self._journal = Stream(folder / "journal.jsonl", entry_parser)
        self._truth = Stream(folder / TRUTH, truth_parser, required=False)
        self._impedance = Kept(lambda: sorted(folder.glob("eis/*.csv")), lambda: read_impedance(folder))
        self._control: Run | None = None
        self._metadata = Kept(lambda: [folder / METADATA], lambda: _metadata_of(folder))

    def __repr__(self) -> str:
        return f"<run {self.header.run_id}, {self.status}>"

    @property
    def status(self) -> RunStatus:
        """Whether it is closed, as the folder says now."""
        return status_of(self.folder)

    @property
    def outcome(self) -> str:
        """How the run ended: completed, failed or interrupted; what `status` says if it was not closed."""
        if self.status is not RunStatus.CLOSED:
            return str(self.status)
        closed = [event.message for event in self.events if event.source == "record" and event.kind == "closed"]
        return closed[-1] if closed else str(self.status)

    @property
    def control(self) -> "Run | None":
        """The control cell that was cycled beside this one, as a run of its own; None if there was none."""
        if self._control is None and (folder := control_folder(self.folder)) is not None:
            self._control = Run(folder)
        return self._control

    @property
    def samples(self) -> NDArray[np.void]:
        """All samples of the cell, dtype SAMPLE, shape (n,), not to be written."""
        return self._samples.ask()

    @property
    def frames(self) -> Frames:
        """All frames that are on the disk."""
        return Frames(self._frames.ask(), self.folder, self.state_at, self.join)

    @property
    def spectra(self) -> Spectra:
        """All X-ray spectra and maps."""
        return Spectra(self._spectra.ask(), self.folder)

    @property
    def sensors(self) -> Mapping[str, SensorSeries]:
        """Readings by what is measured: `box pressure`, `chamber pressure`."""
        return series_of(self.sensor_rows)

    @property
    def sensor_rows(self) -> Sequence[SensorRow]:
        """The rows of `sensors.csv`."""
        return self._sensors.ask()

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened."""
        return tuple(self._events.ask())

    @property
    def journal(self) -> tuple[Command, ...]:
        """Every command with an effect, and its outcome.

        Raises:
            RecordError: if the checksum of an entry is wrong.
        """
        return tuple(commands_of(self._journal.ask()).values())

    @property
    def exposures(self) -> tuple[Exposure, ...]:
        """Every exposure of the field of a region to the beam, with its dose: pictures, focusing, X-ray maps."""
        told = (exposure_in(event.time_s, event.source, event.kind, event.details) for event in self.events)
        return tuple(settled(exposure for exposure in told if exposure is not None))

    @property
    def impedance(self) -> tuple[RecordedImpedance, ...]:
        """All impedance spectra."""
        return self._impedance.ask()

    @property
    def truth(self) -> tuple[TrueState, ...]:
        """The true state of the simulated world at every frame and spectrum; empty if nothing was simulated."""
        return tuple(self._truth.ask())

    @property
    def metadata(self) -> RunMetadata | None:
        """What a reviewer asks about the run as a whole; None before it is first written."""
        return self._metadata.ask()

    @property
    def steps(self) -> tuple[RecordedStep, ...]:
        """The steps of cycling so far."""
        return steps_of(self.samples, self.events)

    def state_at(self, times_s: ArrayLike, no_further_than_s: float = 60.0) -> NDArray[np.void]:
        """Voltage, current, charge, cycle and step at some run times: dtype CELL_STATE, of the shape of the times.

        Interpolated between samples, never across a change of step; NaN where no sample is so near.
        """
        return state_at(self.samples, times_s, no_further_than_s)

    def join(self, times_s: ArrayLike) -> "pandas.DataFrame":
        """Everything that is known at some run times, a row for each: the state of the cell, the name of the step,
        and the latest good reading of each sensor (its name and unit as column: `box pressure / Pa`).

        Raises:
            MissingPackage: if pandas is not installed.
        """
        from operando.protocols.reading.tables import table_of_array

        times = np.atleast_1d(np.asarray(times_s, float))
        table = table_of_array(self.state_at(times))
        names = {step.number: step.name for step in self.steps}
        table["step_name"] = [names.get(int(step), "") for step in table["step"]]
        for name, series in self.sensors.items():
            table[f"{name} / {series.unit}"] = series.at(times)
        return table

    def to_pandas(self) -> "pandas.DataFrame":
        """All samples as a table.

        Raises:
            MissingPackage: if pandas is not installed.
        """
        from operando.protocols.reading.tables import table_of_array

        return table_of_array(self.samples)

    def truth_table(self) -> "pandas.DataFrame":
        """The true states, a row for the start and the end of each frame and spectrum (`of`, `number`, `moment`).

        Raises:
            MissingPackage: if pandas is not installed.
        """
        from operando.protocols.reading.tables import table_of_records

        return table_of_records(
            {"of": state.of, "number": state.number, "moment": state.moment, "time_s": state.time_s, **state.values}
            for state in self.truth
        )

    def refresh(self) -> bool:
        """Read what was recorded since the last look, only the new bytes; whether there was anything.

        Frames come before samples, so that every frame finds the samples that were taken before it.
        """
        streams = (self._frames, self._spectra, self._sensors, self._events, self._journal, self._truth, self._samples)
        new = [stream.refresh() for stream in (*streams, self._impedance, self._metadata)]
        control = self._control is not None and self._control.refresh()
        return control or any(new)


def _metadata_of(folder: Path) -> RunMetadata | None:
    return RunMetadata.read(folder) if (folder / METADATA).is_file() else None


def open_run(path: str | Path) -> Run:
    """Open a run to read it; it may still go on.

    Raises:
        RecordError: if the folder is no record, or one of a newer operando.
    """
    return Run(Path(path))
