"""One client's connection to a SourceMeter: lines in, replies out."""

from operando.simulators.engine import Outbox
from operando.simulators.potentiostats.keithley.scpi_error import ScpiError
from operando.simulators.potentiostats.keithley.scpi_instrument import ScpiInstrument

__all__ = ["ScpiConversation"]


class ScpiConversation:
    """Messages end with LF; CR before it is accepted. The instrument goes on with what it does when the client is gone.

    A message that arrives before the last reply has left interrupts that query (-410), and a client that leaves in
    the middle of a query leaves it unterminated (-420).
    """

    closed = False

    def __init__(self, instrument: ScpiInstrument) -> None:
        self._instrument = instrument
        self._outbox = Outbox()
        self._received = b""

    def feed(self, data: bytes, now: float) -> None:
        """Bytes arrived; complete messages are carried out."""
        self._instrument.world.advance(now)
        self._received += data
        while b"\n" in self._received:
            raw, _, self._received = self._received.partition(b"\n")
            self._message(raw, now)
        if len(self._received) > self._instrument.settings.longest_message:
            self._received = b""
            self._instrument.refuse(ScpiError(-363), now)

    def due(self) -> float | None:
        """When the next reply leaves."""
        return self._outbox.due()

    def collect(self, now: float) -> list[bytes]:
        """The replies that have left by now."""
        self._instrument.world.advance(now)
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        """The client is gone."""
        self._instrument.world.advance(now)
        if b"?" in self._received and not self.closed:
            self._instrument.refuse(ScpiError(-420), now)
        self.closed = True

    def _message(self, raw: bytes, now: float) -> None:
        instrument = self._instrument
        if self._outbox.due() is not None and instrument.settings.discards_interrupted_replies:
            self._outbox.clear()
            instrument.refuse(ScpiError(-410), now)
        text = raw.decode("latin-1").strip()
        reply = instrument.obey(text, now) if text else None
        if reply is not None:
            due = now + instrument.settings.reply_latency_s + instrument.busy_s
            self._outbox.put(reply.encode("latin-1") + b"\n", due)
