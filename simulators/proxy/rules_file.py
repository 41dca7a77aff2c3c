"""The rules of a proxy as a strict YAML file.

    operando_faults: 1
    rules:
      - {fault: {effect: delay, seconds: 2.5}, request: "^Stg", nth: [3]}
      - {fault: {effect: close, reset: true}, between: [60, 61]}

Times count from the start of the proxy.
"""

from pathlib import Path
from typing import Literal

from operando.drivers.documents import StrictModel, read_document
from operando.simulators.faults import FaultRule, WireFaults

__all__ = ["ProxyRules", "read_rules"]


class ProxyRules(StrictModel):
    """The whole file."""

    operando_faults: Literal[1]
    rules: tuple[FaultRule, ...]

    def faults(self) -> WireFaults:
        """A wire with these rules."""
        faults = WireFaults()
        for rule in self.rules:
            faults.add(rule)
        return faults


def read_rules(path: Path) -> ProxyRules:
    """Read a rules file.

    Raises:
        DocumentError: with file, line and the nearest valid key for everything that is wrong.
    """
    return read_document(path).validate(ProxyRules)
