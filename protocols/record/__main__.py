"""The process that makes the derived files: `python -m operando.protocols.record`, an extent in, an answer out."""

import json
import os
import signal
import sys
import threading

from operando.protocols.record import system
from operando.protocols.record.derivation import Derivation
from operando.protocols.record.durable import Disk, RecordError
from operando.protocols.record.extent import Extent


def end_with_input() -> None:
    """The runner is gone, or does not want the files any more."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def main() -> None:
    # Ctrl-C ends the runner, which then says what is to become of this process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    system.give_way()
    line = sys.stdin.buffer.readline()
    if not line:
        return
    threading.Thread(target=end_with_input, daemon=True).start()
    failure = None
    try:
        Derivation(Extent.read(line).contents(), Disk()).make()
    except (OSError, RecordError) as error:
        failure = str(error)
    sys.stdout.write(json.dumps({"failure": failure}) + "\n")


main()
