"""The MethodSCRIPT instruments beside the EmStat4 HR: which answers, what each can do, and what a Pico refuses."""

import pytest
from support.emstat_mouth import EmStatMouth
from support.one_instrument import context_for

from operando.drivers.bench.roles import DriverFactory
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, LimitRefused
from operando.drivers.potentiostats.emstat import open_emstat4_hr
from operando.drivers.potentiostats.methodscript_instruments import open_emstat4_lr, open_emstat_pico, open_nexus
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    Impedance,
    OpenCircuit,
    Potentiostat,
    Potentiostatic,
    Step,
    Technique,
)

FIRMWARE: dict[DriverFactory, bytes] = {
    open_emstat4_lr: b"tes4_lr1500#Mar 12 2026 14:28:01\nR*\n",
    open_nexus: b"tnexus11100#Mar 12 2026 14:28:01\nR*\n",
    open_emstat_pico: b"tespico1301#Mar 12 2026 14:28:01\nR*\n",
}
GUARD = Guard((-0.1, 1.0), (-1e-3, 1e-3), 3600.0)


def opened(factory: DriverFactory, mouth: EmStatMouth | None = None) -> Potentiostat:
    mouth = mouth or EmStatMouth(VirtualClock())
    mouth.firmware = FIRMWARE[factory]
    potentiostat = factory(context_for(mouth.links, mouth.clock, {"on_board_log": False})).potentiostat
    assert potentiostat is not None
    return potentiostat


@pytest.mark.parametrize(
    ("factory", "model", "volts", "amperes", "hertz"),
    [
        (open_emstat4_lr, "EmStat4 LR", (-3.0, 3.0), 30e-3, 200e3),
        (open_nexus, "Nexus", (-10.0, 10.0), 1.0, 1e6),
        (open_emstat_pico, "EmStat Pico", (-1.7, 2.0), 3e-3, 200e3),
    ],
)
def test_models_and_what_they_can_do(
    factory: DriverFactory, model: str, volts: tuple[float, float], amperes: float, hertz: float
) -> None:
    instrument = opened(factory)
    can = instrument.capabilities
    assert instrument.identify().model == model
    assert (can.voltage_range_V, can.current_range_A) == (volts, (-amperes, amperes))
    assert can.impedance_frequency_Hz is not None and can.impedance_frequency_Hz[1] == hertz
    assert can.galvanostatic is (model != "EmStat Pico")


@pytest.mark.parametrize(
    ("factory", "name"),
    list(zip(FIRMWARE, ("an EmStat4 LR", "a Nexus", "an EmStat Pico"), strict=True)),
    ids=["LR", "Nexus", "Pico"],
)
def test_another_model_is_refused_by_its_name(factory: DriverFactory, name: str) -> None:
    with pytest.raises(ConfigMismatch, match=f"here answers EmStat4 HR, not {name}"):
        factory(context_for(EmStatMouth(VirtualClock()).links, VirtualClock()))
    mouth = EmStatMouth(VirtualClock())
    mouth.firmware = FIRMWARE[factory]
    with pytest.raises(ConfigMismatch, match="not an EmStat4 HR"):
        open_emstat4_hr(context_for(mouth.links, mouth.clock))


def test_a_pico_refuses_a_constant_current_and_says_why() -> None:
    mouth = EmStatMouth(VirtualClock())
    with pytest.raises(LimitRefused, match=r"holds voltages only, it has no galvanostat.*nothing was sent"):
        opened(open_emstat_pico, mouth).start(Step(1, Galvanostatic(1e-4, 0.9), GUARD))
    assert mouth.scripts == []


@pytest.mark.parametrize(
    ("technique", "guard", "words"),
    [
        (Potentiostatic(3.7), Guard((2.4, 4.35), (-1e-3, 1e-3), 60.0), r"limit of the guard 4\.35 V is outside -1\.7"),
        (OpenCircuit(), Guard((-1.0, 1.9), (-1e-3, 1e-3), 60.0), r"2\.9 V wide, the instrument follows 2\.6 V"),
        (Impedance(1e3, 1.0, 5, 0.01), Guard((-0.3, 1.0), (-1e-3, 1e-3), 60.0), r"1\.3 V wide.*1\.214 V in mode 3"),
    ],
    ids=["a lithium cell", "a wide guard", "a wide guard for impedance"],
)
def test_a_pico_refuses_what_it_cannot_follow(technique: Technique, guard: Guard, words: str) -> None:
    mouth = EmStatMouth(VirtualClock())
    with pytest.raises(LimitRefused, match=words):
        opened(open_emstat_pico, mouth).start(Step(1, technique, guard))
    assert mouth.scripts == []


@pytest.mark.parametrize(
    ("technique", "words"),
    [
        (
            Potentiostatic(0.5),
            "set_pgstat_mode 4\nset_max_bandwidth 5850m\nset_range_minmax da -100m 1\nset_range ba 1m\n",
        ),
        (OpenCircuit(), "set_pgstat_mode 4\nset_max_bandwidth 5850m\nset_range_minmax da -100m 1\ncell_off\n"),
        (Impedance(1e3, 1.0, 5, 0.01), "set_pgstat_mode 3\nset_max_bandwidth 200k\nset_range_minmax da -100m 1\n"),
    ],
    ids=["hold", "rest", "impedance"],
)
def test_a_pico_is_told_between_which_voltages_it_works(technique: Technique, words: str) -> None:
    mouth = EmStatMouth(VirtualClock())
    opened(open_emstat_pico, mouth).start(Step(1, technique, GUARD))
    assert words in mouth.scripts[0] and "set_range ab" not in mouth.scripts[0]
