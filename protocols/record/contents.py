"""Everything that is in a record, in memory: what `run.nxs`, Parquet and the RO-Crate are made from."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue, TypeAdapter

from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE
from operando.protocols.record.header import RunHeader
from operando.protocols.record.rows import FrameRow, SensorRow, SpectrumRow

__all__ = ["Contents", "header_from", "header_values"]


@dataclass(slots=True)
class Contents:
    """What was recorded so far.

    Args:
        raw_samples: samples as bytes, because those can grow in place.
        counts: of point spectra, by the number of their row.
        impedance: pieces of spectra (dtype IMPEDANCE_POINT) by step.
        events: run time and text.
        last_intent: number of the latest intent in the journal.
        end_s: the latest run time that is known.
        outcome: of the run; None while it runs.
    """

    folder: Path
    header: RunHeader
    raw_samples: bytearray = field(default_factory=bytearray)
    frames: list[FrameRow] = field(default_factory=list)
    spectra: list[SpectrumRow] = field(default_factory=list)
    counts: dict[int, NDArray[np.uint32]] = field(default_factory=dict)
    impedance: dict[int, list[NDArray[np.void]]] = field(default_factory=dict)
    sensors: list[SensorRow] = field(default_factory=list)
    events: list[tuple[float, str]] = field(default_factory=list)
    last_intent: int = 0
    end_s: float = 0.0
    outcome: str | None = None

    def samples(self) -> NDArray[np.void]:
        """A copy of all samples, dtype SAMPLE."""
        return np.frombuffer(bytes(self.raw_samples), SAMPLE)

    def impedance_of(self, step: int) -> NDArray[np.void]:
        """All points of the spectrum of a step, dtype IMPEDANCE_POINT."""
        return np.concatenate(self.impedance[step]).astype(IMPEDANCE_POINT)


def header_values(header: RunHeader) -> dict[str, JsonValue]:
    """The header as JSON, without the texts that have files of their own."""
    values = asdict(header)
    del values["protocol_text"], values["bench_text"], values["attachments"]
    return {**values, "start_wall": header.start_wall.isoformat(), "identities": list(values["identities"])}


def header_from(values: dict[str, JsonValue], protocol_text: str, bench_text: str) -> RunHeader:
    """The header from `header_values`.

    Raises:
        ValueError: if something is missing or of the wrong kind.
    """
    start = datetime.fromisoformat(str(values["start_wall"]))
    texts = {"protocol_text": protocol_text, "bench_text": bench_text, "start_wall": start}
    return TypeAdapter(RunHeader).validate_python({**values, **texts})
