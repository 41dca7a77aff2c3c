"""Commands that start, stop and estimate scans (SharkRemote 2.0.25 and SharkSEM 3.2.20, scanning)."""

from operando.simulators.microscopes.commands import DONE, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.line_scan import LinePlan, LineScan
from operando.simulators.microscopes.parts import Parts
from operando.simulators.microscopes.raster import RasterPlan, RasterScan, Window
from operando.simulators.microscopes.scanner import Scan, SPEEDS_us

__all__ = ["ScanStartCommands"]

STARTED, FAILED = 0, -1


class ScanStartCommands:
    """ScScanXY, ScScanLine and what belongs to them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._scanner = parts.scanner
        self._settings = parts.settings
        self._noise = parts.world.noise("microscope line scans")

    def table(self) -> CommandTable:
        """The commands; optional arguments came with later versions."""
        version = self._settings.version_numbers
        optional = "|uu" if version >= (3, 1, 6) else "|u" if version >= (2, 0, 6) else ""
        return {
            "ScScanXY": Command("uuuuuuui" + optional, self._scan_rectangle),
            "ScScanLine": Command("uuuuuuuuui", self._scan_line),
            "ScStopScan": Command("", self._stop),
            "ScGetTimeEstEx": Command("uuuuuuuu|u", self._estimate, since=(3, 2, 16)),
        }

    def _scan_rectangle(self, call: Call) -> Outcome:
        frame_id, *window, frames = call.integers[:8]
        dwell_ns, repeats = call.integer(8, default=0), call.integer(9, default=1)
        plan = self._raster_plan(frame_id, Window(*window), frames, self._dwell_s(dwell_ns), repeats, call.now)
        if plan is None:
            return answer(FAILED)
        conditions = self._parts.conditions(call.now, plan.channels)
        return self._begin(RasterScan(plan, self._parts.world.expose, conditions), call)

    def _raster_plan(
        self, frame_id: int, window: Window, frames: int, dwell_s: float, repeats: int, now: float
    ) -> RasterPlan | None:
        if not self._free(now) or not self._sensible(window) or frames < 0 or repeats < 1:
            return None
        channels = self._enabled_channels()
        line_time_s = self._line_time_s(window.columns, dwell_s) * repeats
        few = window.rows * window.columns < self._settings.few_pixels
        return RasterPlan(
            frame_id=frame_id,
            number=self._scanner.scans,
            window=window,
            channels=channels,
            frames=frames or None,
            dwell_s=dwell_s,
            line_time_s=line_time_s,
            repeats=repeats,
            started_s=now + self._scanner.start_delay_s(now),
            chunk_lines=self._chunk_lines(window, line_time_s, max(bits for _, bits in channels)),
            delay_s=self._settings.few_pixels_delay_s if few else 0.0,
        )

    def _scan_line(self, call: Call) -> Outcome:
        frame_id, width, height, x0, y0, x1, y1, dwell_ns, count, passes = call.integers
        inside = max(x0, x1) < width and max(y0, y1) < height
        few = max(width, height, count) <= self._settings.most_pixels
        if not (self._free(call.now) and inside and few and count > 0 and passes >= 0):
            return answer(FAILED)
        dwell_s = self._dwell_s(dwell_ns)
        plan = LinePlan(
            frame_id=frame_id,
            number=self._scanner.scans,
            pixels=(width, height),
            ends=((x0, y0), (x1, y1)),
            count=count,
            channels=self._enabled_channels(),
            passes=passes or None,
            dwell_s=dwell_s,
            pass_time_s=self._line_time_s(count, dwell_s),
            started_s=call.now + self._scanner.start_delay_s(call.now),
        )
        conditions = self._parts.conditions(call.now, plan.channels)
        return self._begin(LineScan(plan, self._parts.world.expose, conditions, self._noise), call)

    def _begin(self, scan: Scan, call: Call) -> Outcome:
        self._scanner.begin(scan)
        if call.client.data is not None:
            call.client.data.receive(scan)
        return answer(STARTED, takes_s=scan.plan.started_s - call.now)

    def _stop(self, call: Call) -> Outcome:
        self._scanner.stop(call.now)
        return DONE

    def _estimate(self, call: Call) -> Outcome:
        *window, frames, dwell_ns = call.integers[:8]
        repeats = call.integer(8, default=1)
        field = Window(*window)
        if not self._sensible(field):
            return answer(0.0)
        line_time_s = self._line_time_s(field.columns, self._dwell_s(dwell_ns)) * repeats
        return answer(field.rows * line_time_s * max(frames, 1))

    def _free(self, now: float) -> bool:
        return bool(self._enabled_channels()) and self._scanner.free(now) and not self._parts.procedures.running(now)

    def _enabled_channels(self) -> tuple[tuple[int, int], ...]:
        channels = enumerate(self._parts.detectors.channels)
        return tuple((index, channel.bits) for index, channel in channels if channel.enabled)

    def _dwell_s(self, asked_ns: int) -> float:
        """Zero, or nothing, asks for the dwell of the scan speed that is set."""
        wanted_s = asked_ns * 1e-9 if asked_ns else SPEEDS_us[self._scanner.speed] * 1e-6
        return min(max(wanted_s, self._settings.shortest_dwell_s), self._settings.longest_dwell_s)

    def _line_time_s(self, pixels: int, dwell_s: float) -> float:
        return pixels * dwell_s + self._settings.line_flyback_s

    def _sensible(self, window: Window) -> bool:
        inside = window.left <= window.right < window.width and window.top <= window.bottom < window.height
        return inside and max(window.width, window.height) <= self._settings.most_pixels

    def _chunk_lines(self, window: Window, line_time_s: float, bits: int) -> int:
        """Lines in a message: at least 50 ms of scan, and so many bytes that a picture is not thousands of messages."""
        in_time = -(-self._settings.chunk_s // line_time_s)
        in_bytes = -(-self._settings.chunk_bytes // (window.columns * bits // 8))
        return int(max(in_time, in_bytes, 1))
