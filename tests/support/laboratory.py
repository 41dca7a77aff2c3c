"""A simulated bench whose laboratory a test can reach: to cut wires, and to ask the world instead of the runner."""

from dataclasses import dataclass
from pathlib import Path

from operando.drivers.bench import Bench, load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.protocols.document import parse_protocol
from operando.protocols.program import Program
from operando.protocols.record import RunHeader
from operando.protocols.runner import RunOptions, RunOutcome, run_program
from operando.simulators.laboratory import Laboratory
from operando.simulators.links import SimulatedLinks
from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["SimulatedBench", "header_of"]


@dataclass(frozen=True, slots=True)
class SimulatedBench:
    """An open bench and the laboratory behind its wires."""

    bench: Bench
    laboratory: Laboratory
    world: SimulatedWorld

    @classmethod
    def open(cls, name: str = "sim") -> "SimulatedBench":
        """A shipped bench, in a world of its own."""
        bench = connect_bench(*load_bench_file(bench_source(name)))
        links = bench.links.scheme("sim")
        assert isinstance(links, SimulatedLinks)
        world = links.laboratory.world
        assert isinstance(world, SimulatedWorld)
        return cls(bench, links.laboratory, world)

    def unplug(self, instrument: str, start_s: float, end_s: float = float("inf")) -> None:
        """Cut the wire of an instrument between two run times."""
        self.laboratory.wire_faults(instrument).unplugged_between.append((start_s, end_s))

    def run(self, protocol: str, folder: Path, options: RunOptions | None = None) -> RunOutcome:
        """Run the text of a protocol."""
        return self.run_program(parse_protocol(protocol), folder, options)

    def run_program(self, program: Program, folder: Path, options: RunOptions | None = None) -> RunOutcome:
        """Run a program."""
        header = header_of(program, folder, self.bench)
        return run_program(program, self.bench, folder, header, options)


def header_of(program: Program, folder: Path, bench: Bench) -> RunHeader:
    """The header of a test's run."""
    return RunHeader(
        run_id=folder.name,
        title=program.title,
        sample=program.sample,
        institution="TEST",
        operator="test",
        start_wall=bench.clock.epoch,
        simulated=True,
        microscope_vendor="TESCAN",
        microscope_model="simulated",
        protocol_file="protocol.yaml",
        protocol_text=program.text,
        bench_text="",
        identities=tuple(role.identify() for role in bench.one_role_each()),
    )
