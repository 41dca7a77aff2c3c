"""The scan generator of a ZEM: one order, one picture of one detector, fetched once it is done."""

from dataclasses import dataclass, field

from operando.drivers.errors import (
    FramingError,
    InstrumentError,
    LimitRefused,
    ProtocolError,
    TransportTimeout,
)
from operando.drivers.links import Link
from operando.drivers.making_safe import made_safe
from operando.drivers.microscopes.zem.column import CHANNELS, ZemColumn
from operando.drivers.microscopes.zem.detectors import ZemDetectors
from operando.drivers.microscopes.zem.options import SIZES
from operando.drivers.microscopes.zem.part import Part, Zem
from operando.drivers.microscopes.zem.picture import PictureTransfer, offer_of
from operando.drivers.microscopes.zem.stage import ZemStage
from operando.drivers.roles import (
    BeamConditions,
    DetectorSettings,
    FrameProgress,
    FrameRequest,
    Image,
    SafeState,
    ScannerCapabilities,
    StagePosition,
)

__all__ = ["ZemScanner"]

DWELL_TOLERANCE = 0.01
LATE_S = 5.0
LATE_FRACTION = 0.2
NO_FRAME_AVERAGE = "0"


@dataclass(slots=True)
class _Scan:
    """One request on its way."""

    request: FrameRequest
    step: str
    conditions: BeamConditions
    stage: StagePosition
    settings: DetectorSettings
    made_safe: int
    """How often the microscope had been made safe when it began."""
    ordered_s: float = 0.0
    order: Link | None = None
    transfer: PictureTransfer | None = None
    replied_s: float = 0.0
    images: list[Image] = field(default_factory=list)


