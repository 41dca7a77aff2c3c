"""Streams of a run as tables of pandas, which only this needs."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from operando.protocols.reading.packages import require_package

if TYPE_CHECKING:
    import pandas
    from _typeshed import DataclassInstance

__all__ = ["table_of_array", "table_of_records", "table_of_rows"]

_PURPOSE = "a table"


def table_of_rows(kind: type["DataclassInstance"], rows: Sequence["DataclassInstance"]) -> "pandas.DataFrame":
    """A column for each field, a row for each row.

    Raises:
        MissingPackage: if pandas is not installed.
    """
    names = [field.name for field in dataclasses.fields(kind)]
    frame = require_package("pandas", _PURPOSE).DataFrame
    return frame({name: [getattr(row, name) for row in rows] for name in names})


def table_of_records(records: Iterable[Mapping[str, object]]) -> "pandas.DataFrame":
    """A row for each record, a column for each name.

    Raises:
        MissingPackage: if pandas is not installed.
    """
    return require_package("pandas", _PURPOSE).DataFrame(list(records))


def table_of_array(values: NDArray[np.void]) -> "pandas.DataFrame":
    """A column for each field of a structured array.

    Raises:
        MissingPackage: if pandas is not installed.
    """
    frame = require_package("pandas", _PURPOSE).DataFrame
    return frame({name: values[name] for name in values.dtype.names or ()})
