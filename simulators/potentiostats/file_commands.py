"""The `fs_` commands of an idle instrument (sheet 1.2): a reply is `f`, what was asked for, and its terminator."""

from operando.simulators.potentiostats.errors import ErrorCode
from operando.simulators.potentiostats.storage import Storage

__all__ = ["file_command"]

DONE = "f\n"
END_OF_FILE = "\x1c\n"


def file_command(line: str, storage: Storage) -> str | ErrorCode:
    """The reply to a line that begins with `fs_`, or the code with which it is refused."""
    command, _, path = line.partition(" ")
    if not storage.size_kB:
        return ErrorCode.NO_FILE_SYSTEM
    match command:
        case "fs_dir":
            return "f\n" + "".join(f"{size};{name}\n" for size, name in storage.listing()) + "\n"
        case "fs_get":
            content = storage.content(path)
            return ErrorCode.FILE_NOT_FOUND if content is None else f"f{content}{END_OF_FILE}"
        case "fs_del":
            return DONE if storage.delete(path) else ErrorCode.FILE_NOT_FOUND
        case "fs_info":
            return f"f{storage.free_kB} kB free of {storage.size_kB} kB\n"
        case "fs_clear" | "fs_format":
            storage.clear()
            return DONE
        case "fs_mount" | "fs_unmount":
            return DONE
    return ErrorCode.COMMAND_NOT_RECOGNISED
