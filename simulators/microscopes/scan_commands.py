"""The Sc and GUI commands (SharkRemote 2.0.25 and SharkSEM 3.2.20, scanning)."""

from operando.simulators.microscopes.commands import DONE, IGNORED, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.parameters import common_parameters, engineering, sem_parameters, write_map
from operando.simulators.microscopes.parts import Parts
from operando.simulators.microscopes.scan_start_commands import ScanStartCommands
from operando.simulators.microscopes.scanner import SPEEDS_us

__all__ = ["scan_commands"]


def scan_commands(parts: Parts) -> CommandTable:
    """What the scan generator understands."""
    return {
        **ScanStartCommands(parts).table(),
        **_beam_position(parts),
        **_speeds_and_tables(parts),
        **_gui(parts),
    }


def _beam_position(parts: Parts) -> dict[str, Command]:
    scanner, blankers = parts.scanner, parts.blankers

    def park(call: Call) -> Outcome:
        scanner.park(call.numbers[0], call.numbers[1], call.now)
        return DONE

    def blanker(call: Call) -> Outcome:
        index = call.integer(0, default=0)
        return answer(blankers.mode(index)) if index in (0, 1) else IGNORED

    def set_blanker(call: Call) -> Outcome:
        index, mode = call.integers if len(call.integers) == 2 else (0, call.integers[0])
        if index not in (0, 1) or mode not in (0, 1, 2):
            return IGNORED
        blankers.set_mode(index, mode, call.now, scanning=parts.scanning(call.now), external=scanner.external)
        return DONE

    def external(call: Call) -> Outcome:
        return answer(int(scanner.external))

    def set_external(call: Call) -> Outcome:
        scanner.set_external(bool(call.integers[0]), call.now)
        return DONE

    indexed = parts.settings.version_numbers >= (2, 0, 3)
    return {
        "ScSetBeamPos": Command("ff", park),
        "ScGetBlanker": Command("|i" if indexed else "", blanker),
        "ScSetBlanker": Command("i|i" if indexed else "i", set_blanker),
        "ScGetExternal": Command("", external),
        "ScSetExternal": Command("i", set_external),
    }


def _speeds_and_tables(parts: Parts) -> dict[str, Command]:
    scanner, detectors = parts.scanner, parts.detectors

    def speeds(call: Call) -> Outcome:
        return answer(write_map({f"speed.{index}.dwell": f"{dwell:g}" for index, dwell in SPEEDS_us.items()}))

    def speed(call: Call) -> Outcome:
        return answer(scanner.speed)

    def set_speed(call: Call) -> Outcome:
        scanner.speed = min(max(call.integers[0], min(SPEEDS_us)), max(SPEEDS_us))
        return DONE

    def header(call: Call) -> Outcome:
        channel, _, mode, count = call.integers
        dwell_s, pixel_m = call.numbers
        main = common_parameters(parts) | {
            "AccFrames": str(count),
            "AccType": str(mode),
            "PixelSizeX": engineering(pixel_m),
            "PixelSizeY": engineering(pixel_m),
        }
        detector = parts.detectors.channels[channel].detector if 0 <= channel < len(detectors.channels) else 0
        sem = sem_parameters(parts, call.now) | {"DwellTime": engineering(dwell_s), "DetectorNumber": str(detector)}
        return answer(f"[MAIN]\n{write_map(main)}[SEM]\n{write_map(sem)}")

    def source(call: Call) -> Outcome:
        return answer(detectors.look_up_source)

    def set_source(call: Call) -> Outcome:
        if call.integers[0] not in (0, 1, 2):
            return IGNORED
        detectors.look_up_source = call.integers[0]
        return DONE

    def table(call: Call) -> Outcome:
        channel = call.integers[0]
        return answer(*detectors.channels[channel].look_up) if 0 <= channel < len(detectors.channels) else IGNORED

    def set_table(call: Call) -> Outcome:
        channel, (low, high, gamma) = call.integers[0], call.numbers
        if not 0 <= channel < len(detectors.channels) or not 0 <= low < high <= 100 or gamma <= 0:
            return IGNORED
        detectors.channels[channel].look_up = (low, high, gamma)
        return DONE

    return {
        "ScEnumSpeeds": Command("", speeds),
        "ScGetSpeed": Command("", speed),
        "ScSetSpeed": Command("i", set_speed),
        "GetImgHdr": Command("iifiif", header, since=(3, 1, 14)),
        "ScLUTSrcGet": Command("", source),
        "ScLUTSrcSet": Command("i", set_source),
        "ScLUTParGet": Command("i", table),
        "ScLUTParSet": Command("ifff", set_table),
    }


def _gui(parts: Parts) -> dict[str, Command]:
    def scanning(call: Call) -> Outcome:
        return answer(int(parts.scanner.gui_scanning))

    def set_scanning(call: Call) -> Outcome:
        if parts.scanner.running(call.now) is None:
            parts.scanner.gui_scanning = call.integers[0] == 1
        return DONE

    return {
        "GUIGetScanning": Command("", scanning),
        "GUISetScanning": Command("i", set_scanning),
    }
