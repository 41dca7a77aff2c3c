"""Making an EmStat safe: end what runs, switch the cell off, and prove it."""

from operando.drivers.errors import ProtocolError, TransportClosed, TransportTimeout
from operando.drivers.potentiostats.emstat_session import EmStatSession
from operando.drivers.potentiostats.methodscript_errors import CELL_IS_ON, describe_error, error_code
from operando.drivers.potentiostats.methodscript_packages import decode_package
from operando.drivers.roles import Safety

__all__ = ["confirm_cell_off"]

PROOF = "\n".join(
    [
        "e",
        "var voltage",
        "set_pgstat_chan 0",
        "set_pgstat_mode 3",
        "meas_loop_ocp voltage 100m 100m",
        "pck_start",
        "pck_add voltage",
        "pck_end",
        "endloop",
        "",
        "",
    ]
)
"""The open-circuit potential is refused with 0014 while the cell is on, so a value proves that it is off."""


def confirm_cell_off(session: EmStatSession) -> tuple[Safety, str]:
    """Leave the cell open, and say how that is known.

    Raises:
        InstrumentError: if the instrument cannot be reached or does not obey.
    """
    try:
        ended = session.abort_script()
    except TransportClosed:
        ended = session.abort_script()  # over a new link
    except TransportTimeout:
        session.end_upload()
        ended = session.abort_script()
    if ended:
        session.wait_for_end()
    session.switch_off()
    output, last = session.run(PROOF)
    if error_code(last) == CELL_IS_ON:
        return Safety.UNSAFE, f"the cell is still on: {describe_error(last)}"
    voltages_V = [decode_package(line)[0].value for line in output if line.startswith(b"P")]
    if last or not voltages_V:
        raise ProtocolError(
            f"no proof that the cell is off: {describe_error(last) if last else 'no open-circuit voltage came'}",
            remedy="Look at the instrument, and unplug the cell if in doubt.",
        )
    return Safety.CONFIRMED, f"the cell is off; {voltages_V[-1]:.4f} V at open circuit"
