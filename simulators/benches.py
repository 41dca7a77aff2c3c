"""The simulated bench that is installed with operando, by the name `sim`."""

from importlib.resources import files

__all__ = ["simulated_bench"]


def simulated_bench() -> str:
    """The text of the bench file."""
    return files("operando.simulators").joinpath("bench.yaml").read_text(encoding="utf-8")
