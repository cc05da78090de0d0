# SPDX-License-Identifier: MIT
"""Until when an algorithm or a key may be relied upon.

Source: ETSI TS 119 312 v1.5.1 (the sunset dates as the EU's DSS applies them). What is
not in the tables is not known to be weak; whether it is known at all is another matter.
"""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALWAYS = dt.date.min
# By the name of the digest, in the spelling of asn1crypto.
DIGESTS: Final[Mapping[str, dt.date]] = MappingProxyType(
    {
        "md2": _ALWAYS,
        "md5": _ALWAYS,
        "ripemd160": dt.date(2014, 8, 1),
        "sha1": dt.date(2012, 8, 1),
        "sha224": dt.date(2029, 1, 1),
        "sha3_224": dt.date(2029, 1, 1),
    }
)
# By kind of key: below so many bits, not from that day on; the smallest size first.
KEYS: Final[Mapping[str, tuple[tuple[int, dt.date], ...]]] = MappingProxyType(
    {
        "rsa": (
            (1024, _ALWAYS),
            (1900, dt.date(2019, 10, 1)),
            (3000, dt.date(2029, 1, 1)),
        ),
        "dsa": (
            (1024, _ALWAYS),
            (2048, dt.date(2015, 10, 1)),
            (3072, dt.date(2029, 1, 1)),
        ),
        "ec": ((192, _ALWAYS), (256, dt.date(2021, 10, 1))),
    }
)
# FIPS 186-5, 5.4 (e): exponents up to 2^16 open the door to small-exponent attacks.
MIN_EXPONENT: Final = 65537


def digest_sunset(name: str) -> dt.date | None:
    """Return the day from which a digest is weak, or None if it has none."""
    return DIGESTS.get(name.lower().replace("-", ""))


def key_sunset(kind: str, bits: int) -> dt.date | None:
    """Return the day from which a key of this size is weak, or None if it has none."""
    for below, day in KEYS.get(kind, ()):
        if bits < below:
            return day
    return None


def weak_digest(name: str, at: dt.datetime) -> bool:
    """Whether a digest is weak at a moment."""
    day = digest_sunset(name)
    return day is not None and at.date() >= day


def weak_key(kind: str, bits: int, at: dt.datetime, exponent: int | None) -> bool:
    """Whether a key is weak at a moment; `exponent` is the public one of RSA."""
    day = key_sunset(kind, bits)
    small = exponent is not None and exponent < MIN_EXPONENT
    return small or (day is not None and at.date() >= day)
