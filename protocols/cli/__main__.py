"""`python -m operando.protocols.cli`."""

from operando.protocols.cli.entry import main

main()
