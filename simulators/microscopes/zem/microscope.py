"""A simulated ZEPTOOLS ZEM: commands over UDP, pictures over TCP, in the one world."""

from concurrent.futures import Future

from operando.simulators.darkroom import AtOnce, Darkroom
from operando.simulators.engine import Conversation, Outbox
from operando.simulators.microscopes.agenda import Agenda
from operando.simulators.microscopes.zem.commands import COMMANDS, Refused
from operando.simulators.microscopes.zem.instrument import ZemInstrument
from operando.simulators.microscopes.zem.settings import SIZES, ZemSettings
from operando.simulators.microscopes.zem.wire import Heard, acknowledged, hear, say
from operando.simulators.world.beam import Exposure
from operando.simulators.world.world import World

__all__ = ["ZemMicroscope"]

IMAGE = "image"
FAILED, BUSY, CHECKSUM, NO_SERVER = 2, 3, 4, 5
HANDSHAKE = "ZepTools handshake request"
ALWAYS_ANSWERED = ("Get", "Check", "Status", "SnapCancel", "SetHV_OFF", "IsVideoAlive")
"""Beginnings of commands that are obeyed while a picture is taken."""
WRITE_BYTES = 1 << 16


class ZemMicroscope:
    """The microscope as an engine with two doors: the nameless one for commands, and `image`."""

    def __init__(self, world: World, settings: ZemSettings | None = None) -> None:
        self.settings = settings or ZemSettings()
        self.darkroom: Darkroom = AtOnce()
        self._agenda = Agenda(world, lambda now: None)
        self.instrument = ZemInstrument(world, self.settings, self._agenda)
        self._scan: tuple[Exposure, _Commands] | None = None
        self._drawing: Future[bytes] | None = None
        self._scan_ends_s = 0.0
        self._pictures = 0
        self.picture = b""
        """The last one, which the picture server gives to whoever connects."""

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """Somebody sends a first datagram, or fetches the last picture."""
        self.reach(now)
        return _PictureServer(self.picture, now) if endpoint == IMAGE else _Commands(self)

    def reach(self, now: float) -> float:
        """The microscope's present."""
        now = self._agenda.reach(now)
        self._hand_over(now)
        return now

    def next(self) -> float | None:
        """When it does something by itself."""
        return self._agenda.now if self._drawing is not None and self._drawing.done() else self._agenda.next()

    def answer(self, heard: Heard, client: "_Commands", now: float) -> bytes | None:
        """What is said to a request; nothing yet to one for a picture."""
        if heard.command == HANDSHAKE:
            return say("ZepTools Handshake", "")
        if not heard.whole:
            return say(heard.command, acknowledged(CHECKSUM))
        try:
            if heard.command == "Snap":
                self._snap(heard, client, now)
                return None
            return say(heard.command, self._obey(heard, now))
        except Refused as refused:
            return say(heard.command, acknowledged(refused.code))

    def _obey(self, heard: Heard, now: float) -> str:
        if heard.command == "StatusCheck":
            return "Busy" if self._scan or self.instrument.focusing(now) else "Idle"
        if heard.command == "SnapCancel":
            return self._cancel(now)
        command = COMMANDS.get(heard.command)
        if command is None:
            return "Invalid command"
        busy = self._scan is not None or self.instrument.focusing(now)
        if busy and not heard.command.startswith(ALWAYS_ANSWERED):
            raise Refused(BUSY)
        return command(self.instrument, heard.arguments, now)

    def _snap(self, heard: Heard, client: "_Commands", now: float) -> None:
        if self.settings.picture_server_down:
            raise Refused(NO_SERVER)
        if self._scan is not None or self.instrument.focusing(now) or self.instrument.moving(now):
            raise Refused(BUSY)
        try:
            _, step, _, size = (int(argument) for argument in heard.arguments)
            dwell_s, pixels = self.settings.dwell_s[step - 1], SIZES[size]
        except (ValueError, KeyError, IndexError) as error:
            raise Refused(1) from error
        self._pictures += 1
        start_s = now + self.settings.scan_start_s
        exposure = self.instrument.exposure(pixels, dwell_s, start_s, self._pictures)
        self._scan = exposure, client
        self._scan_ends_s = start_s + pixels[1] * exposure.line_time_s
        number = self._pictures
        self._agenda.at(self._scan_ends_s, lambda then: self._taken(number, then))

    def _taken(self, number: int, now: float) -> None:
        if self._scan is None or number != self._pictures:
            return
        exposure, _ = self._scan
        self._drawing = self.darkroom.develop(lambda: self.instrument.picture(exposure))
        self._hand_over(now)

    def _hand_over(self, now: float) -> None:
        """Say that the picture is there, once it is."""
        if self._scan is None or self._drawing is None or not self._drawing.done():
            return
        (exposure, client), self._scan = self._scan, None
        self.picture, self._drawing = self._drawing.result(), None
        width, height = exposure.pixels
        depth = 7 if self.settings.sixteen_bits else 0
        where = f"{self.settings.image_ip}:{self.settings.image_port}"
        client.say(say("Snap", f"Simulated Zem Service:{where},{depth},{width},{height}"), now)

    def _cancel(self, now: float) -> str:
        scan, self._scan, self._drawing = self._scan, None, None
        if scan is not None:
            scan[1].say(say("Snap", acknowledged(FAILED)), now)
        return acknowledged(0)


class _Commands:
    """One client: whoever sends from one address."""

    closed = False

    def __init__(self, microscope: ZemMicroscope) -> None:
        self._microscope = microscope
        self._outbox = Outbox()
        self._waiting = False

    def feed(self, data: bytes, now: float) -> None:
        now = self._microscope.reach(now)
        heard = hear(data)
        if heard is None:
            return
        self._waiting = self._waiting or heard.command == "Snap"
        reply = self._microscope.answer(heard, self, now)
        if reply is not None:
            self.say(reply, now)

    def say(self, reply: bytes, now: float) -> None:
        """One datagram."""
        self._outbox.put(reply, now + self._microscope.settings.reply_delay_s)

    def due(self) -> float | None:
        due = self._outbox.due()
        if due is not None or not self._waiting:
            return due
        return self._microscope.next()

    def collect(self, now: float) -> list[bytes]:
        self._microscope.reach(now)
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        self._outbox.clear()
        self._waiting = False


class _PictureServer:
    """Sends the last picture and hangs up."""

    def __init__(self, picture: bytes, now: float) -> None:
        self._outbox = Outbox()
        for at in range(0, len(picture), WRITE_BYTES):
            self._outbox.put(picture[at : at + WRITE_BYTES], now)

    @property
    def closed(self) -> bool:
        """Once everything is said."""
        return self._outbox.due() is None

    def feed(self, data: bytes, now: float) -> None:
        """Nothing is listened to."""

    def due(self) -> float | None:
        return self._outbox.due()

    def collect(self, now: float) -> list[bytes]:
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        self._outbox.clear()
