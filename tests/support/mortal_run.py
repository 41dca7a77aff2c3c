"""Runs that are killed between two writes, in virtual time, and resumed on the same instruments.

The process dies, its world does not: every write and every exchange after the kill fails, its files and links are
closed as the operating system would close them, and the laboratory goes on.
"""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from operando.drivers.bench import Bench, DriverContext, Gate, Roles
from operando.drivers.bench.file import load_bench_file
from operando.drivers.bench.open import bench_source
from operando.drivers.clock import Charge, VirtualClock
from operando.drivers.links import Address, LinkContext, LinkRegistry, PeopleInWorld
from operando.protocols.document import parse_protocol
from operando.protocols.record import Disk, RunRecord
from operando.protocols.record.durable import DurableFile
from operando.protocols.runner import RunOptions, RunOutcome, continue_program, resume_program
from operando.protocols.runner.conduct import conduct
from operando.protocols.runner.continuing import Returning
from operando.protocols.runner.run import Run
from operando.simulators.laboratory import Laboratory
from operando.simulators.links import SimulatedLinks
from operando.simulators.potentiostats import EmStat4
from support.laboratory import header_of

__all__ = ["Killed", "MortalRun"]


Work = Callable[[Bench, Disk], RunOutcome]


class Killed(BaseException):
    """What a SIGKILL is to the code that runs."""


class Fate:
    """When the process dies: after so many writes, or after the first write that has some words in it, or never."""

    def __init__(self, writes: int | None, words: bytes | None = None) -> None:
        self.writes_left = writes
        self.words = words
        self.writes = 0
        self.dead = False

    def check(self) -> None:
        """Nothing happens any more in a process that is dead."""
        if self.dead:
            raise Killed

    def wrote(self, data: bytes | memoryview = b"") -> None:
        """One more write is done."""
        self.writes += 1
        last = self.writes_left is not None and self.writes >= self.writes_left
        if last or (self.words is not None and self.words in bytes(data)):
            self.dead = True
            raise Killed


class _MortalFile(DurableFile):
    def __init__(self, path: Path, fate: Fate) -> None:
        super().__init__(path)
        self._fate = fate

    def append(self, data: bytes) -> None:
        self._fate.check()
        super().append(data)
        self._fate.wrote(data)

    def write_at(self, data: bytes | memoryview, offset: int) -> None:
        self._fate.check()
        super().write_at(data, offset)
        self._fate.wrote(data)


class _MortalDisk(Disk):
    def __init__(self, fate: Fate) -> None:
        self.fate = fate
        self.opened: list[DurableFile] = []

    def open(self, path: Path) -> DurableFile:
        self.fate.check()
        new = not path.exists()
        file = _MortalFile(path, self.fate)
        self.opened.append(file)
        if new:
            self.sync_folder(path.parent)
        return file

    def publish(self, temporary: Path, path: Path) -> None:
        self.fate.check()
        super().publish(temporary, path)
        self.fate.wrote()

    def remove(self, path: Path) -> None:
        self.fate.check()
        super().remove(path)


class _MortalClock(VirtualClock):
    """Every exchange with an instrument passes here."""

    def __init__(self) -> None:
        super().__init__()
        self.fate = Fate(None)

    def charging(self) -> Charge:
        self.fate.check()
        return super().charging()


class MortalRun:
    """One run over several processes, each of which may be killed.

    Args:
        protocol: its text.
        folder: of the record.
        without: instruments of the bench that are left out (the spectrometer stays with a dead client for 15 s).
        bench: a shipped one.
    """

    def __init__(self, protocol: str, folder: Path, without: tuple[str, ...] = (), bench: str = "sim") -> None:
        self._without = without
        self.program = parse_protocol(protocol)
        self.folder = folder
        self.clock = _MortalClock()
        self._document, self._file = load_bench_file(bench_source(bench))
        self._links = LinkRegistry(LinkContext(self.clock, self._file.world))
        links = self._links.scheme("sim")
        assert isinstance(links, SimulatedLinks)
        self.laboratory: Laboratory = links.laboratory
        self.potentiostat.take_transcript()
        self.said: list[str] = []
        """Everything that scripts have said, heard or not."""
        if self.control_potentiostat is not None:
            self.control_potentiostat.take_transcript()
        self.control_said: list[str] = []
        """The same at the control cell."""

    @property
    def people(self) -> PeopleInWorld:
        """Hands in the laboratory, for people who answer by a script."""
        people = self._links.people()
        assert people is not None
        return people

    @property
    def potentiostat(self) -> EmStat4:
        """The simulated instrument itself."""
        engine = self.laboratory.instruments["potentiostat"]
        assert isinstance(engine, EmStat4)
        return engine

    @property
    def control_potentiostat(self) -> EmStat4 | None:
        """That of the control cell, if the bench has one."""
        if self._file.control_cell is None:
            return None
        engine = self.laboratory.instruments["control-potentiostat"]
        assert isinstance(engine, EmStat4)
        return engine

    def start(
        self, die_after_writes: int | None = None, options: RunOptions | None = None, die_at: bytes | None = None
    ) -> RunOutcome | None:
        """Begin the run; None if the process was killed. Counts the writes in `writes`."""

        def work(bench: Bench, disk: Disk) -> RunOutcome:
            record = RunRecord.create(self.folder, header_of(self.program, self.folder, bench), disk)
            return conduct(Run(self.program, bench, record, options or RunOptions()), bench, record)

        return self._in_a_process(Fate(die_after_writes, die_at), work)

    def resume(
        self,
        die_after_writes: int | None = None,
        options: RunOptions | None = None,
        down_s: float = 20.0,
    ) -> RunOutcome | None:
        """Go on with it in another process, which begins so many seconds after the last one has died."""
        self.clock.sleep_until(self.clock.now() + down_s)

        def work(bench: Bench, disk: Disk) -> RunOutcome:
            return resume_program(self.program, bench, self.folder, options, disk)

        return self._in_a_process(Fate(die_after_writes), work)

    def continue_(
        self,
        die_after_writes: int | None = None,
        returning: Returning | None = None,
        away_s: float = 600.0,
        options: RunOptions | None = None,
        die_at: bytes | None = None,
    ) -> RunOutcome | None:
        """Begin another session in another process, so many seconds later."""
        self.clock.sleep_until(self.clock.now() + away_s)

        def work(bench: Bench, disk: Disk) -> RunOutcome:
            return continue_program(self.program, bench, self.folder, returning, options, disk)

        return self._in_a_process(Fate(die_after_writes, die_at), work)

    def _in_a_process(self, fate: Fate, work: Work) -> RunOutcome | None:
        self.clock.fate = fate
        disk = _MortalDisk(fate)
        bench = self.connect()
        try:
            return work(bench, disk)
        except BaseException:
            if not fate.dead:
                raise
            return None
        finally:
            self.writes = fate.writes
            self.clock.fate = Fate(None)
            for file in disk.opened:
                file.close()
            bench.close()
            self.said += [text for _, text in self.potentiostat.take_transcript()]
            if self.control_potentiostat is not None:
                self.control_said += [text for _, text in self.control_potentiostat.take_transcript()]

    def connect(self) -> Bench:
        """The instruments, as one more process opens them."""
        roles: dict[str, Roles] = {}
        for name, entry in self._file.instruments.items():
            if name in self._without:
                continue
            factory = entry_points(group="operando.drivers")[entry.driver].load()
            address, gate = Address.parse(entry.address), Gate(name, open=True)
            roles[name] = factory(
                DriverContext(name, address, entry.options, self._file, self._links, self.clock, gate)
            )
        return Bench(self._file, self.clock, roles, self._links)
