"""A question about a time that is over is answered for the beam of that time, whenever it is asked."""

import pytest
from support.specimens import CATHODE_Y_M, ScriptedCell

from operando.simulators.world.beam import Beam, BeamSettings, StagePose
from operando.simulators.world.beam_history import BeamHistory
from operando.simulators.world.specimen import Specimen


def _beam() -> Beam:
    settings = BeamSettings(voltage_V=10e3, current_A=500e-12, field_width_m=20e-6)
    return Beam(settings, StagePose(1.2e-3, CATHODE_Y_M), on_specimen=True)


@pytest.mark.parametrize(
    ("asked", "pieces"),
    [
        pytest.param((0.0, 1.0), [(True, 0.0, 1.0)], id="before the change"),
        pytest.param((3.0, 4.0), [(False, 3.0, 4.0)], id="after it"),
        pytest.param((1.5, 4.0), [(True, 1.5, 2.0), (False, 2.0, 4.0)], id="across it"),
        pytest.param((2.0, 3.0), [(False, 2.0, 3.0)], id="from the moment of the change"),
        pytest.param((1.0, 2.0), [(True, 1.0, 2.0)], id="until the moment of the change"),
        pytest.param((5.0, 5.0), [], id="no time"),
    ],
)
def test_an_interval_is_cut_where_the_beam_changed(
    asked: tuple[float, float], pieces: list[tuple[bool, float, float]]
) -> None:
    history, beam = BeamHistory(), _beam()
    history.book(beam, 2.0)
    beam.on_specimen = False
    cut = [(then.on_specimen, since, until) for then, since, until in history.stretches(beam, *asked)]
    assert cut == pieces


def test_several_changes_in_one_interval() -> None:
    history, beam = BeamHistory(), _beam()
    for moment in (1.0, 2.0, 3.0):
        history.book(beam, moment)
        beam.on_specimen = not beam.on_specimen
    cut = [(then.on_specimen, since, until) for then, since, until in history.stretches(beam, 0.5, 3.5)]
    assert cut == [(True, 0.5, 1.0), (False, 1.0, 2.0), (True, 2.0, 3.0), (False, 3.0, 3.5)]


def test_the_spectrum_does_not_depend_on_when_one_looks_though_the_beam_goes_off() -> None:
    """The beam is on for a second and then off: who looks only afterwards sees the photons of that second, too."""

    def counted(looks: tuple[float, ...]) -> int:
        specimen, beam = Specimen("coarse", 1, ScriptedCell()), _beam()
        total, since = 0, 0.0
        for until in looks:
            if since < 1.0 <= until and beam.on_specimen:
                specimen.beam_changed(beam, 1.0)
                beam.on_specimen = False
            counts, _ = specimen.xray_counts(beam, since, until, 2048, 10.0, 0.0, 1e-6)
            total, since = total + int(counts.sum()), until
        return total

    assert counted((2.0,)) == counted((0.3, 0.9, 1.4, 2.0)) > 1000
