"""The Dt commands (SharkRemote 2.0.25 and SharkSEM 3.2.20, detectors)."""

from operando.simulators.microscopes.commands import DONE, IGNORED, Call, Command, CommandTable, Outcome, answer
from operando.simulators.microscopes.detectors import DETECTORS
from operando.simulators.microscopes.parameters import write_map
from operando.simulators.microscopes.parts import Parts

__all__ = ["detector_commands"]


def detector_commands(parts: Parts) -> CommandTable:
    """What the detectors and their channels understand."""
    return _detectors(parts) | _channels(parts)


def _detectors(parts: Parts) -> dict[str, Command]:
    detectors = parts.detectors

    def enumerate_all(call: Call) -> Outcome:
        entries = {}
        for index, detector in enumerate(DETECTORS):
            entries[f"det.{index}.name"] = detector.name
            entries[f"det.{index}.detector"] = str(detector.number)
        return answer(write_map(entries))

    def levels(call: Call) -> Outcome:
        return answer(*detectors.levels(call.integers[0])) if detectors.known(call.integers[0]) else IGNORED

    def set_levels(call: Call) -> Outcome:
        if not detectors.known(call.integers[0]):
            return IGNORED
        detectors.set_levels(call.integers[0], call.numbers[0], call.numbers[1], call.now)
        return DONE

    def state(call: Call) -> Outcome:
        return answer(0) if detectors.known(call.integers[0]) else IGNORED

    def set_state(call: Call) -> Outcome:
        return DONE

    def states(call: Call) -> Outcome:
        return answer("")

    return {
        "DtEnumDetectors": Command("", enumerate_all),
        "DtGetGainBlack": Command("i", levels),
        "DtSetGainBlack": Command("iff", set_levels),
        "DtStateGet": Command("i", state, since=(3, 1, 1)),
        "DtStateSet": Command("ii", set_state, since=(3, 1, 1)),
        "DtStateEnum": Command("|i", states, since=(3, 1, 1)),
    }


def _channels(parts: Parts) -> dict[str, Command]:
    detectors = parts.detectors

    def count(call: Call) -> Outcome:
        return answer(len(detectors.channels))

    def select(call: Call) -> Outcome:
        channel, number = call.integers
        if not 0 <= channel < len(detectors.channels) or not detectors.known(number):
            return IGNORED
        detectors.channels[channel].detector = number
        return DONE

    def selected(call: Call) -> Outcome:
        channel = call.integers[0]
        return answer(detectors.channels[channel].detector) if 0 <= channel < len(detectors.channels) else IGNORED

    def enable(call: Call) -> Outcome:
        channel, on, bits = call.integers[0], call.integers[1], call.integer(2, default=8)
        if not 0 <= channel < len(detectors.channels) or bits not in (8, 16) or parts.scanner.running(call.now):
            return IGNORED
        detectors.channels[channel].enabled = bool(on)
        detectors.channels[channel].bits = bits
        return DONE

    def enabled(call: Call) -> Outcome:
        channel = call.integers[0]
        if not 0 <= channel < len(detectors.channels):
            return IGNORED
        return answer(int(detectors.channels[channel].enabled), detectors.channels[channel].bits)

    return {
        "DtGetChannels": Command("", count),
        "DtSelect": Command("ii", select),
        "DtGetSelected": Command("i", selected),
        "DtEnable": Command("ii|i", enable),
        "DtGetEnabled": Command("i", enabled),
    }
