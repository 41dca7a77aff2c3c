"""A certificate that signs itself, for a page on loopback: RSA and DER by hand, so that no package is needed."""

import base64
import hashlib
import math
import random
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from operando.drivers.clock import RealClock

__all__ = ["self_signed"]

BITS = 2048
EXPONENT = 65537
SHA256_WITH_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
RSA = bytes.fromhex("300d06092a864886f70d0101010500")
SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
COMMON_NAME, ALTERNATIVE_NAMES = bytes.fromhex("0603550403"), bytes.fromhex("0603551d11")
INTEGER, BIT_STRING, OCTET_STRING, UTF8, UTC_TIME, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x0C, 0x17, 0x30, 0x31
IP_ADDRESS, EXTENSIONS, VERSION = 0x87, 0xA3, 0xA0
PEM = "-----BEGIN {0}-----\n{1}-----END {0}-----\n"


def self_signed(folder: Path, host: str = "127.0.0.1", seed: int = 1) -> tuple[Path, Path]:
    """Write a certificate for an address and its key, in PEM; valid for a day about now."""
    chance = random.Random(seed)
    p, q = _prime(chance), _prime(chance)
    modulus, private = p * q, pow(EXPONENT, -1, math.lcm(p - 1, q - 1))
    numbers = (0, modulus, EXPONENT, private, p, q, private % (p - 1), private % (q - 1), pow(q, -1, p))
    key = _der(SEQUENCE, *(_integer(number) for number in numbers))
    told = _certificate(host, modulus)
    signature = pow(_padded(told), private, modulus).to_bytes(BITS // 8)
    signed = _der(SEQUENCE, told, SHA256_WITH_RSA, _der(BIT_STRING, b"\0", signature))
    return _pem(folder / "page.pem", "CERTIFICATE", signed), _pem(folder / "page.key", "RSA PRIVATE KEY", key)


def _certificate(host: str, modulus: int) -> bytes:
    name = _der(SEQUENCE, _der(SET, _der(SEQUENCE, COMMON_NAME, _der(UTF8, host.encode()))))
    now = RealClock().wall()
    times = (now - timedelta(hours=12), now + timedelta(hours=12))
    valid = _der(SEQUENCE, *(_der(UTC_TIME, f"{time:%y%m%d%H%M%SZ}".encode()) for time in times))
    public = _der(SEQUENCE, RSA, _der(BIT_STRING, b"\0", _der(SEQUENCE, _integer(modulus), _integer(EXPONENT))))
    names = _der(OCTET_STRING, _der(SEQUENCE, _der(IP_ADDRESS, ip_address(host).packed)))
    extensions = _der(EXTENSIONS, _der(SEQUENCE, _der(SEQUENCE, ALTERNATIVE_NAMES, names)))
    version = _der(VERSION, _integer(2))
    return _der(SEQUENCE, version, _integer(1), SHA256_WITH_RSA, name, valid, name, public, extensions)


def _padded(message: bytes) -> int:
    """PKCS #1, version 1.5."""
    info = SHA256_DIGEST_INFO + hashlib.sha256(message).digest()
    return int.from_bytes(b"\0\1" + b"\xff" * (BITS // 8 - 3 - len(info)) + b"\0" + info)


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    length = len(body)
    if length < 0x80:
        return bytes([tag, length]) + body
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size) + body


def _integer(number: int) -> bytes:
    return _der(INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


def _prime(chance: random.Random) -> int:
    while True:
        number = chance.getrandbits(BITS // 2) | (3 << (BITS // 2 - 2)) | 1
        if math.gcd(number, 3 * 5 * 7 * 11 * 13) == 1 and number % EXPONENT != 1 and _is_prime(number, chance):
            return number


def _is_prime(number: int, chance: random.Random) -> bool:
    """Miller and Rabin; that all of twelve witnesses lie is less likely than a defect of the machine."""
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    return all(_may_be_prime(number, chance.randrange(2, number - 1), twos) for _ in range(12))


def _may_be_prime(number: int, witness: int, twos: int) -> bool:
    power = pow(witness, (number - 1) >> twos, number)
    return power in (1, number - 1) or any((power := power * power % number) == number - 1 for _ in range(twos - 1))


def _pem(path: Path, kind: str, data: bytes) -> Path:
    path.write_text(PEM.format(kind, base64.encodebytes(data).decode()), encoding="ascii")
    return path
