"""What happens to single lines of a picture: charging streaks and jitter."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import ScriptedCell, picture, scan

from operando.simulators.world.beam import BeamSettings
from operando.simulators.world.optics_drift import line_jitter_px
from operando.simulators.world.signal_charging import charged_lines
from operando.simulators.world.specimen import Specimen

LINES = range(4000)


def streaks(current_A: float, voltage_V: float = 5e3) -> NDArray[np.float32]:
    """What is added to an even signal."""
    signal = np.ones((len(LINES), 256), np.float32)
    charged_lines(signal, BeamSettings(voltage_V, current_A), LINES, 3)
    return signal - 1


def test_few_lines_flash_and_the_flash_fades_along_the_line() -> None:
    added = streaks(1e-10)
    flashing = np.abs(added).max(axis=1) > 0
    assert 0.002 < flashing.mean() < 0.008
    for line in np.abs(added[flashing]):
        begins = int(line.argmax())
        assert not line[:begins].any()
        assert (np.diff(line[begins:]) < 0).all()


@pytest.mark.parametrize(("current_A", "voltage_V"), [(4e-10, 5e3), (1e-10, 10e3)])
def test_harder_and_stronger_beams_charge_more(current_A: float, voltage_V: float) -> None:
    weak, strong = (np.abs(part).max(axis=1) > 0 for part in (streaks(1e-10), streaks(current_A, voltage_V)))
    assert strong.sum() == pytest.approx(2 * weak.sum(), rel=0.35)


def test_streaks_show_in_secondaries_and_not_in_backscattered_electrons() -> None:
    specimen = Specimen("coarse", 7, ScriptedCell())
    one, other = (
        picture(specimen, scan(dwell_s=1e-2, frame=frame, voltage_V=15e3, pixels=(64, 1500))) for frame in (1, 2)
    )
    uneven = []
    for first, second in zip(one, other, strict=True):
        ratio = first / second
        # a streak begins somewhere in the line; the flicker of the beam takes the whole line
        uneven.append(float(np.abs(ratio[:, 48:].mean(axis=1) / ratio[:, :16].mean(axis=1) - 1).max()))
    assert uneven[0] > 0.06
    assert uneven[1] < 0.03


def test_each_line_of_each_frame_is_a_little_off_sideways() -> None:
    specimen = Specimen("coarse", 7, ScriptedCell())
    first, second = (
        picture(specimen, scan(dwell_s=1e-2, detectors=("BSE",), frame=frame, focus_of=specimen))[0].astype(np.float64)
        for frame in (1, 2)
    )
    # of what differs between two lines, the part that goes with the slope; the flicker goes with the signal itself
    shift_px = [
        np.linalg.lstsq(np.column_stack([np.gradient(a), a]), b - a, rcond=None)[0][0]
        for a, b in zip(first, second, strict=True)
    ]
    # noise of 0.05 px in each of the two frames; the hum is the same in both, as they begin at the same moment
    assert float(np.std(shift_px)) == pytest.approx(0.05 * 2**0.5, rel=0.3)


def test_jitter_belongs_to_the_frame_and_holds_the_hum_of_the_mains() -> None:
    lines = np.arange(20_000)
    times_s = np.asarray(lines * 1.3e-3, np.float64)
    one, again, other = (line_jitter_px(5, frame, lines, times_s) for frame in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert float(one.std()) == pytest.approx((0.06**2 / 2 + 0.05**2) ** 0.5, rel=0.03)
    hum = 2 * abs(np.mean(one * np.exp(-2j * np.pi * 50.0 * times_s)))
    assert hum == pytest.approx(0.06, rel=0.05)
