"""The process that registers pictures: `python -m operando.protocols.following`, pairs in, displacements out."""

import sys

from operando.protocols.following.pairs import encode_answer, read_pair
from operando.protocols.following.registration import register

while (pair := read_pair(sys.stdin.buffer)) is not None:
    sys.stdout.buffer.write(encode_answer(register(*pair)))
    sys.stdout.buffer.flush()
