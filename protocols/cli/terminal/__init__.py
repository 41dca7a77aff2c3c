"""What a terminal shows of a run while it goes on, and the keys that steer it.

The display is a process of its own, as the live page is: it reads the record and asks the runner over its channel. The
process that controls the instruments draws nothing; when the display dies, the run does not notice.
"""

from operando.protocols.cli.terminal.beside import Display, can_display, terminal_display

__all__ = ["Display", "can_display", "terminal_display"]
