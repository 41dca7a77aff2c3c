"""The page: one HTML text with everything in it."""

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined

from operando.protocols.reading import RunStatus
from operando.protocols.report.blocks import Section
from operando.protocols.report.material import Material
from operando.protocols.report.wording import in_hours

__all__ = ["page_text", "state_of"]

_TEMPLATES = files(__package__)


def page_text(material: Material, sections: Sequence[Section]) -> str:
    """The whole page; texts of the record are escaped, and nothing is loaded from elsewhere."""
    sources = {name: (_TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.html", "page.css")}
    environment = Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    tone, state = state_of(material)
    return environment.get_template("page.html").render(
        header=material.header, simulated=material.simulated, sections=sections, state=state, tone=tone
    )


def state_of(material: Material) -> tuple[str, str]:
    """(tone, words) about how the run ended, or that it has not."""
    until = f"; everything recorded until {in_hours(material.end_s)} is shown"
    ending = material.ending
    match material.status:
        case RunStatus.RUNNING:
            return "warning", f"Not finished: the run goes on{until}"
        case RunStatus.KILLED:
            return "error", f"Not finished: the process was killed{until}"
        case RunStatus.PARKED:
            return "warning", f"Parked: another session may follow{until}"
        case RunStatus.OPEN:
            return "error", f"Not finished: the run goes on, or was killed{until}"
        case RunStatus.CLOSED:
            if ending is None:
                return "warning", "Closed, without a word about how the run ended"
            return "good" if material.completed else "error", f"{ending.kind.capitalize()}: {ending.message}"
