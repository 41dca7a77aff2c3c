"""One question for each wire protocol whose right answer is known, asked through the driver."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from operando.drivers.bench import Bench, load_bench_file
from operando.drivers.bench.open import connect_bench
from operando.drivers.clock import VirtualClock
from operando.drivers.roles import Quality
from operando.simulators.faults import Effect, Overwrite, WireFaults
from operando.simulators.links import SimulatedLinks
from support.wires.forms import (
    CONTROL_CHARACTERS,
    MBAP,
    METHODSCRIPT_IDENTITY,
    METHODSCRIPT_STEP,
    MKS,
    SCPI,
    SHARKSEM,
    TPG,
    ZEM_REPLY,
)
from support.wires.questions import (
    Answer,
    as_answer,
    frame,
    pressures,
    rough_pressures,
    sample_of_a_rest,
    spectrum,
    whole_step,
)

__all__ = ["PROBES", "Answer", "WireProbe", "not_believed"]

BAD = (Quality.FAULT, Quality.STALE)


@dataclass(frozen=True, slots=True)
class WireProbe:
    """A question to one instrument.

    Args:
        protocol: the words on the wire.
        wire: the simulated instrument.
        entry: of the bench file.
        ask: asks, and gives the answer in a form in which two of them can be compared.
        deadline_s: longest time from asking to an answer or an error.
        datagrams: whether messages keep their limits.
        checked: whether every message carries a checksum, so that no changed one may ever be believed.
        anonymous: whether nothing in a reply tells its question, so that one of the same form can stand for another.
        meaningless: bytes that the protocol lets stand anywhere.
        well_formed: what a reply looks like, from the sheet, where nothing but its form tells that it was changed.
        own_faults: of replies, which only this protocol can have, by the name of the rule.
    """

    protocol: str
    wire: str
    entry: str
    ask: Callable[[Bench], Answer]
    deadline_s: float = 15.0
    datagrams: bool = False
    checked: bool = False
    anonymous: bool = False
    well_formed: "re.Pattern[bytes] | None" = None
    meaningless: bytes = b""
    own_faults: Mapping[str, Effect] = field(default_factory=dict)

    def as_the_wire_said(self, said: list[tuple[bytes, bytes]], changed: list[tuple[bytes, bytes]]) -> bool:
        """Whether another answer is the right one for what was changed: nothing could tell."""
        if self.anonymous and any(_twice(reply, of) for _, reply in changed for _, of in said):
            return True
        if self.checked or self.well_formed is None:
            return False
        pattern = self.well_formed
        replies = (reply for (_, was), (_, reply) in zip(said, changed, strict=True) if reply != was)
        return any(pattern.fullmatch(reply.translate(None, self.meaningless)) for reply in replies)

    def bench_text(self) -> str:
        """A bench with this instrument alone."""
        return f"""
operando_bench: 1
name: one instrument
instruments:
  probe: {self.entry}
record: {{institution: test, operator: test}}
"""

    def open(self) -> tuple[Bench, WireFaults]:
        """The instrument on a bench of its own, in virtual time, and its wire."""
        bench = connect_bench(*load_bench_file(self.bench_text()), VirtualClock())
        links = bench.links.scheme("sim")
        assert isinstance(links, SimulatedLinks)
        return bench, links.laboratory.wire_faults(self.wire)


def _twice(reply: bytes, said: bytes) -> bool:
    """Whether a reply came a second time, whole: the next question takes it for its own."""
    return bool(said) and reply == 2 * said


def not_believed(answer: Answer) -> bool:
    """Whether an instrument's readings are all marked as none: a refusal, and no wrong value."""
    return bool(answer) and all(isinstance(part, tuple) and len(part) == 1 and part[0] in BAD for part in answer)


WRONG_HEADERS = {
    "another transaction": Overwrite(at=0, hex="7777"),
    "another unit": Overwrite(at=6, hex="09"),
    "another function": Overwrite(at=7, hex="04"),
    "a length that is one too short": Overwrite(at=4, hex="000A"),
    "a length that is one too long": Overwrite(at=4, hex="000C"),
    "a length that no message has": Overwrite(at=4, hex="FFFF"),
}

PT100_OPTIONS = "{map: isma-sfar-s-6ti, unit: 3, quantities: {input 1: {place: cell}}}"
PT100 = f"{{driver: modbus, address: sim://sensors, options: {PT100_OPTIONS}}}"
KELLER_OPTIONS = "{map: keller-33x, unit: 1, place: box, framing: tcp}"
KELLER_OVER_TCP = f"{{driver: modbus, address: sim://sensors/gateway, options: {KELLER_OPTIONS}}}"
KEITHLEY_2450 = "{driver: keithley-2450, address: sim://keithley-2450}"
ZEM = "{driver: zem, address: sim://zem, options: {image: sim://zem/image, detectors: {SE: SE}, beam_current: 100 pA}}"
SEM = "{driver: tescan, address: sim://sem/control, options: {data: sim://sem/data, detectors: {SE: SE}}}"

