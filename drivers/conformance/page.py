"""The page of a verdict: what was promised, what was found, and how far it is from its limits. Needs no network."""

from importlib.resources import files

from operando.drivers.conformance.figures import curves_figure, limits_figure, pictures_figure
from operando.drivers.conformance.verdict import Outcome, Verdict

__all__ = ["page_text"]


def page_text(verdict: Verdict) -> str:
    """The page as HTML."""
    import jinja2
    from matplotlib import rc_context

    source = files("operando.drivers.conformance").joinpath("page.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # ids inside the figures follow from this word instead of chance, so that equal verdicts give equal pages
    with rc_context({"svg.hashsalt": verdict.bench, "svg.fonttype": "none", "font.family": "sans-serif"}):
        figures = {
            result.id: [
                figure
                for figure in (
                    curves_figure(result.curves),
                    pictures_figure(result.pictures),
                    limits_figure(result.measurements),
                )
                if figure
            ]
            for result in verdict.results
        }
    return environment.from_string(source).render(
        verdict=verdict,
        figures=figures,
        outcomes=list(Outcome),
        roles=list(dict.fromkeys(r.role for r in verdict.results)),
    )
