"""Opens a ZEPTOOLS ZEM: stage, column, scanner and detectors, and its gauge if the bench file tells its unit.

Written after the maker's package pyzemrpc 1.2.6 (conn/protocol.py). What it lacks is said by its capabilities: no
blanker, no beam shift, no parked beam, no external scan, one detector at a time, few sizes and dwell times.
"""

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.errors import ConfigMismatch
from operando.drivers.microscopes.zem.chamber import ZemChamber
from operando.drivers.microscopes.zem.column import ZemColumn
from operando.drivers.microscopes.zem.detectors import ZemDetectors
from operando.drivers.microscopes.zem.exchange import ZemExchange
from operando.drivers.microscopes.zem.options import ZemOptions
from operando.drivers.microscopes.zem.part import Zem
from operando.drivers.microscopes.zem.scanner import ZemScanner
from operando.drivers.microscopes.zem.stage import ZemStage

__all__ = ["open_zem"]

STAGE_IN_PULSES = "ZEM18OLD"
ANY_PORT = "0.0.0.0:0"


def open_zem(context: DriverContext) -> Roles:
    """Ask it who it is. Changes nothing on it.

    Raises:
        InstrumentError: if it does not answer.
        ConfigMismatch: if an option is wrong, or it is a model whose stage counts in pulses.
    """
    options = read_options(context, ZemOptions)
    where = f"{context.name} ({context.address})"
    address, callback = context.address, options.callback
    if callback is None:  # each exchange has a port of its own
        address, callback = address.without("local_port"), ANY_PORT
    exchange = ZemExchange(context.links, address, context.clock, where, callback, options.reply_timeout)
    zem = Zem(
        name=context.name,
        address=context.address,
        links=context.links,
        clock=context.clock,
        gate=context.gate,
        exchange=exchange,
        options=options,
        stage_entry=context.bench.stage,
    )
    if zem.identify().model == STAGE_IN_PULSES:
        raise ConfigMismatch(
            "this model counts its stage in pulses, of which this driver does not know how long they are",
            where=where,
            remedy="Ask for a newer software of the microscope.",
        )
    column, stage, detectors = ZemColumn(zem), ZemStage(zem), ZemDetectors(zem)
    return Roles(
        stage=stage,
        column=column,
        scanner=ZemScanner(zem, column, stage, detectors),
        detectors=detectors,
        pressures={"chamber": ZemChamber(zem)} if options.chamber_unit is not None else {},
    )
