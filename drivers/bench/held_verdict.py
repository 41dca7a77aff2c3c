"""A verdict of the conformance suite opens the gate for exactly the instrument and the driver that were judged."""

from datetime import datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from operando.drivers.bench.file import InstrumentEntry
from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import Identity

__all__ = ["DRIVERS", "VERDICT_FILE", "require_verdict"]

DRIVERS = "operando.drivers"
VERDICT_FILE = "verdict.json"
VALID_FOR = timedelta(days=365)
GOOD = ("kept", "not offered")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Identity(_Part):
    vendor: str
    model: str
    serial: str
    firmware: str


class _Judged(_Part):
    name: str
    driver: str
    driver_package: str
    driver_version: str
    identity: _Identity
    simulated: bool


class _Result(_Part):
    id: str
    instrument: str
    outcome: str


class _Verdict(_Part):
    operando_verdict: Literal[1]
    on: datetime
    judged: tuple[_Judged, ...]
    results: tuple[_Result, ...]


def require_verdict(folder: Path, name: str, entry: InstrumentEntry, identity: Identity, now: datetime) -> None:
    """See that a verdict is about this instrument as it is now, young enough, and good.

    Args:
        folder: that holds the verdict.
        name: of the instrument in the bench file.
        entry: of it.
        identity: of what answers now.
        now: wall time in UTC.

    Raises:
        ConfigMismatch: if the verdict does not answer for it, with the reason.
    """
    try:
        verdict = _Verdict.model_validate_json((folder / VERDICT_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise _no_answer(name, folder, f"it cannot be read: {error}") from error
    judged = next((one for one in verdict.judged if one.driver == entry.driver and _same(one, identity)), None)
    if judged is None:
        raise _no_answer(name, folder, f"it is not about {entry.driver} with {identity}")
    package = entry_points(group=DRIVERS)[entry.driver].dist
    now_offered = (package.name, package.version) if package else ("", "")
    if (judged.driver_package, judged.driver_version) != now_offered:
        was = f"{judged.driver_package} {judged.driver_version}"
        raise _no_answer(name, folder, f"it is about the driver of {was}, and {' '.join(now_offered)} is installed")
    if judged.simulated:
        raise _no_answer(name, folder, "it is about a simulated instrument")
    if not timedelta() <= now - verdict.on <= VALID_FOR:
        raise _no_answer(name, folder, f"it is of {verdict.on:%Y-%m-%d}, and is valid for {VALID_FOR.days} days")
    own = [result for result in verdict.results if result.instrument == judged.name]
    bad = [f"{result.id} is {result.outcome}" for result in own if result.outcome not in GOOD]
    if bad or not own:
        raise _no_answer(name, folder, f"not every promise was kept: {'; '.join(bad[:3]) or 'none was judged'}")


def _same(judged: _Judged, identity: Identity) -> bool:
    """The same unit with the same firmware, wherever it is connected."""
    was = judged.identity
    return (was.vendor, was.model, was.serial, was.firmware) == (
        identity.vendor, identity.model, identity.serial, identity.firmware
    )  # fmt: skip


def _no_answer(name: str, folder: Path, why: str) -> ConfigMismatch:
    return ConfigMismatch(
        f"the verdict in {folder} does not answer for this instrument: {why}",
        where=name,
        remedy="Judge it anew with `operando bench check`, or take `verdict` out of the bench file.",
    )
