"""EC-Lab's text file of a Modulo Bat: header with the number of its lines, tab-separated rows, CR LF."""

from datetime import datetime

from operando.simulators.potentiostats.vendor_program.schedule import PlayedRow

__all__ = ["ec_lab_header", "ec_lab_row"]

COLUMNS = (
    "mode",
    "ox/red",
    "error",
    "control changes",
    "Ns changes",
    "counter inc.",
    "Ns",
    "time/s",
    "control/V/mA",
    "Ewe/V",
    "I/mA",
    "(Q-Qo)/mA.h",
    "cycle number",
)
MODES = {"current": 1, "voltage": 2, "nothing": 3}
MILLIAMPERE_HOUR_C = 3.6


def ec_lab_header(started: datetime) -> bytes:
    """Everything down to the names of the columns."""
    lines = [
        "EC-Lab ASCII FILE",
        "Nb header lines : {count}",
        "",
        "Modulo Bat",
        "",
        "Run on channel : 1 (SN 14990)",
        "User : ",
        "Electrode connection : standard",
        "Potential control : Ewe",
        "Ewe ctrl range : min = 0.00 V, max = 5.00 V",
        "Safety Limits :",
        "\tDo not start on E overload",
        f"Acquisition started on : {started:%m/%d/%Y %H:%M:%S}.{started.microsecond // 1000:03d}",
        "Saved on :",
        "\tFile : operando.mpr",
        "Device : SP-150 (SN 1111)",
        "EC-Lab for windows v11.43 (software)",
        "Internet server v11.40 (firmware)",
        "Command interpretor v11.43 (firmware)",
        "Electrode material : simulated",
        "Comments : written by a simulated program",
        "Electrode surface area : 0.785 cm²",
        "Cycle Definition : Charge/Discharge alternance",
        "",
        "".join(f"{name}\t" for name in COLUMNS),
    ]
    text = "".join(f"{line}\r\n" for line in lines).replace("{count}", str(len(lines)))
    return text.encode("cp1252")


def ec_lab_row(row: PlayedRow, *, decimal_comma: bool = False) -> bytes:
    """One line of the table."""
    current_mA = row.current_A * 1e3
    control = {"current": current_mA, "voltage": row.step.value, "nothing": 0.0}[row.step.controlled]
    numbers = [
        f"{MODES[row.step.controlled]}",
        f"{int(row.current_A > 0)}",
        "0",
        f"{int(row.begins)}",
        f"{int(row.begins)}",
        "0",
        f"{row.place}",
        f"{row.elapsed_s:.15E}",
        f"{control:.7E}",
        f"{row.voltage_V:.7E}",
        f"{current_mA:.15E}",
        f"{row.charge_C / MILLIAMPERE_HOUR_C:.15E}",
        f"{row.cycle:.15E}",
    ]
    line = "\t".join(numbers) + "\r\n"
    return (line.replace(".", ",") if decimal_comma else line).encode("cp1252")
