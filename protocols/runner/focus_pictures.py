"""Takes the pictures of a focusing: each on the sacrificial spot, booked there, and judged apart from the runner."""

from operando.drivers.bench import Bench
from operando.drivers.roles import FrameRequest
from operando.drivers.timeline import outside
from operando.protocols.focus import Sharpness
from operando.protocols.focus.judge import SharpnessJudge
from operando.protocols.focus.look import FocusLook
from operando.protocols.program import Region
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount, lines_seen
from operando.protocols.runner.urgency import Urgency
from operando.protocols.runner.waiting import until

__all__ = ["JUDGED_S", "FocusPictures"]

JUDGED_S = 0.05
"""How long judging a picture takes in virtual time: 256 x 192 pixels on a slow computer, and the way there and back."""
PATIENCE_S = 15.0
ASK_EVERY_S = 0.05


class FocusPictures:
    """One picture after the other.

    Args:
        bench: with a microscope.
        commands: through which it is commanded.
        dose: of the spot.
        judge: of sharpness.
        urgency: whoever is called off stops the scan and gives way.
    """

    def __init__(
        self, bench: Bench, commands: Commands, dose: DoseAccount, judge: SharpnessJudge, urgency: Urgency
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._dose = dose
        self._judge = judge
        self._urgency = urgency

    async def sharpness(self, spot: Region, look: FocusLook, detector: str, cycle: int) -> Sharpness:
        """Sharpness of the spot with the beam as it is set now.

        Raises:
            GiveWay: if something more urgent waits; the spot has seen what was scanned.
        """
        scanner, clock = self._bench.scanner, self._bench.clock
        request = FrameRequest((detector,), look.pixels, look.dwell_s)
        duration_s, began_s = scanner.duration_s(request), clock.now()
        self._dose.begins(spot, look.picture_dose_C_per_m2, cycle)
        seen = 0.0
        try:
            await self._commands.effect(
                scanner, "scan (focus)", lambda: scanner.start(request), pixels=list(look.pixels), dwell_s=look.dwell_s
            )
            await self._urgency.sleep(duration_s)
            await until(
                self._commands,
                clock,
                scanner,
                lambda: scanner.progress().complete,
                what="the end of a scan",
                at_most_s=duration_s + PATIENCE_S,
                every_s=ASK_EVERY_S,
                sleep=self._urgency.sleep,
            )
            seen = 1.0
        finally:
            rows = look.pixels[1]
            share = seen or lines_seen(clock.now() - began_s, duration_s / rows, rows) / rows
            self._dose.add(spot, share * look.picture_dose_C_per_m2, cycle, kind="focus")
        (image,) = await self._commands.ask(scanner, scanner.images)
        return await outside(clock, self._judge.submit(image.pixels), JUDGED_S)

    async def stop(self) -> None:
        """End what is being scanned."""
        await self._commands.effect(self._bench.scanner, "stop scan", self._bench.scanner.stop)
