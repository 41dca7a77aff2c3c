"""The verdict as JSON, for machines and for the gate that stands before untested hardware."""

import json
import math
from dataclasses import asdict

from pydantic import JsonValue

from operando.drivers.conformance.measurement import Measurement
from operando.drivers.conformance.verdict import Result, Verdict

__all__ = ["verdict_text"]


def verdict_text(verdict: Verdict) -> str:
    """The text of `verdict.json`; `operando.drivers.bench.held_verdict` reads what the gate needs of it."""
    counts: dict[str, JsonValue] = {str(outcome): count for outcome, count in verdict.counts.items()}
    written: dict[str, JsonValue] = {
        "operando_verdict": 1,
        "bench": verdict.bench,
        "on": verdict.on.isoformat(),
        "passed": verdict.passed,
        "counts": counts,
        "allowed": list(verdict.allowed),
        "answers": verdict.answers,
        "judged": [asdict(judged) for judged in verdict.judged],
        "results": [_result(result) for result in verdict.results],
        "safe_states": [asdict(state) for state in verdict.safe_states],
    }
    return json.dumps(written, indent=1) + "\n"


def _result(result: Result) -> dict[str, JsonValue]:
    return {
        "id": result.id,
        "role": result.role,
        "instrument": result.instrument,
        "promise": result.promise,
        "outcome": result.outcome,
        "detail": result.detail,
        "started_s": result.started_s,
        "duration_s": result.duration_s,
        "measurements": [_measurement(measurement) for measurement in result.measurements],
    }


def _measurement(measurement: Measurement) -> dict[str, JsonValue]:
    return {
        "what": measurement.what,
        "value": _finite(measurement.value),
        "unit": measurement.unit,
        "lowest": _finite(measurement.lowest),
        "highest": _finite(measurement.highest),
        "because": measurement.because,
        "found": measurement.found,
        "kept": measurement.kept,
    }


def _finite(value: float) -> float | None:
    """JSON has no infinity and no NaN."""
    return value if math.isfinite(value) else None
