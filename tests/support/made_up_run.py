"""A small run made up for tests of the record: header, samples, pictures, spectra."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import (
    IMPEDANCE_POINT,
    SAMPLE,
    BeamConditions,
    DetectorSettings,
    Identity,
    Image,
    Spectrum,
    StagePosition,
)
from operando.protocols.program import SampleInfo
from operando.protocols.record import FrameState, RunHeader, SpectrumState

__all__ = [
    "MadeUpTruth",
    "frame_state",
    "impedance_points",
    "picture",
    "run_header",
    "sample_block",
    "spectrum",
    "spectrum_map",
    "spectrum_state",
]

STEP_S = 60.0


def run_header(simulated: bool = True) -> RunHeader:
    return RunHeader(
        run_id="20261122T090000Z_LPSCl-coarse-03",
        title="LPSCl 50-150 um",
        sample=SampleInfo(
            "LPSCl-coarse-03", 4.32, 0.785e-4, "coarse", prepared="2026-11-20", elements=("Li", "P", "S", "Cl")
        ),
        institution="Test Institute",
        operator="A. Nobody",
        start_wall=datetime(2026, 11, 22, 9, tzinfo=UTC),
        simulated=simulated,
        microscope_vendor="TESCAN",
        microscope_model="MIRA3",
        protocol_file="cycling.yaml",
        protocol_text="operando: 1\n",
        bench_text="operando_bench: 1\n",
        identities=(Identity("TESCAN", "MIRA3", "117-0042", "3.2.9", "sim://sem"),),
    )


class MadeUpTruth:
    """A world in which everything can be told from the time."""

    def at(self, time_s: float) -> Mapping[str, float]:
        return {"lithium_growth_m": time_s * 1e-9, "contact_loss": 0.25}


def sample_block(first: int, count: int, every_s: float = 1.0) -> NDArray[np.void]:
    """Samples number `first` and on: steps of a minute, charge and discharge in turn."""
    block = np.zeros(count, SAMPLE)
    number = np.arange(first, first + count)
    time_s = number * every_s
    step = (time_s // STEP_S).astype(int)
    current_A = np.where(step % 2 == 0, 120e-6, -120e-6)
    block["sequence"] = number
    block["time_s"] = time_s
    block["elapsed_s"] = time_s % STEP_S
    block["voltage_V"] = 3.6 + np.sign(current_A) * 0.001 * (time_s % STEP_S)
    block["current_A"] = current_A
    block["charge_C"] = current_A * (time_s % STEP_S)
    block["step"] = step + 1
    block["cycle"] = step // 2 + 1
    block["time_uncertainty_s"] = 0.001
    return block


def picture(
    number: int,
    detector: str = "SE",
    start_s: float = 0.0,
    shape: tuple[int, int] = (6, 8),
    bits: int = 16,
    pixel_size_m: float = 1e-7,
) -> Image:
    """A picture whose pixels are told by its number."""
    random = np.random.default_rng(number)
    pixels = random.integers(0, 2**bits, shape)
    return Image(
        pixels.astype(np.uint8) if bits == 8 else pixels.astype(np.uint16),
        detector,
        pixel_size_m,
        start_s,
        0.01,
        1e-3,
        BeamConditions(5000.0, 1e-10, 5e-3, pixel_size_m * shape[1], (1e-6, -1e-6), (0.1, -0.2), 0.01),
        StagePosition(1.2e-3, -3.5e-4, 1e-2, 0.1, 0.2),
        DetectorSettings(48.0, 52.0),
        1e-5,
    )


def frame_state(region: str = "anode", voltage_V: float = float("nan")) -> FrameState:
    return FrameState(
        region=region,
        capture="overview",
        trigger='every 15 min, "during" charge',
        line=31,
        tile=(1, 2),
        cycle=1,
        step=1,
        step_name="charge",
        voltage_at_start_V=voltage_V,
        voltage_at_end_V=voltage_V,
        current_at_start_A=120e-6,
        current_at_end_A=120e-6,
        charge_at_start_C=0.01,
        charge_at_end_C=0.011,
        dose_C_per_m2=1.5,
    )


def spectrum(number: int, start_s: float = 0.0) -> Spectrum:
    energy_eV = np.arange(256) * 20.0
    peaks = 5 + 300 * np.exp(-(((energy_eV - 2307) / 60) ** 2))
    counts = np.random.default_rng(number).poisson(peaks).astype(np.uint32)
    return Spectrum(counts, 20.0, 0.0, 12.5, 15.0, 4000.0, 3500.0, start_s, start_s + 15.0, 1e-3)


def spectrum_state(beam_voltage_V: float = 10e3) -> SpectrumState:
    return SpectrumState(
        region="cathode",
        capture="chemistry",
        trigger="rendezvous",
        line=20,
        position=(0.5, 0.25),
        beam_voltage_V=beam_voltage_V,
        beam_current_A=500e-12,
        point_distance_m=(2e-7, 1e-7),
        start_s=30.0,
        end_s=50.0,
        channel_width_eV=20.0,
        elevation_rad=0.6,
        voltage_at_start_V=3.6,
    )


def spectrum_map() -> NDArray[np.uint32]:
    return np.random.default_rng(0).poisson(3.0, (4, 3, 256)).astype(np.uint32)


def impedance_points() -> NDArray[np.void]:
    points = np.zeros(5, IMPEDANCE_POINT)
    points["time_s"] = [40.0, 41.0, 42.0, 43.0, 44.0]
    points["frequency_Hz"] = [1e5, 1e4, 1e3, 1e2, 1e1]
    points["real_ohm"] = [10.0, 20.0, 30.0, 35.0, 36.0]
    points["imaginary_ohm"] = [-1.0, -5.0, -3.0, -2.0, -8.0]
    points["step"] = 3
    return points
