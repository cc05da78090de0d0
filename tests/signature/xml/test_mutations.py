"""Flipped bits, cut ends, swapped pieces: no exception, no hang, no false valid.

``CIUS_PT_STRESS=full`` tries 10,000 of each kind, otherwise some hundreds are tried.
"""

from __future__ import annotations

import os
import random
import re
import time
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from cius_pt import verify
from cius_pt.signature.status import Verdict
from cius_pt.signature.trust import TrustStore
from tests.signature.trust_pki import NOW
from tests.signature.xml import maker
from tests.signature.xml.maker import signed

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 10_000 if os.environ.get("CIUS_PT_STRESS") == "full" else 300
LONGEST = 5.0
STORE = TrustStore(roots=(maker.ROOT_CA.der,))
FILES = {"xmldsig": signed(), "xades": signed(maker.xades())}
SIGNATURE = re.compile(rb"<ds:Signature .*</ds:Signature>", re.DOTALL)


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def overwritten(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data)), chance.randrange(1, 40)
    text = "".join(chance.choices("AZaz09 #=/+", k=size)).encode()
    return data[:at] + text + data[at + size :]


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """Return the document with a piece of it copied to another place."""
    tags = [match.start() for match in re.finditer(rb"<", data)]
    begin, end = sorted(chance.sample(tags, 2))
    place = chance.choice(tags)
    return data[:place] + data[begin:end] + data[place:]


def said(data: bytes) -> tuple[list[str], bytes]:
    """Return what a reader sees outside the signature, and its canonical form."""
    root = etree.fromstring(data)
    for element in list(root.iter(f"{{{maker.DS}}}Signature")):
        parent = element.getparent()
        if parent is not None:
            element.tail = None
            parent.remove(element)
    octets = etree.tostring(
        root.getroottree(), method="c14n", exclusive=True, with_comments=False
    )
    return [str(text) for text in root.itertext()], octets.strip()


@pytest.mark.parametrize("kind", [flipped, truncated, overwritten, shuffled])
@pytest.mark.parametrize("name", FILES)
def test_no_mutant_is_called_whole_that_says_something_else(
    name: str, kind: Callable[[bytes, random.Random], bytes]
) -> None:
    data = FILES[name]
    chance = random.Random(f"{name} {kind.__name__}")  # noqa: S311 - not a secret
    original = said(data)[1]
    verdicts = dict.fromkeys(Verdict, 0)

    for _ in range(COUNT):
        mutant = kind(data, chance)
        begin = time.process_time()
        verdict = verify(mutant, at=NOW).verdict
        assert time.process_time() - begin < LONGEST
        verdicts[verdict] += 1
        if verdict is Verdict.VALID and mutant != data:
            assert said(mutant)[1] == original

    assert sum(verdicts.values()) == COUNT
    assert verdicts[Verdict.MALFORMED] > 0
    print(name, kind.__name__, {v.value: n for v, n in verdicts.items() if n})  # noqa: T201


def test_a_mutated_signature_alone_is_hardly_ever_valid() -> None:
    """Every bit of the signature itself: valid only where nothing was said."""
    data = FILES["xades"]
    found = SIGNATURE.search(data)
    assert found is not None
    step = max(1, (found.end() - found.start()) * 8 // max(COUNT, 1))
    valid = []
    for bit in range(found.start() * 8, found.end() * 8, step):
        at = bit // 8
        mutant = data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]
        if verify(mutant, at=NOW, trust=STORE).verdict is Verdict.VALID:
            valid.append((at, data[at : at + 1]))

    # The prefix of an element that is not signed, an Id nobody refers to, KeyInfo's
    # shell: what the signature does not speak of. The whole stays what was signed.
    assert len(valid) < COUNT // 10
