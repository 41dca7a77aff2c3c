"""Checksums of frames and spectra: `xxh3:` and 16 hexadecimal digits, `crc32:` and 8 in records of schema 1.

The algorithm stands in the value. XXH3 (64 bit) takes a frame at the speed of memory, zlib's CRC-32 costs as much as
the disk.
"""

import zlib

import xxhash

__all__ = ["content_checksum", "has_checksum"]


def content_checksum(data: bytes | memoryview) -> str:
    """The checksum that new rows carry."""
    return f"xxh3:{xxhash.xxh3_64_hexdigest(data)}"


def has_checksum(data: bytes | memoryview, checksum: str) -> bool:
    """Whether some bytes have a checksum, by the algorithm that it names.

    Raises:
        ValueError: if it names none that is known.
    """
    algorithm = checksum.partition(":")[0]
    if algorithm == "xxh3":
        return content_checksum(data) == checksum
    if algorithm == "crc32":
        return f"crc32:{zlib.crc32(data):08x}" == checksum
    raise ValueError(f"{checksum!r} is a checksum of a kind that is not known; a newer operando may know it")
