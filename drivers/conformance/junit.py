"""The verdict as JUnit XML, which every CI shows."""

from xml.etree import ElementTree

from operando.drivers.conformance.verdict import Outcome, Result, Verdict

__all__ = ["junit_text"]

ILLEGAL = dict.fromkeys(range(32), " ") | {9: "\t", 10: "\n"}
"""Control characters, which XML does not know."""


def junit_text(verdict: Verdict) -> str:
    """One test case a check. What is not offered, not allowed or stopped is skipped, and says why."""
    results = verdict.results
    suite = ElementTree.Element(
        "testsuite",
        name=f"conformance of {verdict.bench}",
        timestamp=verdict.on.isoformat(timespec="seconds"),
        tests=str(len(results)),
        failures=str(verdict.counts[Outcome.BROKEN]),
        errors="0",
        skipped=str(len(results) - verdict.counts[Outcome.BROKEN] - verdict.counts[Outcome.KEPT]),
        time=f"{sum(result.duration_s for result in results):.3f}",
    )
    for result in results:
        suite.append(_case(result))
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(result: Result) -> ElementTree.Element:
    owner = f"{result.role}.{result.instrument}" if result.instrument else result.role
    case = ElementTree.Element("testcase", classname=owner, name=result.id, time=f"{result.duration_s:.3f}")
    told = result.message.translate(ILLEGAL)
    if result.outcome is Outcome.BROKEN:
        failure = ElementTree.SubElement(case, "failure", message=told)
        failure.text = "\n".join(str(measurement) for measurement in result.measurements).translate(ILLEGAL)
    elif result.outcome is not Outcome.KEPT:
        ElementTree.SubElement(case, "skipped", message=told)
    return case