PROBES = (
    WireProbe(
        "MethodSCRIPT, identity",
        "potentiostat",
        "{driver: emstat4-hr, address: sim://potentiostat}",
        lambda bench: (bench.potentiostat.identify(),),
        well_formed=METHODSCRIPT_IDENTITY,
        meaningless=CONTROL_CHARACTERS,
    ),
    WireProbe(
        "MethodSCRIPT, a step",
        "potentiostat",
        "{driver: emstat4-hr, address: sim://potentiostat}",
        whole_step,
        60.0,
        well_formed=METHODSCRIPT_STEP,
        meaningless=CONTROL_CHARACTERS,
    ),
    WireProbe("SharkSEM, stage", "sem", SEM, lambda bench: (bench.stage.position(),), well_formed=SHARKSEM),
    WireProbe("SharkSEM, column", "sem", SEM, lambda bench: (bench.column.conditions(),), well_formed=SHARKSEM),
    WireProbe("SharkSEM, a picture", "sem", SEM, frame((64, 48), 1e-6), 40.0, well_formed=SHARKSEM),
    WireProbe(
        "Amptek DPP, identity",
        "eds",
        "{driver: amptek-dp5, address: sim://eds}",
        lambda bench: (bench.eds.identify(),),
        datagrams=True,
        checked=True,
    ),
    WireProbe(
        "Amptek DPP, spectrum",
        "eds",
        "{driver: amptek-dp5, address: sim://eds}",
        spectrum,
        datagrams=True,
        checked=True,
    ),
    WireProbe(
        "Modbus RTU, Keller",
        "box",
        "{driver: keller-33x, address: sim://box, options: {unit: 1, place: box}}",
        pressures(100.0),
        checked=True,
    ),
    WireProbe(
        "Modbus TCP, Keller behind a gateway",
        "sensors",
        KELLER_OVER_TCP,
        lambda bench: tuple(as_answer(gauge.pressure(), 100.0) for gauge in bench.pressures.values()),
        well_formed=MBAP,
        own_faults=WRONG_HEADERS,
    ),
    WireProbe(
        "MethodSCRIPT, Nexus",
        "nexus",
        "{driver: nexus, address: sim://nexus}",
        lambda bench: (bench.potentiostat.identify(),),
        well_formed=METHODSCRIPT_IDENTITY,
        meaningless=CONTROL_CHARACTERS,
    ),
    WireProbe("SCPI, a step", "keithley-2450", KEITHLEY_2450, whole_step, 60.0, well_formed=SCPI),
    WireProbe(
        "SCPI of the 2400, identity",
        "keithley-2400",
        "{driver: keithley-2400, address: sim://keithley-2400}",
        lambda bench: (bench.potentiostat.identify(),),
        well_formed=SCPI,
    ),
    WireProbe(
        "SCPI of the 2400, a reading",
        "keithley-2400",
        "{driver: keithley-2400, address: sim://keithley-2400}",
        sample_of_a_rest,
        well_formed=SCPI,
    ),
    WireProbe(
        "SCPI of the 2400, a step",
        "keithley-2400",
        "{driver: keithley-2400, address: sim://keithley-2400}",
        whole_step,
        60.0,
        well_formed=SCPI,
    ),
    WireProbe(
        "Pfeiffer mnemonics",
        "tpg",
        "{driver: pfeiffer-tpg, address: sim://tpg, options: {places: {chamber: {channel: 1}}}}",
        rough_pressures,
        well_formed=TPG,
    ),
    WireProbe(
        "Pfeiffer telegrams",
        "telegrams",
        "{driver: pfeiffer-rs485, address: sim://telegrams, options: {place: chamber}}",
        rough_pressures,
        checked=True,
    ),
    WireProbe(
        "MKS 900",
        "mks",
        "{driver: mks-900, address: sim://mks, options: {place: chamber}}",
        rough_pressures,
        well_formed=MKS,
    ),
    WireProbe(
        "ZEM, a picture",
        "zem",
        ZEM,
        frame((128, 128), 200e-9),
        40.0,
        datagrams=True,
        well_formed=ZEM_REPLY,
    ),
    WireProbe("ZEM, stage", "zem", ZEM, lambda bench: (bench.stage.position(),), datagrams=True, well_formed=ZEM_REPLY),
    WireProbe(
        "Modbus RTU, load cell and Pt100 on one line",
        "sensors",
        PT100,
        lambda bench: tuple(as_answer(sensor.temperature(), 1.0) for sensor in bench.thermometers.values()),
        checked=True,
        anonymous=True,
    ),
)