class ZemScanner(Part):
    """Role `Scanner`. A picture must not be ordered twice, because each exposes the specimen: a lost reply loses it."""

    def __init__(self, zem: Zem, column: ZemColumn, stage: ZemStage, detectors: ZemDetectors) -> None:
        super().__init__(zem)
        self._column, self._stage, self._detectors = column, stage, detectors
        self._scan: _Scan | None = None
        dwells_s = tuple(zem.options.dwell.values())
        self.capabilities = ScannerCapabilities(
            dwell_s=(min(dwells_s), max(dwells_s)),
            most_pixels=(max(width for width, _ in SIZES), max(height for _, height in SIZES)),
            most_detectors=1,
            start_latency_s=zem.options.start_latency,
            sizes=tuple(SIZES),
            dwells_s=dwells_s,
            parks_beam=False,
            scans_externally=False,
        )

    def duration_s(self, request: FrameRequest) -> float:
        """From the first line to the last, with the start of each further frame."""
        frame_s = request.pixels[0] * request.pixels[1] * request.dwell_s
        return request.frames * frame_s + (request.frames - 1) * self.capabilities.start_latency_s

    def start(self, request: FrameRequest) -> None:
        """Start a scan; what a picture has to know is read back first.

        Raises:
            LimitRefused: if the microscope has no such picture; nothing was sent.
        """
        step = self._step(request)
        self._require("scan")
        made_safe_before = self.zem.made_safe
        self._forget()
        channel = CHANNELS[self.zem.channel(request.detectors[0])]
        self.zem.exchange.ask("SetEDChanel", f"{channel}")
        conditions, stage = self._column.conditions(), self._stage.position()
        settings = self._detectors.settings(request.detectors[0])
        scan = self._scan = _Scan(request, step, conditions, stage, settings, made_safe_before)
        self._order(scan)

    def progress(self) -> FrameProgress:
        """Take in what is here. Orders the next frame of the request when one is complete.

        Raises:
            TransportTimeout: if the reply, or the picture, does not come. The scan is given up.
            ProtocolError: if the microscope refuses, or was made safe meanwhile.
        """
        scan = self._scan
        if scan is None:
            return FrameProgress({}, 0, False)
        try:
            received = self._take_in(scan)
        except InstrumentError:
            self._forget()
            raise
        pixels = scan.request.pixels[0] * scan.request.pixels[1]
        wanted = scan.request.frames * pixels
        done = len(scan.images) * pixels + received
        complete = len(scan.images) == scan.request.frames
        return FrameProgress({scan.request.detectors[0]: done}, wanted, complete)

    def images(self) -> tuple[Image, ...]:
        """The pictures of the last complete scan.

        Raises:
            ProtocolError: if the scan is not complete.
        """
        if self._scan is None or len(self._scan.images) < self._scan.request.frames:
            raise ProtocolError(
                "there is no complete scan",
                where=self.zem.where,
                remedy="Start a scan and poll its progress until it is complete.",
            )
        return tuple(self._scan.images)

    def stop(self) -> None:
        """End the scan now and forget its pixels."""
        self._require("stop the scan")
        self._forget()
        self.zem.exchange.ask("SnapCancel")

    def park(self, x: float, y: float) -> None:
        """Not offered.

        Raises:
            LimitRefused: always.
        """
        raise LimitRefused("a ZEM cannot park its beam", where=self.zem.where)

    def scan_externally(self, external: bool) -> None:
        """Not offered.

        Raises:
            LimitRefused: if an external scan is asked for.
        """
        if external:
            raise LimitRefused("a ZEM takes no external scan", where=self.zem.where)

    def make_safe(self) -> SafeState:
        """End the scan, and see the microscope idle."""
        self.zem.made_safe += 1
        self._forget()

        def idle() -> bool:
            self.zem.exchange.ask("SnapCancel")
            return self.zem.exchange.ask("StatusCheck").value == "Idle"

        return made_safe(self.name, "no scan runs", idle)

    def close(self) -> None:
        self._forget()

    def _order(self, scan: _Scan) -> None:
        """Order a frame; never after the microscope was made safe, and one that crossed that order is cancelled.

        Raises:
            ProtocolError: if the microscope was made safe since the scan began.
        """
        if self.zem.made_safe == scan.made_safe:
            self._order_frame(scan)
            if self.zem.made_safe == scan.made_safe:
                return
            self.zem.exchange.ask("SnapCancel")
        self._forget()
        raise ProtocolError(
            "the microscope was made safe meanwhile, so the scan is ended",
            where=self.zem.where,
            remedy="Scan again once the beam may be used.",
        )

    def _order_frame(self, scan: _Scan) -> None:
        size = SIZES[scan.request.pixels]
        scan.ordered_s = self._clock.now()
        scan.transfer = None
        scan.order = self.zem.exchange.begin("Snap", f"{NO_FRAME_AVERAGE},{scan.step},0,{size}")

    def _take_in(self, scan: _Scan) -> int:
        """Pixels of the present frame that are here."""
        if len(scan.images) == scan.request.frames:
            return 0
        if scan.transfer is None:
            self._await_reply(scan)
            if scan.transfer is None:
                return 0
        received = scan.transfer.received()
        width, height = scan.request.pixels
        if received < width * height:
            return received
        scan.images.append(self._image(scan, scan.transfer))
        if len(scan.images) < scan.request.frames:
            self._order(scan)
        return 0

    def _await_reply(self, scan: _Scan) -> None:
        assert scan.order is not None
        reply = self.zem.exchange.reply_on(scan.order, "Snap")
        now = self._clock.now()
        frame_s = scan.request.pixels[0] * scan.request.pixels[1] * scan.request.dwell_s
        if reply is not None:
            scan.order.close()
            scan.order = None
            offer = offer_of(reply, self.zem)
            if (offer.width, offer.height) != scan.request.pixels:
                raise FramingError(
                    f"a picture of {offer.width} x {offer.height} came instead of {scan.request.pixels}",
                    where=self.zem.where,
                    remedy="Check that nobody takes pictures in the microscope's own program.",
                )
            scan.replied_s = now
            scan.transfer = PictureTransfer(self.zem, offer)
        elif now > scan.ordered_s + self.capabilities.start_latency_s + frame_s * (1 + LATE_FRACTION) + LATE_S:
            raise TransportTimeout(
                f"no reply to Snap came within {now - scan.ordered_s:.1f} s; it is not ordered again, because the "
                "specimen may have been exposed",
                where=self.zem.where,
                remedy="Check the network; the dwell times of the bench file may be too short for this microscope.",
            )

    def _image(self, scan: _Scan, transfer: PictureTransfer) -> Image:
        """A picture began after it was ordered, and ended before the reply was here: half way, and as uncertain."""
        width, height = scan.request.pixels
        line_time_s = width * scan.request.dwell_s
        latest_s = max(scan.replied_s - height * line_time_s, scan.ordered_s)
        return Image(
            pixels=transfer.pixels(),
            detector=scan.request.detectors[0],
            pixel_size_m=scan.conditions.field_width_m / width,
            start_s=(scan.ordered_s + latest_s) / 2,
            line_time_s=line_time_s,
            time_uncertainty_s=(latest_s - scan.ordered_s) / 2,
            conditions=scan.conditions,
            stage=scan.stage,
            detector_settings=scan.settings,
            dwell_s=scan.request.dwell_s,
            frame=len(scan.images),
        )

    def _forget(self) -> None:
        scan, self._scan = self._scan, None
        if scan is not None:
            if scan.order is not None:
                scan.order.close()
            if scan.transfer is not None:
                scan.transfer.close()

    def _step(self, request: FrameRequest) -> str:
        """The step of averaging whose dwell was asked for."""
        dwells = self.zem.options.dwell
        fitting = [
            step for step, dwell_s in dwells.items() if abs(dwell_s - request.dwell_s) <= DWELL_TOLERANCE * dwell_s
        ]
        problems = {
            f"{request.pixels[0]} x {request.pixels[1]} pixels": request.pixels in SIZES,
            f"a dwell of {request.dwell_s:g} s": bool(fitting),
            f"{len(request.detectors)} detectors at once": len(request.detectors) == 1,
            f"the detectors {', '.join(request.detectors)}": set(request.detectors) <= set(self._detectors.available()),
            f"{request.frames} frames": request.frames >= 1,
        }
        for what, possible in problems.items():
            if not possible:
                raise LimitRefused(
                    f"a scan with {what} is not possible",
                    where=self.zem.where,
                    remedy=f"One detector; sizes {', '.join(f'{w} x {h}' for w, h in SIZES)}; "
                    f"dwells {', '.join(f'{dwell_s:g} s' for dwell_s in dwells.values())}.",
                )
        return fitting[0]
