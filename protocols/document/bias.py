"""The bias of an impedance spectrum: a voltage, or the word `ocv`."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from operando.drivers.units import si

__all__ = ["Bias"]


def _bias(value: object) -> float | None:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not understood; expected 'ocv', or a voltage, for instance '3.7 V'")
    return None if value.strip().lower() == "ocv" else si(value, "V")


Bias = Annotated[
    float | None,
    PlainValidator(_bias),
    WithJsonSchema({"type": "string", "description": "ocv, or a voltage", "examples": ["ocv", "3.7 V"]}),
]
"""None keeps the open-circuit voltage that is found when the spectrum starts."""
