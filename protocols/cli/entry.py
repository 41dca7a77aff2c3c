"""How the process begins and ends: signals, errors as one screen, exit codes."""

import signal
import sys
import threading
from types import FrameType

from operando.protocols.cli.app import app

__all__ = ["main"]

CLICK_INTERRUPTED = 130
INTERRUPTED_SAFELY = 3


def main() -> None:
    """Entry point: errors that operando raises on purpose become one screen and an exit code, not a traceback."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    try:
        app(prog_name="operando")
    except SystemExit as end:
        sys.exit(_interrupted() if end.code == CLICK_INTERRUPTED else end.code)
    except KeyboardInterrupt:
        sys.exit(_interrupted())
    except Exception as error:
        if debug:
            raise
        from operando.protocols.cli.failures import explain

        sys.exit(explain(error))
    finally:
        _forget_interruption()


def _forget_interruption() -> None:
    """Let the process end with its exit code.

    CPython (`run_eval_code_obj` in pythonrun.c) remembers an interruption that leaves a source text which is being
    executed, as modules do while they are imported, and ends by SIGINT although it was caught. The next text clears it.
    """
    exec("")


def _stop(number: int, frame: FrameType | None) -> None:
    """SIGTERM asks for what Ctrl-C asks for."""
    del number, frame
    raise KeyboardInterrupt


def _interrupted() -> int:
    """A run handles Ctrl-C itself and says how it left each instrument; outside a run nothing is commanded."""
    told = "stopped outside a run: nothing was touched (a run that had ended has said above how it left things)"
    print(told, file=sys.stderr)  # noqa: T201  the terminal is where this belongs
    return INTERRUPTED_SAFELY
