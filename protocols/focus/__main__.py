"""The process that judges sharpness: `python -m operando.protocols.focus`, pictures in, sharpness out."""

import signal
import sys

from operando.protocols.focus.judge import encode_sharpness, read_picture
from operando.protocols.focus.sharpness import sharpness_of

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; this process ends with its input
while (picture := read_picture(sys.stdin.buffer)) is not None:
    sys.stdout.buffer.write(encode_sharpness(sharpness_of(picture)))
    sys.stdout.buffer.flush()
