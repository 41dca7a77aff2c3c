"""The scan generator of a TESCAN microscope: frames over the data connection, a parked beam, or an external scan."""

from operando.drivers.errors import (
    ConfigMismatch,
    InstrumentError,
    LimitRefused,
    ProtocolError,
    TransportError,
    TransportTimeout,
)
from operando.drivers.making_safe import made_safe
from operando.drivers.microscopes.detectors import decode_settings
from operando.drivers.microscopes.part import Microscope, Part
from operando.drivers.microscopes.scan import Frame, ReadBack, Scan
from operando.drivers.microscopes.sharksem_connection import Request, ask, tell
from operando.drivers.microscopes.sharksem_data import FrameAssembly
from operando.drivers.microscopes.sharksem_message import Subsystem
from operando.drivers.microscopes.stage import decode_position
from operando.drivers.roles import FrameProgress, FrameRequest, Image, SafeState, ScannerCapabilities

__all__ = ["TescanScanner"]

MOST_PIXELS = (16384, 16384)
BITS = (8, 16)
ONE_FRAME = 1
LATE_S = 5.0
"""Pixels come about every 50 ms, but much later for pictures of less than a hundred pixels."""
LATE_FRACTION = 0.2


class TescanScanner(Part):
    """Role `Scanner`.

    Frames of one request are scanned one by one, each with an identifier of its own: when the server counts frames
    itself (protocol 3), the second frame cannot be told from a repetition of the first.
    """

    def __init__(self, microscope: Microscope) -> None:
        super().__init__(microscope)
        options = microscope.options
        self._scan: Scan | None = None
        self._made_safe = 0
        self._frame_id = 0
        self.capabilities = ScannerCapabilities(
            dwell_s=options.dwell,
            most_pixels=MOST_PIXELS,
            most_detectors=options.channels,
            start_latency_s=options.start_latency,
        )

    def duration_s(self, request: FrameRequest) -> float:
        """From the first line to the last: lines with their flyback, and the start of each further frame."""
        lines_s = request.frames * request.pixels[1] * self._line_time_s(request)
        return lines_s + (request.frames - 1) * self.capabilities.start_latency_s

    def start(self, request: FrameRequest) -> None:
        """Start a scan; everything that a picture has to know is read back first.

        Raises:
            LimitRefused: if the request is more than the scan generator can do; nothing was sent.
            ProtocolError: if the microscope refuses the scan, or was made safe meanwhile.
            ConfigMismatch: if a channel looks through another detector.
        """
        self._check(request)
        select = self._microscope.channels.select(request.detectors, request.bits)
        self._require("scan")
        made_safe_before = self._made_safe
        self._scan = None
        self._microscope.data.ready()
        self._microscope.channels.in_use = request.detectors
        try:
            read_back = self._prepare(request, select)
            scan = Scan(request, read_back, self._line_time_s(request), _dwell_ns(request) * 1e-9)
            self._start_frame(scan)
            self._scan = scan
            if self._made_safe != made_safe_before:
                raise self._overtaken()
        except InstrumentError:
            self._give_up()
            raise

    def progress(self) -> FrameProgress:
        """Take in the pixels that are here. Starts the next frame of the request, and ends the scan after the last.

        Raises:
            TransportTimeout: if the pixels are not complete by the deadline, for instance because a chunk was lost.
            TransportError, ProtocolError: if the data connection or the next frame fails. The scan is given up.
        """
        scan = self._scan
        if scan is None:
            return FrameProgress({}, 0, False)
        if not scan.complete:
            try:
                self._go_on(scan)
            except InstrumentError:
                self._give_up()
                raise
        return scan.progress()

    def images(self) -> tuple[Image, ...]:
        """The pictures of the last complete scan; a frame begins when the server answers that it does.

        Raises:
            ProtocolError: if the scan is not complete.
        """
        if self._scan is None or not self._scan.complete:
            raise ProtocolError(
                "there is no complete scan",
                where=self._microscope.where,
                remedy="Start a scan and poll its progress until it is complete.",
            )
        return self._scan.images()

    def stop(self) -> None:
        """End the scan now and forget its pixels. No wait flag, with which it would wait for the end of the frame."""
        self._require("stop the scan")
        self._scan = None
        self._control.tell(*self._end())

    def park(self, x: float, y: float) -> None:
        """Point the beam at one spot of the field, until `stop` or the next scan.

        It reaches the specimen only if the blanker never blanks.

        Raises:
            LimitRefused: if the spot is outside the field; nothing was sent.
        """
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise LimitRefused(
                f"the spot {x:g}, {y:g} is outside the field",
                where=self._microscope.where,
                remedy="Give fractions of width and height between 0 and 1.",
            )
        self._require("park the beam")
        self._scan = None
        self._halt(tell("ScSetBeamPos", float(x), float(y)))

    def scan_externally(self, external: bool) -> None:
        """Hand the deflection to an external device, or take it back.

        Raises:
            ConfigMismatch: if the microscope does not confirm it.
        """
        self._require("hand over the scan" if external else "take the scan back")
        self._scan = None
        if external:
            self._halt()
        (reply,) = self._control.exchange([tell("ScSetExternal", int(external)), ask("ScGetExternal")])
        if not external:
            self._control.tell(*self._end())
        if bool(reply.integer()) != external:
            raise ConfigMismatch(
                "the microscope does not switch between its own and an external scan",
                where=self._microscope.where,
                remedy="Check that an external scan generator is fitted and licensed.",
            )

    def make_safe(self) -> SafeState:
        """End every scan, the operator's live image too, and see it ended, on the watch connection."""
        self._made_safe += 1  # before the orders: a frame that starts after them is stopped by whoever started it
        self._scan = None
        self._microscope.live.forget()
        orders = [tell("ScStopScan"), tell("GUISetScanning", 0), ask("IsBusy", int(Subsystem.SCAN))]

        def idle() -> bool:
            return self._microscope.watch.exchange(orders)[0].integer() == 0

        return made_safe(self.name, "no scan runs", idle)

    def _prepare(self, request: FrameRequest, select: list[Request]) -> ReadBack:
        """Stop what scans, give the detectors their channels and read everything back, in one exchange."""
        channels, optics = self._microscope.channels, self._microscope.optics
        selected = [ask("DtGetSelected", channel) for channel in range(len(request.detectors))]
        gains = [ask("DtGetGainBlack", channels.number(detector)) for detector in request.detectors]
        stop = [*self._microscope.live.pause(), tell("ScStopScan")]
        live, position, *replies = self._control.exchange(
            [*stop, ask("StgGetPosition"), *select, *selected, *gains, *optics.questions()]
        )
        self._microscope.live.remember(live)
        count = len(request.detectors)
        channels.check_selected(request.detectors, [reply.integer() for reply in replies[:count]])
        settings = map(decode_settings, replies[count : 2 * count])
        return ReadBack(
            conditions=optics.conditions(replies[2 * count :]),
            stage=decode_position(position),
            detectors=dict(zip(request.detectors, settings, strict=True)),
        )

    def _start_frame(self, scan: Scan) -> None:
        self._frame_id += 1
        width, height = scan.request.pixels
        order = ask(
            "ScScanXY", self._frame_id, width, height, 0, 0, width - 1, height - 1, ONE_FRAME, _dwell_ns(scan.request)
        )
        again = [tell("ScStopScan")] if scan.frames else []  # required after every start
        round_trip_s = self._control.round_trip_s
        (reply,) = self._control.exchange([*again, order])
        answered_s = self._clock.now()
        code = reply.integer()
        if code != 0:
            raise ProtocolError(
                f"the microscope refuses to scan (answer {code} to ScScanXY)",
                where=self._microscope.where,
                remedy="Check pixels and dwell time, and that no other program scans.",
            )
        channels = range(len(scan.request.detectors))
        assembly = FrameAssembly(
            self._frame_id, channels, scan.request.pixels, scan.request.bits, self._microscope.where
        )
        scan.frames.append(Frame(assembly, answered_s, round_trip_s))

    def _go_on(self, scan: Scan) -> None:
        self._take_in(scan)
        if scan.complete:
            self._control.tell(*self._end())
        elif scan.frame_complete and self._scan is scan:  # otherwise it was made safe meanwhile
            self._start_frame(scan)
            if self._scan is not scan:
                raise self._overtaken()

    def _overtaken(self) -> ProtocolError:
        return ProtocolError(
            "the microscope was made safe while the scan began, so it is ended",
            where=self._microscope.where,
            remedy="Scan again once the beam may be used.",
        )

    def _take_in(self, scan: Scan) -> None:
        frame = scan.frames[-1]
        for body in self._microscope.data.arrived():
            frame.assembly.take(body)
        frame_s = scan.request.pixels[1] * scan.line_time_s
        deadline_s = frame.answered_s + frame_s * (1 + LATE_FRACTION) + LATE_S
        if not frame.assembly.complete and self._clock.now() > deadline_s:
            raise TransportTimeout(
                f"the picture is not complete {LATE_S:g} s after its end: {frame.assembly.missing()}",
                where=self._microscope.where,
                remedy="Scan again; if it comes back, check the network and that the detectors are switched on.",
            )

    def _halt(self, *orders: Request) -> None:
        """Stop every scan, the operator's too until `_end`, then do what is said."""
        channels, live = self._microscope.channels, self._microscope.live
        stop = [*live.pause(), tell("ScStopScan"), *channels.switch_off()]
        channels.in_use = ()
        (reply,) = self._control.exchange([*stop, *orders])
        live.remember(reply)

    def _end(self) -> list[Request]:
        channels = self._microscope.channels
        orders = [tell("ScStopScan"), *channels.switch_off(), *self._microscope.live.resume()]
        channels.in_use = ()
        return orders

    def _give_up(self) -> None:
        """Leave the microscope as after a scan; if it cannot be reached now, the next start stops what still runs."""
        self._scan = None
        try:
            self._control.tell(*self._end())
        except TransportError:
            self._microscope.data.drop()

    def _line_time_s(self, request: FrameRequest) -> float:
        return request.pixels[0] * _dwell_ns(request) * 1e-9 + self._microscope.options.line_flyback

    def _check(self, request: FrameRequest) -> None:
        limits = self.capabilities
        problems = {
            f"{request.bits} bits per pixel": request.bits in BITS,
            f"{request.pixels[0]} x {request.pixels[1]} pixels": all(
                1 <= size <= most for size, most in zip(request.pixels, limits.most_pixels, strict=True)
            ),
            f"a dwell of {request.dwell_s:g} s": limits.dwell_s[0] <= request.dwell_s <= limits.dwell_s[1],
            f"{len(request.detectors)} detectors at once": 1 <= len(request.detectors) <= limits.most_detectors,
            f"detectors {request.detectors}, one of them twice": len(set(request.detectors)) == len(request.detectors),
            f"{request.frames} frames": request.frames >= 1,
        }
        for what, possible in problems.items():
            if not possible:
                raise LimitRefused(
                    f"a scan with {what} is not possible",
                    where=self._microscope.where,
                    remedy=f"Pixels up to {limits.most_pixels}, dwell {limits.dwell_s} s, 8 or 16 bits, "
                    f"up to {limits.most_detectors} different detectors.",
                )


def _dwell_ns(request: FrameRequest) -> int:
    return round(request.dwell_s * 1e9)
