"""A recording with something of everything, on a disk that remembers, and what it said was recorded when."""

import math

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Quality, Reading
from operando.protocols.record import RunRecord
from support.made_up_run import (
    MadeUpTruth,
    frame_state,
    impedance_points,
    picture,
    run_header,
    sample_block,
    spectrum,
    spectrum_map,
    spectrum_state,
)
from support.mortal_disk import Acknowledged, MortalDisk

__all__ = ["BLOCK", "BLOCKS", "EVERY_S", "Story"]

EVERY_S = 0.25
BLOCK = 3
BLOCKS = 70


class Story:
    """A recording, what it asked of the disk, and what it said was recorded."""

    def __init__(self, disk: MortalDisk, *, beside: bool) -> None:
        self.disk, folder, self.beside = disk, disk.root, beside
        self.told: list[Acknowledged] = []
        self.pixels: dict[int, NDArray[np.uint8] | NDArray[np.uint16]] = {}
        record = RunRecord.create(folder, run_header(simulated=False), self.disk, MadeUpTruth(), beside=beside)
        self._tell("created", True)
        for number in range(BLOCKS):
            self._record_block(record, number)
            if number == BLOCKS // 2:
                record.release()
                record = RunRecord.reopen(folder, self.disk, MadeUpTruth(), beside=beside)
        record.impedance(impedance_points(), step=3, cycle=1)
        file = record.spectrum_map(spectrum_map(), np.full((4, 3), 0.2), np.full((4, 3), 0.3), spectrum_state())
        self._tell("spectrum", file)
        record.close("completed")
        self._tell("closed", True)

    def _record_block(self, record: RunRecord, number: int) -> None:
        record.samples(sample_block(number * BLOCK, BLOCK, EVERY_S))
        self._tell("sample", (number + 1) * BLOCK - 1)
        if number % 5 == 2:
            self._take_pictures(record, number)
        if number % 20 == 6:
            file = record.spectrum(spectrum(number), spectrum_state())
            self._tell("spectrum", file)
        if number % 25 == 10:
            record.step_ended()
        if number % 15 == 3:
            intent = record.intent(number * 0.5, "emstat", "start step", fsync=number % 2 == 0, number=number)
            if number % 2:
                record.begin_journal_sync().result()
            self._tell("intent", intent)
            record.outcome(intent, number * 0.5, True)
        record.sensor("box", "pressure", Reading(101325.0, "Pa", Quality.OK, number * 0.75, number * 0.75))
        record.event(number * 0.75, "test", "block", str(number))

    def _take_pictures(self, record: RunRecord, number: int) -> None:
        start_s = number * BLOCK * EVERY_S
        pair = [picture(number, "SE", start_s), picture(number + 1000, "BSE", start_s, bits=8)]
        for row, image in zip(record.images([(image, frame_state()) for image in pair]), pair, strict=True):
            self.pixels[row.number] = image.pixels
            self._tell("frame", row.number)

    def _tell(self, what: str, value: object) -> None:
        self.told.append(Acknowledged(len(self.disk.operations), what, value))

    def safe(self, last: int, window_s: float) -> int:
        """The last sample that a power cut must leave; beside, the window counts from when a block came in."""
        safe = math.floor(last - window_s / EVERY_S)
        return (safe + 1) // BLOCK * BLOCK - 1 if self.beside else safe

    def told_after(self, operations: int, what: str) -> list[object]:
        return [ack.value for ack in self.told if ack.what == what and ack.operations <= operations]
