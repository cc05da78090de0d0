"""Bits flipped and ends cut off: never an exception, a hang or a false "valid whole".

``CIUS_PT_STRESS=full`` tries 10,000 of each kind, otherwise some hundreds are tried.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from functools import cache

import pytest

from cius_pt.signature.pdf import verify_pdf
from cius_pt.signature.pdf.judging import whole
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import Coverage, SignatureReport, Verdict
from tests.signature.pdf import making
from tests.signature.trust_pki import NOW

pytestmark = pytest.mark.usefixtures("no_network")

FULL = os.environ.get("CIUS_PT_STRESS") == "full"
TRIES = 10_000 if FULL else 300
LONGEST = 20.0


@cache
def sources() -> tuple[bytes, ...]:
    """Return one PDF of each shape."""
    stamped = making.sign(making.page(), stamp=NOW)
    return (
        making.signed(),
        making.twice(),
        stamped,
        making.stamp_document(stamped),
        making.sign(making.with_field(), making.RSA, pkcs7=True),
    )


def verified(data: bytes) -> SignatureReport:
    return verify_pdf(data, policy=Policy.ILINK, trust=making.STORE, at=NOW)


def uncovered(data: bytes) -> list[range]:
    """Return the holes of all ByteRanges: what no signature speaks of."""
    return [
        range(int(found[2]), int(found[3])) for found in making.RANGE.finditer(data)
    ]


def says_whole(report: SignatureReport) -> bool:
    """Whether the file is said to be, as it is, what somebody signed."""
    return report.verdict is Verdict.VALID and any(
        whole(one) and one.coverage is Coverage.DOCUMENT for one in report.signatures
    )


@pytest.mark.slow
def test_a_flipped_bit_is_never_taken_for_what_was_signed() -> None:
    drawn = random.Random(20)  # noqa: S311 - to be the same each time
    said: Counter[str] = Counter()
    for number in range(TRIES):
        data = sources()[number % len(sources())]
        bit = drawn.randrange(len(data) * 8)
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        started = time.monotonic()

        report = verified(bytes(flipped))

        assert time.monotonic() - started < LONGEST, bit
        said[report.verdict] += 1
        if says_whole(report):
            # Outside the signed bytes there are unsigned attributes and digits.
            assert any(bit // 8 in hole for hole in uncovered(data)), bit
    assert {Verdict.INVALID, Verdict.MALFORMED} <= set(said)


@pytest.mark.slow
def test_a_file_cut_short_is_never_taken_for_what_was_signed() -> None:
    drawn = random.Random(21)  # noqa: S311 - likewise
    said: Counter[str] = Counter()
    for number in range(TRIES):
        data = sources()[number % len(sources())]
        size = drawn.randrange(len(data))
        started = time.monotonic()

        report = verified(data[:size])

        assert time.monotonic() - started < LONGEST, size
        said[report.verdict] += 1
        if says_whole(report):
            # Cut exactly where an earlier signature ends: that is what was signed.
            assert size in {
                int(f[3]) + int(f[4]) for f in making.RANGE.finditer(data)
            }, size
    assert said[Verdict.MALFORMED] > TRIES / 2


def test_a_revision_cut_out_exactly_is_what_was_signed() -> None:
    first = making.RANGE.search(making.twice())
    assert first is not None
    end = int(first[3]) + int(first[4])

    assert says_whole(verified(making.twice()[:end]))
    assert not says_whole(verified(making.twice()[: end - 1]))
    assert not says_whole(verified(making.twice()[: end + 1]))
