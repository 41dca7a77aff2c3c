"""`python -m operando.protocols.cli.terminal RUN WHO`: the display, started by the command that runs."""

import sys

from operando.protocols.cli.terminal.display import main

main(*sys.argv[1:3])
