"""Amptek DP5 family (DP5, PX5, DP5G, DP5-X): spectra over UDP or a serial line.

Options in the bench file: `channel_width_eV` (10) and `offset_eV` (0) of its energy calibration, made with
`calibrated_channels` (2048); `share` (false), whether another program may use the spectrometer meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import Field

from operando.drivers.bench.identified import identified
from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch, LimitRefused, located
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.making_safe import made_safe
from operando.drivers.roles import EdsCapabilities, EdsSettings, Identity, SafeState, Safety, Spectrum
from operando.drivers.spectrometers.amptek_acquisition import Acquisition
from operando.drivers.spectrometers.amptek_exchange import AmptekExchange
from operando.drivers.spectrometers.amptek_settings import (
    CHANNELS,
    LARGEST_PRESET_S,
    PRESET_STEP_S,
    READ_BACK,
    check_read_back,
    configuration,
    preset_text,
)
from operando.drivers.spectrometers.amptek_spectrum import decode_spectrum
from operando.drivers.spectrometers.amptek_status import Status, decode_status

__all__ = ["AmptekDP5", "AmptekOptions", "open_amptek_dp5"]

SUPPORTED = ("DP5", "PX5", "DP5G", "DP5-X")
LONGEST_CALL_S = 2.5

# Requests and the first identifier of their answers (DP5 Programmer's Guide, tables 1 and 2).
STATUS, SPECTRUM_AND_STATUS = (0x01, 0x01), (0x02, 0x03)
READ_SETTINGS, SET_WITHOUT_STORING = (0x20, 0x03), (0x20, 0x04)
CLEAR, ENABLE, DISABLE = (0xF0, 0x01), (0xF0, 0x02), (0xF0, 0x03)
KEEP_ALIVE_SHARED, KEEP_ALIVE_ALONE = (0xF0, 0x20), (0xF0, 0x21)
STATUS_ANSWER, SPECTRUM_ANSWER, SETTINGS_ANSWER = 0x80, 0x81, 0x82


class AmptekOptions(StrictModel):
    """Options of an Amptek spectrometer in the bench file."""

    channel_width_eV: float = Field(default=10.0, gt=0)
    offset_eV: float = 0.0
    calibrated_channels: int = Field(default=2048, gt=0)
    share: bool = False


class AmptekDP5:
    """Role `EdsSpectrometer`."""

    capabilities = EdsCapabilities(
        channels=CHANNELS,
        shortest_preset_s=PRESET_STEP_S,
        # five exchanges over Ethernet, of which reading 2048 channels takes 70 ms
        overhead_s=0.09,
        maps_by_itself=False,
    )

    def __init__(self, context: DriverContext) -> None:
        self._options = read_options(context, AmptekOptions)
        self.name = context.name
        self.connection = str(context.address)
        self._where = f"{context.name} at {context.address}"
        self._gate = context.gate
        self._clock = context.clock
        self._lock = threading.RLock()
        self._link = ReopeningLink(context.links, context.address)
        self._exchange = AmptekExchange(self._link, context.clock)
        self._acquisition: Acquisition | None = None

    def identify(self) -> Identity:
        status = self._status()
        if status.device not in SUPPORTED:
            raise ConfigMismatch(
                f"here answers an Amptek {status.device}",
                where=self._where,
                remedy=f"This driver is for {', '.join(SUPPORTED)}.",
            )
        return Identity("Amptek", status.device, str(status.serial), status.firmware, self.connection)

    @property
    def keep_alive_every_s(self) -> float:
        """The spectrometer forgets its host after 15 s; its guide asks for a packet every 10 s at least."""
        return 9.0

    def keep_alive(self) -> None:
        """Keep our claim on the spectrometer, which it forgets after 15 s without a packet."""
        with self._call():
            self._exchange.command(*(KEEP_ALIVE_SHARED if self._options.share else KEEP_ALIVE_ALONE))

    def configure(self, settings: EdsSettings) -> None:
        """Set channels and peaking time, without storing them, and read them back.

        Raises:
            LimitRefused: if the instrument has no such settings; nothing was sent.
            ConfigMismatch: if it has others afterwards.
        """
        self._gate.require("configure the spectrometer")
        with self._call():
            text = configuration(settings)
            self._exchange.command(*SET_WITHOUT_STORING, text.encode("ascii"))
            answer = self._exchange.ask(*READ_SETTINGS, READ_BACK.encode("ascii"), answer=SETTINGS_ANSWER)
            check_read_back(answer.data.decode("ascii", "replace"), settings)

    def start(self, live_time_s: float) -> None:
        self._gate.require("start an acquisition")
        if not PRESET_STEP_S <= live_time_s <= LARGEST_PRESET_S:
            raise LimitRefused(
                f"a live time of {live_time_s:g} s cannot be preset",
                where=self._where,
                remedy=f"The shortest is {PRESET_STEP_S:g} s.",
            )
        with self._call():
            acquisition = Acquisition(live_time_s)
            self._acquisition = None
            self._exchange.command(*DISABLE)
            self._exchange.command(*CLEAR)
            self._preset_and_enable(acquisition, real_time_s=0.0)

    def acquiring(self) -> bool:
        """Whether it still counts. An acquisition that ended with less live time than asked for is carried on."""
        with self._call():
            status = self._status()
            acquisition = self._acquisition
            if status.enabled:
                return True
            if acquisition is None or not acquisition.extend(status.acquisition_time_s, status.live_time_s):
                return False
            self._preset_and_enable(acquisition, status.real_time_s)
            return True

    def spectrum(self) -> Spectrum:
        with self._call():
            asked_s = self._clock.now()
            packet = self._exchange.ask(*SPECTRUM_AND_STATUS, answer=SPECTRUM_ANSWER)
            answered_s = self._clock.now()
            counts, status = decode_spectrum(packet.data)
            acquisition = self._acquisition or Acquisition.found((asked_s + answered_s) / 2, status.real_time_s)
        return Spectrum(
            counts=counts,
            channel_width_eV=self._options.channel_width_eV * self._options.calibrated_channels / len(counts),
            offset_eV=self._options.offset_eV,
            live_time_s=status.live_time_s,
            real_time_s=status.real_time_s,
            input_rate_Hz=status.rate_Hz(status.fast_count),
            output_rate_Hz=status.rate_Hz(status.slow_count),
            start_s=acquisition.start_s,
            end_s=acquisition.run_time_s(status.real_time_s),
            time_uncertainty_s=acquisition.uncertainty_s,
        )

    def stop(self) -> None:
        self._gate.require("stop the acquisition")
        with self._call():
            if self._acquisition is not None:
                self._acquisition.ended_by_host = True
            self._exchange.command(*DISABLE)

    def make_safe(self) -> SafeState:
        """Stop counting, and read back that it does not count. High voltage and cooler stay as they are."""
        if not self._lock.acquire(timeout=LONGEST_CALL_S):
            return SafeState(self.name, Safety.UNKNOWN, f"another call has not ended within {LONGEST_CALL_S:g} s")
        try:
            return made_safe(self.name, "it does not acquire", self._stopped)
        finally:
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            self._link.close()

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self._where):
            yield

    def _status(self) -> Status:
        with self._call():
            return decode_status(self._exchange.ask(*STATUS, answer=STATUS_ANSWER).data)

    def _stopped(self) -> bool:
        """Disable acquisition, and say whether the processor reports that it is disabled."""
        self._exchange.command(*DISABLE)
        if self._acquisition is not None:
            self._acquisition.ended_by_host = True
        return not self._status().enabled

    def _preset_and_enable(self, acquisition: Acquisition, real_time_s: float) -> None:
        text = preset_text(acquisition.preset_steps)
        self._exchange.command(*SET_WITHOUT_STORING, text.encode("ascii"))
        sent_s = self._clock.now()
        self._exchange.command(*ENABLE)
        acquisition.enabled_between(sent_s, self._clock.now(), real_time_s)
        self._acquisition = acquisition


def open_amptek_dp5(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if another device answers, or an option is not known.
        InstrumentError: if nothing answers.
    """
    instrument = AmptekDP5(context)
    return Roles(eds=identified(instrument))
