"""The simulated benches that are installed: `sim`, and one for each that differs from it (`sim-holder`, ...)."""

from importlib.resources import files

__all__ = [
    "control_bench",
    "glovebox_bench",
    "holder_bench",
    "keithley_bench",
    "simulated_bench",
    "watched_bench",
    "zem_bench",
]


def simulated_bench() -> str:
    """The text of the bench file `sim`."""
    return _text("bench.yaml")


def holder_bench() -> str:
    """The text of the bench file `sim-holder`: the same with the force on the stack and the holder's temperature."""
    return _text("bench_holder.yaml")


def zem_bench() -> str:
    """The text of the bench file `sim-zem`: a benchtop microscope that has much less than the first one."""
    return _text("bench_zem.yaml")


def keithley_bench() -> str:
    """The text of the bench file `sim-keithley`: the same as `sim` with a Keithley 2450 at the cell."""
    return _text("bench_keithley.yaml")


def watched_bench() -> str:
    """The text of the bench file `sim-watched`: the cell is cycled by another program, whose file is read."""
    return _text("bench_watched.yaml")


def control_bench() -> str:
    """The text of the bench file `sim-control`: a sister cell that no beam sees hangs on a second potentiostat."""
    return _text("bench_control.yaml")


def glovebox_bench() -> str:
    """The text of the bench file `sim-glovebox`: the box begins closed in the glovebox, with argon overpressure."""
    return _text("bench_glovebox.yaml")


def _text(name: str) -> str:
    return files("operando.simulators").joinpath(name).read_text(encoding="utf-8")
