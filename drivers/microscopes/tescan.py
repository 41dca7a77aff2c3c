"""Opens a TESCAN microscope over SharkSEM: stage, column, scanner, detectors and the chamber's gauge.

Written after the SharkRemote manual 2.0.25 and the SharkSEM manual 3.2.20.
"""

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.errors import ConfigMismatch, TransportTimeout
from operando.drivers.links import Address
from operando.drivers.microscopes.chamber import TescanChamber
from operando.drivers.microscopes.channels import Channels, find_detectors
from operando.drivers.microscopes.column import TescanColumn
from operando.drivers.microscopes.data_connection import DataConnection
from operando.drivers.microscopes.detectors import TescanDetectors
from operando.drivers.microscopes.live_image import LiveImage
from operando.drivers.microscopes.optics import Optics, find_stigmator
from operando.drivers.microscopes.part import Microscope
from operando.drivers.microscopes.scanner import TescanScanner
from operando.drivers.microscopes.sharksem_connection import ControlConnection
from operando.drivers.microscopes.stage import TescanStage, stage_limits
from operando.drivers.microscopes.tescan_identity import identify_server, protocol_version
from operando.drivers.microscopes.tescan_options import TescanOptions

__all__ = ["open_tescan"]


def open_tescan(context: DriverContext) -> Roles:
    """Connect, identify and read what the microscope has. Changes nothing on it.

    Raises:
        InstrumentError: if it does not answer.
        ConfigMismatch: if an option is wrong, its software is too old or it has no such detector.
    """
    options = read_options(context, TescanOptions)
    where = f"{context.name} ({context.address})"
    control = ControlConnection(lambda: context.links.open(context.address), context.clock, where)
    watch = ControlConnection(lambda: context.links.open(context.address), context.clock, where)
    data = DataConnection(context.links, _data_address(context, options), control, context.clock)
    try:
        return _roles(context, options, control, watch, data)
    except BaseException:
        data.drop()
        control.close()
        watch.close()
        raise


def _roles(
    context: DriverContext,
    options: TescanOptions,
    control: ControlConnection,
    watch: ControlConnection,
    data: DataConnection,
) -> Roles:
    version = protocol_version(control)
    identify_server(watch, str(context.address))  # so that the connection that makes safe is known to work
    stigmator = options.stigmator_centering
    if stigmator is None:
        stigmator = _stigmator(control)
    microscope = Microscope(
        name=context.name,
        address=str(context.address),
        clock=context.clock,
        gate=context.gate,
        control=control,
        watch=watch,
        data=data,
        options=options,
        stage_entry=context.bench.stage,
        optics=Optics(version, stigmator),
        channels=Channels(find_detectors(control, options.detectors), control.where),
        live=LiveImage(),
    )
    stage = TescanStage(microscope, stage_limits(control))
    data.pair()
    return Roles(
        stage=stage,
        column=TescanColumn(microscope),
        scanner=TescanScanner(microscope),
        detectors=TescanDetectors(microscope),
        pressures={"chamber": TescanChamber(microscope)},
    )


def _stigmator(control: ControlConnection) -> int | None:
    """None as well if the server does not know the question: it is then silent."""
    try:
        return find_stigmator(control)
    except TransportTimeout:
        return None


def _data_address(context: DriverContext, options: TescanOptions) -> Address:
    if options.data is not None:
        return Address.parse(options.data)
    if context.address.port is None:
        raise ConfigMismatch(
            f"{context.address} has no port, so the data connection cannot be one above it",
            where=context.name,
            remedy="Write the option data: with the address of the data connection.",
        )
    return context.address.at_port(context.address.port + 1)
