"""A protocol as it is written: the model of the whole YAML document."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from operando.drivers.documents import StrictModel
from operando.drivers.units import PositiveTime
from operando.protocols.document.amounts import DoseLimitText
from operando.protocols.document.flows import FailuresEntry, SettlingEntry
from operando.protocols.document.focus import BeamWatchEntry, FocusEntry
from operando.protocols.document.following import FollowingEntry
from operando.protocols.document.imaging import CaptureEntry, FiducialEntry, RegionEntry
from operando.protocols.document.interlocks import InterlockEntry, interlock_problems
from operando.protocols.document.sample import RecordEntry, SafetyEntry, SampleEntry
from operando.protocols.document.steps import CyclingEntry
from operando.protocols.document.triggers import TriggerEntry
from operando.protocols.policies import IfChanged

__all__ = ["SPOT", "ProtocolFile", "UnicyclerEntry"]

SPOT = "spot"
"""The word for any spot under a parked beam, among the regions that have a dose budget."""

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]*$")]
"""Names of regions and captures become parts of file names."""


class UnicyclerEntry(StrictModel):
    """Cycling that stands in an aurora-unicycler JSON file, beside this document."""

    unicycler: Annotated[str, Field(min_length=1)]


def _written_as(value: object) -> str:
    return "<file>" if isinstance(value, dict) else "<list>"


class ProtocolFile(StrictModel):
    """Everything that may stand in a protocol."""

    operando: Literal[1]
    title: Annotated[str, Field(min_length=1)]
    sample: SampleEntry
    safety: SafetyEntry | None = None
    record: RecordEntry = RecordEntry()
    cycling: Annotated[
        Annotated[tuple[CyclingEntry, ...], Tag("<list>")] | Annotated[UnicyclerEntry, Tag("<file>")],
        Discriminator(_written_as),
    ] = ()
    imaging_only: PositiveTime | None = None
    regions: dict[Name, RegionEntry] = Field(default_factory=dict)
    fiducials: dict[Name, FiducialEntry] = Field(default_factory=dict, max_length=3)
    captures: dict[Name, CaptureEntry] = Field(default_factory=dict)
    when: tuple[TriggerEntry, ...] = ()
    dose: dict[str, DoseLimitText] = Field(default_factory=dict)
    interlocks: tuple[InterlockEntry, ...] = ()
    failures: FailuresEntry = FailuresEntry()
    settling: SettlingEntry = SettlingEntry()
    if_changed: IfChanged = "restore"
    following: FollowingEntry = FollowingEntry()
    focus: FocusEntry | None = None
    beam_watch: BeamWatchEntry = BeamWatchEntry()

    def contradictions(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What does not go together, each with its path."""
        if not self.cycling and self.imaging_only is None:
            yield (), "there is nothing to do: give 'cycling', or 'imaging_only: 2 h' to take pictures only"
        if self.cycling and self.imaging_only is not None:
            yield ("imaging_only",), "is for a protocol without 'cycling'"
        if len(self.fiducials) == 1:
            yield ("fiducials",), "one place tells no angle: give two or three, far apart"
        yield from interlock_problems(self.interlocks)
        if SPOT in self.regions:
            what = f"no region may be called {SPOT!r}: in 'dose' it means any spot under a parked beam"
            yield ("regions", SPOT), what
