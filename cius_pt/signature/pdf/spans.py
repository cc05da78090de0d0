# SPDX-License-Identifier: MIT
"""Which bytes of a PDF a signature speaks of, and where in the bytes signatures are.

The ByteRange has to be the file, up to some point, without the one hexadecimal string
that holds the signature (ISO 32000-2, 12.8.1). Everything else is a trick: bytes
outside the range can say anything.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from cius_pt.signature.refusal import Refusal
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RANGE = re.compile(
    rb"/ByteRange\s*\[\s*([+-]?\d{1,12})\s+([+-]?\d{1,12})\s+([+-]?\d{1,12})"
    rb"\s+([+-]?\d{1,12})\s*\]"
)
_HEX: Final = b"0123456789abcdefABCDEF"
_SPACE: Final = b"\0\t\n\f\r "
MAX_HITS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A proper range: the bytes from 0 to `end` but for the hole between."""

    hole: int
    resume: int
    end: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the four numbers of the ByteRange."""
        return 0, self.hole, self.resume, self.end - self.resume

    def digest(self, data: bytes, algorithm: str) -> bytes:
        """Return the digest of what is covered; ValueError for an unknown algorithm."""
        view = memoryview(data)
        found = hashlib.new(algorithm)
        found.update(view[: self.hole])
        found.update(view[self.resume : self.end])
        return found.digest()


def span_of(data: bytes, numbers: Sequence[object], contents: bytes) -> Span:
    """Return the span of a ByteRange, or raise `Refusal` (CP-PSIG-05) saying why not.

    `contents` is the value of the signature's Contents: the hole must hold exactly it.
    """
    if len(numbers) != 4 or not all(isinstance(n, int) for n in numbers):  # noqa: PLR2004
        raise _irregular(f"it has {len(numbers)} entries, not four integers")
    start, length, resume, rest = (int(str(number)) for number in numbers)
    if min(start, length, resume, rest) < 0:
        raise _irregular("it has a negative number")
    if start:
        raise _irregular(f"it begins at byte {start}, not at the beginning")
    if resume < length:
        raise _irregular("its parts overlap")
    if resume + rest > len(data):
        raise _irregular("it reaches beyond the end of the file")
    hole = data[length:resume]
    if not _is_hole_of(hole, contents):
        raise _irregular("what it leaves out is not exactly the signature")
    return Span(hole=length, resume=resume, end=resume + rest)


def _irregular(what: str) -> Refusal:
    return Refusal("CP-PSIG-05", f"ByteRange is not the file but for Contents: {what}.")


def _is_hole_of(hole: bytes, contents: bytes) -> bool:
    if not (hole.startswith(b"<") and hole.endswith(b">")):
        return False
    digits = hole[1:-1].translate(None, _SPACE)
    if digits.translate(None, _HEX):
        return False
    # ISO 32000-2, 7.3.4.3: a missing last digit is a zero.
    return bytes.fromhex(digits.decode("ascii") + "0" * (len(digits) % 2)) == contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A ByteRange in the bytes of the file, reachable or not."""

    offset: int
    numbers: tuple[int, ...]

    def plausible(self, data: bytes) -> bool:
        """Whether it would be one of this very file: around a hexadecimal string."""
        _, length, resume, rest = self.numbers
        inside = 0 < length < resume <= resume + rest <= len(data)
        edges = data[length : length + 1] + data[resume - 1 : resume]
        # ISO/TS 32004: the authentication code of an encrypted file is no signature.
        code = data[max(0, length - 8) : length].rstrip().endswith(b"/MAC")
        return inside and edges == b"<>" and not code


def hits(data: bytes) -> Iterator[Hit]:
    """Yield each ByteRange that stands in the bytes, up to `MAX_HITS`."""
    for number, found in enumerate(_RANGE.finditer(data)):
        if number == MAX_HITS:
            return
        numbers = tuple(int(group) for group in found.groups())
        yield Hit(offset=found.start(), numbers=numbers)
