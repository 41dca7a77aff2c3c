"""CSV, Parquet and EC-Lab text hold the values of the record."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from operando.protocols.export import Selection, export_run
from operando.protocols.reading import Run


def read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_table(run: Run, tmp_path: Path, kind: str) -> None:
    written = export_run(run, kind, out=tmp_path)
    names = ("samples", "frames", "spectra", "sensors", "impedance")
    assert [path.name for path in written] == [f"{name}.{kind}" for name in names]
    samples, frames, spectra, sensors, impedance = (read(path) for path in written)
    assert np.array_equal(samples["Voltage / V"], run.samples["voltage_V"])
    assert np.array_equal(samples["Unix Time / s"], run.header.start_unix_s + run.samples["time_s"])
    charging = run.samples["charge_C"] > 0
    assert samples["Step Charging Capacity / Ah"][charging].to_numpy() == pytest.approx(
        run.samples["charge_C"][charging] / 3600.0
    )
    assert (samples["Step Discharging Capacity / Ah"][charging] == 0.0).all()
    assert frames["start_s"].tolist() == [frame.start_s for frame in run.frames]
    assert spectra["kind"].tolist() == ["point", "map"]
    assert np.isnan(spectra["input_rate_Hz"][1])
    assert sensors["value"].tolist() == [101325.0 + minute for minute in range(6)]
    (recorded,) = run.impedance
    assert impedance["Imaginary Impedance / ohm"].tolist() == recorded.points["imaginary_ohm"].tolist()
    assert impedance["Step Count / 1"].tolist() == [recorded.step] * 5


@pytest.mark.parametrize(
    ("selection", "name", "times_s"),
    [
        (Selection(cycle=2), "samples_cycle2.csv", (120.0, 239.0)),
        (Selection(since_s=10.0, until_s=20.0), "samples_from10s_to20s.csv", (10.0, 19.0)),
        (Selection(cycle=1, since_s=100.0), "samples_cycle1_from100s.csv", (100.0, 119.0)),
    ],
    ids=["cycle", "time", "both"],
)
def test_a_part(run: Run, tmp_path: Path, selection: Selection, name: str, times_s: tuple[float, float]) -> None:
    export_run(run, "csv", selection, tmp_path)
    samples = read(tmp_path / name)
    assert (samples["Test Time / s"].iloc[0], samples["Test Time / s"].iloc[-1]) == times_s


def test_a_region_leaves_out_the_others(run: Run, tmp_path: Path) -> None:
    names = {path.name for path in export_run(run, "csv", Selection(region="anode"), tmp_path)}
    assert names == {"samples.csv", "frames.csv", "sensors.csv", "impedance.csv"}
    assert set(read(tmp_path / "frames.csv")["region"]) == {"anode"}


def mpt_of(path: Path) -> tuple[list[str], pd.DataFrame]:
    lines = path.read_bytes().decode("cp1252").split("\r\n")
    count = int(lines[1].removeprefix("Nb header lines : "))
    names = lines[count - 1].split("\t")[:-1]
    rows = [list(map(float, line.split("\t"))) for line in lines[count:-1]]
    return lines[:count], pd.DataFrame(rows, columns=names)


def test_ec_lab_text(run: Run, tmp_path: Path) -> None:
    cell, spectrum = export_run(run, "mpt", out=tmp_path)
    header, table = mpt_of(cell)
    assert header[0] == "EC-Lab ASCII FILE"
    assert header[3] == "Modulo Bat"
    assert "Acquisition started on : 11/22/2026 09:00:00.000000" in header
    assert any("SIMULATED run" in line for line in header)
    assert table["Ecell/V"].to_numpy() == pytest.approx(run.samples["voltage_V"], rel=1e-15)
    assert table["I/mA"].to_numpy() == pytest.approx(run.samples["current_A"] * 1e3)
    assert table["time/s"].tolist() == run.samples["time_s"].tolist()
    assert table["cycle number"].tolist() == run.samples["cycle"].tolist()
    assert table["ox/red"].tolist() == (run.samples["current_A"] > 0).astype(int).tolist()
    assert np.flatnonzero(table["Ns changes"]).tolist() == [60, 120, 180, 240, 300]
    # the journal names the technique of the first step alone
    assert table["mode"].tolist() == [1.0] * 60 + [3.0] * 300
    _, points = mpt_of(spectrum)
    assert points["freq/Hz"].tolist() == [1e5, 1e4, 1e3, 1e2, 1e1]
    assert points["-Im(Z)/Ohm"].tolist() == [1.0, 5.0, 3.0, 2.0, 8.0]


def test_the_charge_of_ec_lab_text_runs_on_from_step_to_step(run: Run, tmp_path: Path) -> None:
    table = mpt_of(export_run(run, "mpt", out=tmp_path)[0])[1]
    net_mAh = table["(Q-Qo)/mA.h"]
    step_mAh = 120e-6 * 59.0 / 3.6
    assert net_mAh[59] == pytest.approx(step_mAh)
    assert net_mAh[60] == pytest.approx(step_mAh)
    assert net_mAh[119] == pytest.approx(0.0, abs=1e-12)
    later = mpt_of(export_run(run, "mpt", Selection(cycle=2), tmp_path)[0])[1]
    assert later["(Q-Qo)/mA.h"].tolist() == net_mAh[120:240].tolist()
