"""One question for each wire protocol whose right answer is known, asked through the driver."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from operando.drivers.bench import Bench, load_bench_file
from operando.drivers.bench.open import connect_bench
from operando.drivers.clock import Clock, VirtualClock
from operando.drivers.errors import StaleReply
from operando.drivers.roles import FrameRequest, Guard, OpenCircuit, Quality, Reading, Step, StepEndReason
from operando.simulators.faults import WireFaults
from operando.simulators.links import SimulatedLinks

__all__ = ["PROBES", "Answer", "WireProbe", "not_believed"]

Answer = tuple[object, ...]
BAD = (Quality.FAULT, Quality.STALE)
LOOK_EVERY_S = 0.2
MOST_LOOKS = 200
"""Longer than a potentiostat stays silent before its driver asks whether the step still runs."""


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

    def as_the_wire_said(self, said: list[tuple[bytes, bytes]], changed: list[tuple[bytes, bytes]]) -> bool:
        """Whether another answer is the right one for what was changed: nothing could tell."""
        if self.anonymous and any(_twice(reply, of) for _, reply in changed for _, of in said):
            return True
        if self.checked or self.well_formed is None:
            return False
        pattern = self.well_formed
        replies = (reply for request, reply in changed if (request, reply) not in said)
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


def _settled(value: float, step: float) -> float:
    """Without the noise of the sensor."""
    return round(value / step) * step


def _reading(reading: Reading, step: float) -> Answer:
    if reading.quality is not Quality.OK:
        return (reading.quality,)
    return (reading.unit, _settled(reading.value, step))


def _whole_step(bench: Bench) -> Answer:
    """An open-circuit step of 2 s: every sample once, in order, and why it ended."""
    potentiostat, clock = bench.potentiostat, bench.clock
    if potentiostat.running() is not None:
        potentiostat.end_step()
        _until_idle(bench)
    number = 1 + round(clock.now() / LOOK_EVERY_S)  # never twice, and the same in a recording and its replay
    guard = Guard(voltage_V=(0.5, 4.5), current_A=(-1e-3, 1e-3), maximum_duration_s=10.0)
    potentiostat.start(Step(number, OpenCircuit(), guard, duration_s=2.0))
    voltages: list[float] = []
    for _ in range(MOST_LOOKS):
        _wait(clock)
        samples = potentiostat.poll()
        voltages += [_settled(float(voltage), 5e-3) for voltage in samples.block["voltage_V"]]
        if samples.end is not None and samples.end.step == number:
            if samples.end.reason is StepEndReason.UNKNOWN:
                raise StaleReply("the end of the step was not told")  # an honest word, and no wrong one
            return (len(voltages), tuple(sorted(set(voltages))), samples.end.reason)
    return ("the step did not end",)


def _until_idle(bench: Bench) -> None:
    for _ in range(40):
        if bench.potentiostat.running() is None:
            return
        _wait(bench.clock)
        bench.potentiostat.poll()


def _wait(clock: Clock) -> None:
    clock.sleep_until(clock.now() + LOOK_EVERY_S)


def _frame(pixels: tuple[int, int], dwell_s: float) -> Callable[[Bench], Answer]:
    def ask(bench: Bench) -> Answer:
        """A small picture."""
        scanner = bench.scanner
        scanner.stop()
        scanner.start(FrameRequest(tuple(bench.detectors.available()[:1]), pixels, dwell_s))
        for _ in range(60):
            _wait(bench.clock)
            if scanner.progress().complete:
                return tuple((image.detector, image.pixels.shape, image.stage) for image in scanner.images())
        return ("the picture did not come",)

    return ask


def _spectrum(bench: Bench) -> Answer:
    spectrum = bench.eds.spectrum()
    return (spectrum.counts.shape, int(np.asarray(spectrum.counts).sum()) >= 0, spectrum.channel_width_eV)


def _pressures(step: float) -> Callable[[Bench], Answer]:
    def ask(bench: Bench) -> Answer:
        return tuple((place, _reading(gauge.pressure(), step)) for place, gauge in sorted(bench.pressures.items()))

    return ask


def _rough_pressures(bench: Bench) -> Answer:
    """Of gauges that show a pressure over many decades."""
    readings = [gauge.pressure() for _, gauge in sorted(bench.pressures.items())]
    return tuple(
        (r.quality, r.unit, round(4 * np.log10(r.value))) if r.quality is Quality.OK else (r.quality,) for r in readings
    )


# Forms of whole replies, from the sheets: MethodSCRIPT communication protocol 1.6 and SharkRemote 2.0.25.
CONTROL_CHARACTERS = bytes(code for code in range(32) if code not in b"\n\x1c")
METHODSCRIPT_IDENTITY = re.compile(rb"((t[a-z0-9_]{6}[0-9A-Za-z]*#.*|R\*|i[A-Z0-9_-]+)\n)*")
PACKAGE = rb"P(;?[a-z]{2}([0-9A-F]{7}[ a-zA-Z]|     nan)(,[0-9A-F]+)*)+"
METHODSCRIPT_STEP = re.compile(
    rb"((" + PACKAGE + rb"|t[a-z0-9_]{6}[0-9A-Za-z]*#.*|T.*|R\*|i[A-Z0-9_-]+|v[0-9.]+|[efhYZL*+]|[MC][0-9A-F]{4})?\n)*"
)
"""Text that a script sends (`Tend time`) may say anything."""

SHARKSEM = re.compile(rb"(?s)([A-Za-z]+\0+.{16}(....)*)*")
"""Integers stand as any four bytes, numbers as text in blocks of four."""

SCPI = re.compile(rb"(([^\n]*)\n)*")
TPG = re.compile(
    rb"(?s)(\x06\r\n|[0-6],[+-]\d\.\d{2,5}E[+-]\d{2}(,[0-6],[+-]\d\.\d{2,5}E[+-]\d{2})*\r\n|[^\r\n]*\r\n)*"
)
MKS = re.compile(rb"(@\d{3}ACK[^;]*;FF)*")
ZEM_REPLY = re.compile(rb"(?s).*")

PT100_OPTIONS = "{map: isma-sfar-s-6ti, unit: 3, quantities: {input 1: {place: cell}}}"
PT100 = f"{{driver: modbus, address: sim://sensors, options: {PT100_OPTIONS}}}"
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
        _whole_step,
        60.0,
        well_formed=METHODSCRIPT_STEP,
        meaningless=CONTROL_CHARACTERS,
    ),
    WireProbe("SharkSEM, stage", "sem", SEM, lambda bench: (bench.stage.position(),), well_formed=SHARKSEM),
    WireProbe("SharkSEM, column", "sem", SEM, lambda bench: (bench.column.conditions(),), well_formed=SHARKSEM),
    WireProbe("SharkSEM, a picture", "sem", SEM, _frame((64, 48), 1e-6), 40.0, well_formed=SHARKSEM),
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
        _spectrum,
        datagrams=True,
        checked=True,
    ),
    WireProbe(
        "Modbus RTU, Keller",
        "box",
        "{driver: keller-33x, address: sim://box, options: {unit: 1, place: box}}",
        _pressures(100.0),
        checked=True,
    ),
    WireProbe(
        "MethodSCRIPT, Nexus",
        "nexus",
        "{driver: nexus, address: sim://nexus}",
        lambda bench: (bench.potentiostat.identify(),),
        well_formed=METHODSCRIPT_IDENTITY,
        meaningless=CONTROL_CHARACTERS,
    ),
    WireProbe("SCPI, a step", "keithley-2450", KEITHLEY_2450, _whole_step, 60.0, well_formed=SCPI),
    WireProbe(
        "SCPI of the 2400, identity",
        "keithley-2400",
        "{driver: keithley-2400, address: sim://keithley-2400}",
        lambda bench: (bench.potentiostat.identify(),),
        well_formed=SCPI,
    ),
    WireProbe(
        "Pfeiffer mnemonics",
        "tpg",
        "{driver: pfeiffer-tpg, address: sim://tpg, options: {places: {chamber: {channel: 1}}}}",
        _rough_pressures,
        well_formed=TPG,
    ),
    WireProbe(
        "Pfeiffer telegrams",
        "telegrams",
        "{driver: pfeiffer-rs485, address: sim://telegrams, options: {place: chamber}}",
        _rough_pressures,
        checked=True,
    ),
    WireProbe(
        "MKS 900",
        "mks",
        "{driver: mks-900, address: sim://mks, options: {place: chamber}}",
        _rough_pressures,
        well_formed=MKS,
    ),
    WireProbe(
        "ZEM, a picture",
        "zem",
        ZEM,
        _frame((128, 128), 200e-9),
        40.0,
        datagrams=True,
        well_formed=ZEM_REPLY,
    ),
    WireProbe("ZEM, stage", "zem", ZEM, lambda bench: (bench.stage.position(),), datagrams=True, well_formed=ZEM_REPLY),
    WireProbe(
        "Modbus RTU, load cell and Pt100 on one line",
        "sensors",
        PT100,
        lambda bench: tuple(_reading(sensor.temperature(), 1.0) for sensor in bench.thermometers.values()),
        checked=True,
        anonymous=True,
    ),
)
