"""The last step of opening an instrument: who answers is asked, and one that is not what it should be is let go."""

from typing import TypeVar

from operando.drivers.errors import InstrumentError
from operando.drivers.roles import Instrument

__all__ = ["identified"]

Opened = TypeVar("Opened", bound=Instrument)


def identified(instrument: Opened) -> Opened:
    """The instrument, once it has said who it is.

    Raises:
        InstrumentError: what `identify` raised; the instrument is closed then.
    """
    try:
        instrument.identify()
    except InstrumentError:
        instrument.close()
        raise
    return instrument
