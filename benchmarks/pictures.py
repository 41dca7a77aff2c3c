"""CPU time of pictures and maps of the simulated world, each as one JSON line; exit 1 over the limits.

A run: 1024 x 768 pixels at three regions in turn while an aged cell is charged, both detectors, with all effects and
their truth. The first picture of a region draws its grains; the mean over the run counts. What Python spends on loading
scipy does not.

python benchmarks/pictures.py
"""

import json
import sys
import time
from dataclasses import replace
from importlib import import_module

from operando.simulators.world.beam import Beam, BeamSettings, Exposure, StagePose
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import PresetName, cell_preset
from operando.simulators.world.specimen import Specimen
from operando.simulators.world.spectrum_response import Channels

FRAMES = 200
MOST_PER_FRAME_S, MOST_PER_MAP_S = 0.030, 0.300
REGIONS = (((1.2e-3, -0.350e-3), 120e-6), ((1.2e-3, -0.650e-3), 120e-6), ((1.2e-3, -0.980e-3), 20e-6))
DETECTORS = ("SE", "BSE")


def aged(batch: PresetName) -> tuple[SimulatedCell, float]:
    """A cell that has lost contact and is being charged for the twelfth time."""
    cell, time_s = SimulatedCell(cell_preset(batch), 1), 0.0
    for half in range(22):
        cell.drive_current(0.118e-3 if half % 2 == 0 else -0.118e-3, time_s)
        time_s += 8.5 * 3600.0
        cell.measure(time_s)
    cell.drive_current(0.118e-3, time_s)
    return cell, time_s


def run(batch: PresetName) -> float:
    """Seconds of CPU for each frame of one detector, on average over a run."""
    cell, start_s = aged(batch)
    specimen, spent_s = Specimen(batch, 1, cell), 0.0
    for number in range(FRAMES // len(DETECTORS)):
        (x_m, y_m), width_m = REGIONS[number % len(REGIONS)]
        settings = BeamSettings(5e3, 1e-10, 0.01, width_m)
        beam = Beam(settings, StagePose(x_m, y_m), True, None)
        best_m = specimen.best_working_distance_m(beam)
        beam.settings = BeamSettings(5e3, 1e-10, best_m, width_m)
        now = start_s + 200.0 * number
        scan = Exposure(beam.stage, beam.settings, DETECTORS, (1024, 768), 5e-6, now, 5.2e-3, number)
        began = time.process_time()
        # until now it was blanked, as it is between the scans of a run
        specimen.beam_changed(replace(beam, on_specimen=False), now)
        specimen.expose(scan, range(768))
        specimen.beam_changed(beam, scan.end_s)
        specimen.field_truth(now)
        specimen.field_truth(scan.end_s)
        spent_s += time.process_time() - began
    return spent_s / FRAMES


def mapped() -> float:
    """Seconds of CPU for a map of 128 x 128 points and 1024 channels, everything drawn anew."""
    cell, now = aged("fine")
    specimen = Specimen("fine", 1, cell)
    best_s = float("inf")
    for number in range(3):
        beam = Beam(BeamSettings(10e3, 1e-9, 0.01, 20e-6), StagePose(1.2e-3 + number * 30e-6, -0.98e-3), True, None)
        began = time.process_time()
        specimen.xray_map(beam, now, (128, 128), 5e-3, Channels(1024, 10.0, 0.0), 1e-6)
        best_s = min(best_s, time.process_time() - began)
    return best_s


def main() -> int:
    for module in ("scipy.fft", "scipy.ndimage", "scipy.spatial", "scipy.special"):
        import_module(module)
    frames_s = {batch: run(batch) for batch in ("fine", "coarse")}
    for batch, took_s in frames_s.items():
        print(json.dumps({"part": f"frame, {batch}", "cpu_ms": round(1e3 * took_s, 1), "frames": FRAMES}), flush=True)
    map_s = mapped()
    print(json.dumps({"part": "map 128 x 128", "cpu_ms": round(1e3 * map_s, 1)}), flush=True)
    return 0 if max(frames_s.values()) < MOST_PER_FRAME_S and map_s < MOST_PER_MAP_S else 1


if __name__ == "__main__":
    sys.exit(main())
