"""The process that registers pictures: `python -m operando.protocols.following`, pairs in, displacements out."""

import signal
import sys

from operando.protocols.following.pairs import encode_answer, read_pair
from operando.protocols.following.registration import register

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; this process ends with its input
while (pair := read_pair(sys.stdin.buffer)) is not None:
    sys.stdout.buffer.write(encode_answer(register(*pair)))
    sys.stdout.buffer.flush()
