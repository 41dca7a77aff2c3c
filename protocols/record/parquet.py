"""The samples at full rate as Parquet with the labels of the Battery Data Format; needs pyarrow."""

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from operando.protocols.record.contents import Contents
from operando.protocols.record.durable import PART, Disk

__all__ = ["write_parquet"]

_COULOMB_PER_AMPERE_HOUR = 3600.0


def write_parquet(disk: Disk, contents: Contents) -> bool:
    """Write all samples; False if pyarrow is not installed or there are no samples."""
    if find_spec("pyarrow") is None or not contents.sample_count:
        return False
    import pyarrow
    import pyarrow.parquet

    path = contents.folder / f"{contents.header.bdf_stem}_001.bdf.parquet"
    temporary = path.with_name(path.name + PART)
    writer = None
    for samples in contents.samples_in_time():
        table = pyarrow.table(_columns(samples, contents.header.start_unix_s))
        writer = writer or pyarrow.parquet.ParquetWriter(
            temporary, table.schema, compression="zstd", use_dictionary=False
        )
        writer.write_table(table)
    if writer is None:
        return False
    writer.close()
    disk.publish(temporary, path)
    return True


def _columns(samples: NDArray[np.void], start_unix_s: float) -> dict[str, NDArray[np.generic]]:
    capacity_Ah = samples["charge_C"] / _COULOMB_PER_AMPERE_HOUR
    columns = {
        "Test Time / s": samples["time_s"],
        "Voltage / V": samples["voltage_V"],
        "Current / A": samples["current_A"],
        "Unix Time / s": start_unix_s + samples["time_s"],
        "Cycle Count / 1": samples["cycle"],
        "Step Count / 1": samples["step"],
        "Record Index / 1": samples["sequence"],
        "Step Time / s": samples["elapsed_s"],
        "Step Charging Capacity / Ah": np.maximum(capacity_Ah, 0.0),
        "Step Discharging Capacity / Ah": np.maximum(-capacity_Ah, 0.0),
    }
    return {label: np.ascontiguousarray(values) for label, values in columns.items()}
