"""Who answers: `*IDN?` names the model, `*LANG?` the language that it is set to."""

import re
from collections.abc import Collection

from operando.drivers.errors import ConfigMismatch, StaleReply
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.roles import Identity

__all__ = ["identify_source_meter", "require_language"]

ANSWER = re.compile(r"[^,]+,[^,]+,[^,]+,.+")
LANGUAGE = re.compile(r"SCPI|SCPI2400|TSP")
MAKER = "KEITHLEY INSTRUMENTS"


def identify_source_meter(session: ScpiSession, models: Collection[str], address: str) -> Identity:
    """Ask for maker, model, serial number and firmware.

    Raises:
        ConfigMismatch: if it is none of the models (`2450`).
    """
    try:
        answer = session.ask("*IDN?", ANSWER)
    except StaleReply as error:
        error.remedy = "If this comes again, another instrument is there: check the address and the driver."
        raise
    vendor, model, serial, firmware = (part.strip() for part in answer.split(",", 3))
    number = model.removeprefix("MODEL").strip()
    if not vendor.upper().startswith(MAKER) or number not in models:
        raise ConfigMismatch(
            f"here answers {vendor} {model}, not a Keithley {' or '.join(models)}",
            remedy="Check the address, or name another driver in the bench file.",
        )
    return Identity("Keithley", number, serial, firmware, address)


def require_language(session: ScpiSession, wanted: str) -> None:
    """Check the language that an instrument with several is set to.

    Raises:
        ConfigMismatch: if it is another one.
    """
    language = session.ask("*LANG?", LANGUAGE)
    if language != wanted:
        raise ConfigMismatch(
            f"the instrument speaks {language}, this driver {wanted}",
            remedy=f"Choose {wanted} in its menu (System, Settings, Command Set) and switch it off and on.",
        )
