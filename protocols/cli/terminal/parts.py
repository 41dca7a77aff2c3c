"""What the display shows, as the followed record tells it: the same sections that the live page shows."""

from pydantic import BaseModel, ConfigDict

from operando.protocols.live.watch import Watch

__all__ = ["Alarm", "Cell", "Parts", "RunningStep", "Sensor", "parts_of"]


class _Part(BaseModel):
    """Sections have more than a terminal shows."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Identity(_Part):
    """Which run this is."""

    title: str
    sample: str
    batch: str
    simulated: bool
    nominal_capacity_C: float | None = None
    captures: list[str] = []


class Standing(_Part):
    """How the run stands: a word, its mood (`good`, `attention`, `alarm`, `over`) and why."""

    word: str
    mood: str
    why: str
    over: bool
    held: bool
    imaging_paused: bool
    lent_to: str = ""
    parking: bool = False


class RunningStep(_Part):
    """The step that runs, with its end conditions in words."""

    name: str
    cycle: int
    technique: str
    end: str
    elapsed_s: float
    remaining_s: float | None
    progress: float | None
    charge_C: float | None


class Cell(_Part):
    """The last sample and the running step."""

    now_s: float
    voltage_V: float | None
    current_A: float | None
    late_s: float | None
    step: RunningStep | None


class Alarm(_Part):
    """Something that is wrong; `grave` if somebody is needed now, `acknowledge` if a person has to clear it."""

    name: str
    kind: str
    text: str
    grave: bool
    acknowledge: bool
    condition_over: bool


class Alarms(_Part):
    """All that is wrong, and the phase by whose rules it is judged."""

    phase: str
    open: list[Alarm]


class Told(_Part):
    """A text and its run time."""

    text: str
    time_s: float


class Microscope(_Part):
    """Who holds it, and what was taken."""

    held_by: str
    last_capture: Told | None
    not_taken: int
    last_missed: Told | None
    pictures: int
    spectra: int


class Preparation(_Part):
    """The question that waits."""

    question: Told | None


class Timeline(_Part):
    """When the run should end."""

    end_s: float | None
    remaining_s: float | None


class RegionDose(_Part):
    """Electron dose of a region, and what it may be given."""

    region: str
    counted_C_per_m2: float
    budget_C_per_m2: float | None
    per_cycle: bool


class Sensor(_Part):
    """The last reading of a sensor in the unit that people use, and its limits."""

    name: str
    quantity: str
    unit: str
    last: float | None
    quality: str
    low: float | None
    high: float | None


class Storage(_Part):
    """Room on the disk."""

    free_bytes: int
    enough: bool


class Parts(_Part):
    """Everything that is shown at one moment."""

    identity: Identity
    standing: Standing
    cell: Cell
    alarms: Alarms
    microscope: Microscope
    preparation: Preparation
    timeline: Timeline
    dose: list[RegionDose]
    surroundings: list[Sensor]
    storage: Storage
    unreadable: str


def parts_of(watch: Watch) -> Parts:
    """The sections as they stand."""
    fields = (f'"{name}":'.encode() + watch.parts[name].data for name in Parts.model_fields)
    return Parts.model_validate_json(b"{" + b",".join(fields) + b"}")
