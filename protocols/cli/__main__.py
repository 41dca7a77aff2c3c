"""`python -m operando.protocols.cli`."""

from operando.protocols.cli.app import main

main()
