"""What a record knows about its run before anything has happened, and the names that follow from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from operando.drivers.roles import Identity
from operando.protocols.record.circumstances import Circumstances
from operando.protocols.sample_info import SampleInfo

__all__ = ["RunHeader", "name_for_files"]


@dataclass(frozen=True, slots=True)
class RunHeader:
    """The run as it starts.

    Args:
        start_wall: wall time at run time 0, with time zone. All wall times in the record are this plus run time.
        simulated: whether the bench is simulated; decides how often samples are synced (see `RunRecord`).
        protocol_file: name of the file that the scientist wrote, with `protocol_text` its text as run.
        bench_text: text of the bench file as run.
        attachments: texts of the files that the protocol refers to, by name; kept in `attachments/`.
        identities: of all instruments, in their own words.
        circumstances: what else the bench file tells.
        control_regions: those that are looked at only at the start and the end.
    """

    run_id: str
    title: str
    sample: SampleInfo
    institution: str
    operator: str
    start_wall: datetime
    simulated: bool
    microscope_vendor: str
    microscope_model: str
    protocol_file: str
    protocol_text: str
    bench_text: str
    identities: tuple[Identity, ...] = ()
    attachments: Mapping[str, str] = field(default_factory=dict)
    circumstances: Circumstances = field(default_factory=Circumstances)
    control_regions: tuple[str, ...] = ()

    @property
    def start_unix_s(self) -> float:
        """Seconds since 1970 (UTC) at run time 0."""
        return self.start_wall.timestamp()

    @property
    def bdf_stem(self) -> str:
        """`Institution__Cell__YYYYMMDD`, as the Battery Data Format names files."""
        institution, cell = name_for_files(self.institution), name_for_files(self.sample.name)
        return f"{institution}__{cell}__{self.start_wall.astimezone(UTC):%Y%m%d}"

    @property
    def simulation_mark(self) -> str:
        """Before every title, so that nobody takes a simulation for an experiment."""
        return "SIMULATION " if self.simulated else ""

    def wall_text(self, time_s: float) -> str:
        """Wall time at a run time, ISO 8601 with offset."""
        return (self.start_wall + timedelta(seconds=time_s)).isoformat(timespec="microseconds")


def name_for_files(text: str) -> str:
    """A name without anything that a file system or the `__` of the Battery Data Format would trip over."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.") or "unnamed"
