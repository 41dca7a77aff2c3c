"""Error codes of the instrument, and how scripts fail.

Codes and meanings: vendor table COMM_PROTOCOL_EXCEPTIONS (sheet 1.6).
"""

from enum import IntEnum

__all__ = ["ErrorCode", "RuntimeFault", "ScriptRefused"]


class ErrorCode(IntEnum):
    """The codes that this instrument can answer with."""

    INVALID_VARIABLE_TYPE = 0x0002
    COMMAND_NOT_RECOGNISED = 0x0003
    UNKNOWN_REGISTER = 0x0004
    REGISTER_READ_ONLY = 0x0005
    MODE_INVALID = 0x0006
    UNEXPECTED_VALUE = 0x0007
    COMMAND_TOO_LONG = 0x0008
    OUT_OF_MEMORY = 0x000B
    NO_SCRIPT_LOADED = 0x000C
    POTENTIAL_NOT_VALID = 0x000F
    NOT_A_NUMBER = 0x0010
    INVALID_FREQUENCY = 0x0011
    INVALID_AMPLITUDE = 0x0012
    OCP_WITH_CELL_ON = 0x0014
    NOT_SUPPORTED = 0x001B
    PGSTAT_MODE_NOT_SUPPORTED = 0x0021
    INVALID_FOR_PGSTAT_MODE = 0x0023
    FILE_ERROR = 0x0026
    FILE_EXISTS = 0x0027
    DIVISION_BY_ZERO = 0x0028
    CHANNEL_NOT_AVAILABLE = 0x002F
    CRITICAL_OVERLOAD = 0x0032
    NO_MULTI_DEVICE = 0x0048
    INVALID_WAKE_SOURCE = 0x004E
    NO_WAKE_SOURCE = 0x004F
    TIMING_NOT_POSSIBLE = 0x005A
    CE_OSCILLATING = 0x0080
    NO_FILE_SYSTEM = 0x0083
    NO_RANGING = 0x0084
    PATH_TOO_LONG = 0x009D
    PATH_NOT_VALID = 0x009E
    FILE_NOT_FOUND = 0x009F

    UNKNOWN_SCRIPT_COMMAND = 0x4001
    UNEXPECTED_CHARACTER = 0x4004
    INVALID_OPTIONAL_ARGUMENT = 0x4008
    NESTED_MEASUREMENT_LOOP = 0x400B
    NOT_SUPPORTED_HERE = 0x400C
    SCOPE_DEPTH = 0x400E
    ARRAY_INDEX = 0x400F
    SCRIPT_ENDED = 0x4018
    NOT_WITHIN_MEASUREMENT_LOOP = 0x401A
    PACKAGE_SEQUENCE = 0x401B
    TOO_MANY_PACKAGE_VARIABLES = 0x401C
    VARIABLE_EXISTS = 0x4026
    NEEDS_CELL_ON = 0x4027
    NO_STEP = 0x4029
    BAD_NAME = 0x402B
    POTENTIAL_WITHIN_LOOP = 0x4032
    CURRENT_WITHIN_LOOP = 0x4033
    OVERFLOW = 0x4037
    BAD_ARRAY_ACCESS = 0x4038
    BAD_LITERAL = 0x4039
    UNKNOWN_OUTPUT_MODE = 0x403C
    CANNOT_COMPARE = 0x4041
    NEGATIVE = 0x4200
    ZERO = 0x4202
    MUST_BE_POSITIVE = 0x4204
    OUT_OF_BOUNDS = 0x4205
    NOT_ON_THIS_INSTRUMENT = 0x4206
    WRONG_DATATYPE = 0x4207
    BAD_REFERENCE = 0x4208
    UNSUPPORTED_VARIABLE_TYPE = 0x4209
    EXTRA_ARGUMENT = 0x420A
    UNDECLARED = 0x420B
    VARIABLE_NOT_ALLOWED = 0x420C
    LITERAL_NOT_ALLOWED = 0x420D
    ARRAY_NOT_ALLOWED = 0x420E
    UNCLOSED_BRACE = 0x4210


class ScriptRefused(Exception):
    """A script was refused when it was loaded: error code, line (from 1) and column (from 1)."""

    def __init__(self, code: ErrorCode, line: int, column: int) -> None:
        super().__init__(f"{code:04X}: Line {line}, Col {column}")
        self.code = code
        self.line = line
        self.column = column


class RuntimeFault(Exception):
    """A script failed while it ran; the line is filled in by the innermost block on the way out."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(f"{code:04X}")
        self.code = code
        self.line = 0

    def at(self, line: int) -> None:
        """Say where it happened, unless a block further inside has said it."""
        self.line = self.line or line
