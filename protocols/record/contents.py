"""What is in a record: rows in memory, samples in their log. `run.nxs`, Parquet and the RO-Crate are made from it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue, TypeAdapter

from operando.drivers.roles import IMPEDANCE_POINT
from operando.protocols.record.block_log import in_order_of_time, stream_log
from operando.protocols.record.header import RunHeader
from operando.protocols.record.metadata import RunMetadata
from operando.protocols.record.rows import FrameRow, SensorRow, SpectrumRow
from operando.protocols.record.schema import SCHEMA, SCHEMA_KEY
from operando.protocols.record.truth import TrueState, read_truth

__all__ = ["Contents", "header_from", "header_values"]

_SAMPLES_A_FRAME = 100


@dataclass(slots=True)
class Contents:
    """What was recorded so far.

    Args:
        sample_count: how many samples are in the log.
        impedance: pieces of spectra (dtype IMPEDANCE_POINT) by step.
        events: run time and text.
        last_intent: number of the latest intent in the journal.
        end_s: the latest run time that is known.
        outcome: of the run; None while it runs.
        described: the metadata as `describe` last found it, and of how much.
    """

    folder: Path
    header: RunHeader
    sample_count: int = 0
    frames: list[FrameRow] = field(default_factory=list)
    spectra: list[SpectrumRow] = field(default_factory=list)
    impedance: dict[int, list[NDArray[np.void]]] = field(default_factory=dict)
    sensors: list[SensorRow] = field(default_factory=list)
    events: list[tuple[float, str]] = field(default_factory=list)
    last_intent: int = 0
    end_s: float = 0.0
    outcome: str | None = None
    described: tuple[tuple[object, ...], RunMetadata] | None = None

    def samples(self) -> Iterator[NDArray[np.void]]:
        """The samples in order, dtype SAMPLE, in pieces: a long run has more of them than fit into memory.

        The log may have grown meanwhile: no more than `sample_count`.
        """
        left = self.sample_count
        for samples in stream_log(self.folder / "samples.blocks"):
            if left:
                yield samples[:left]
            left -= min(left, len(samples))

    def samples_in_time(self) -> Iterator[NDArray[np.void]]:
        """The samples in order of time: those that were fetched late go where they belong.

        A record that has such samples is read whole.
        """
        latest_s = -np.inf
        for samples in self.samples():
            times_s = np.concatenate(([latest_s], samples["time_s"]))
            if np.any(np.diff(times_s) < 0):
                yield in_order_of_time(np.concatenate(list(self.samples())))
                return
            latest_s = times_s[-1]
        yield from self.samples()

    @property
    def truth(self) -> list[TrueState]:
        """True states of a simulated world; none of a real one."""
        return read_truth(self.folder)

    @property
    def amount(self) -> int:
        """How much there is, as the number of samples whose handling would cost as much."""
        rows = len(self.sensors) + len(self.events) + _SAMPLES_A_FRAME * (len(self.frames) + len(self.spectra))
        return self.sample_count + rows + sum(len(piece) for pieces in self.impedance.values() for piece in pieces)

    def impedance_of(self, step: int) -> NDArray[np.void]:
        """All points of the spectrum of a step, dtype IMPEDANCE_POINT."""
        return np.concatenate(self.impedance[step]).astype(IMPEDANCE_POINT)


def header_values(header: RunHeader) -> dict[str, JsonValue]:
    """The header as JSON, without the texts that have files of their own."""
    values = asdict(header)
    del values["protocol_text"], values["bench_text"], values["attachments"]
    known = {SCHEMA_KEY: SCHEMA, **values}
    return {**known, "start_wall": header.start_wall.isoformat(), "identities": list(values["identities"])}


def header_from(values: dict[str, JsonValue], protocol_text: str, bench_text: str) -> RunHeader:
    """The header from `header_values`.

    Raises:
        ValueError: if something is missing or of the wrong kind.
    """
    start = datetime.fromisoformat(str(values["start_wall"]))
    texts = {"protocol_text": protocol_text, "bench_text": bench_text, "start_wall": start}
    return _headers().validate_python({**values, **texts})


@cache
def _headers() -> TypeAdapter[RunHeader]:
    """Made once: it takes longer than a whole header."""
    return TypeAdapter(RunHeader)
