"""The command line `operando`. Imports are lazy: `operando --help` answers before numpy would be loaded."""

from operando.protocols.cli.entry import main

__all__ = ["main"]
