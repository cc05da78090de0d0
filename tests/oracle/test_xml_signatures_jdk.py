"""Canonical forms, transforms and tricks, held to the JDK's own XMLDSig.

Where the octets of a reference are made here, our canonical forms make them: the JDK
calls the signature valid only if it makes the same.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from cius_pt import verify
from cius_pt.signature.status import Integrity
from cius_pt.signature.xml import c14n
from tests.signature.trust_pki import NOW
from tests.signature.xml import maker, test_attacks, test_verification
from tests.signature.xml.maker import INVOICE, canonical, reference, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

JDK = Path(__file__).resolve().parent / "verifiers" / "Jdk.java"
NESTED = (
    b'<root xmlns="urn:a" xmlns:p="urn:p" xmlns:q="urn:q" xml:lang="pt" xml:id="r">\n'
    b'<p:mid xmlns="" xml:space="preserve" p:x="1"><leaf Id="alvo" q:b="&#10;&quot;\t"'
    b' a="1"><!--nota-->um &amp; dois&#13;<p:in p:y="2"/><o xmlns="urn:o"><q:i'
    b' xmlns="urn:p"/></o><?a b?></leaf></p:mid> <fim/></root>'
)
DOCUMENTS = {
    "nested": NESTED,
    "shallow": NESTED.replace(b' xmlns=""', b""),
    "plain": b'<a><b Id="alvo">1</b></a>',
}
PREFIXED = {
    "nested": NESTED,
    "unused": b'<p:r xmlns="urn:a" xmlns:p="urn:p"><m/><p:k><x xmlns=""/></p:k></p:r>',
}
POINTERS = {"id": "#alvo", "pointer": "#xpointer(id('alvo'))"}


def of_element(name: str, form: str, pointer: str) -> bytes:
    """Return a document in which one element is signed in one form."""
    root = etree.fromstring(DOCUMENTS[name])
    (leaf,) = root.iter("{*}leaf", "b")
    method = c14n.METHODS[form]
    octets = c14n.of_element(leaf, method, comments=pointer == "pointer")
    transform = f'<ds:Transform Algorithm="{form}"/>'
    ref = reference(octets, uri=POINTERS[pointer], transforms=transform)
    return signed(document=DOCUMENTS[name], references=ref)


def with_prefixes(document: bytes, prefixes: str) -> bytes:
    method = c14n.Method(short="", exclusive=True, prefixes=tuple(prefixes.split()))
    octets = c14n.of_document(etree.fromstring(document), method, comments=False)
    chain = maker.ENVELOPED + (
        f'<ds:Transform Algorithm="{maker.EXC}"><ec:InclusiveNamespaces'
        f' xmlns:ec="{maker.EXC}" PrefixList="{prefixes}"/></ds:Transform>'
    )
    return signed(document=document, references=reference(octets, transforms=chain))


def over_document(chain: str) -> bytes:
    ref = reference(canonical(INVOICE), transforms=chain + maker.EXCLUSIVE)
    return signed(references=ref)


def cases() -> Iterator[tuple[str, bytes]]:
    forms = enumerate(c14n.METHODS)
    for name, (number, form), pointer in itertools.product(DOCUMENTS, forms, POINTERS):
        yield f"{name} {number} {pointer}", of_element(name, form, pointer)
    lists = ("#default", "p q", "#default p nada")
    for prefixes, (name, data) in itertools.product(lists, PREFIXED.items()):
        yield f"prefixes {name} {prefixes}", with_prefixes(data, prefixes)
    xpath, filter2 = test_verification.xpath, test_verification.filter2
    yield "xpath", over_document(xpath("not(ancestor-or-self::ds:Signature)"))
    yield "filter2", over_document(filter2("/descendant::ds:Signature"))
    yield "filter2 name", over_document(filter2("//*[name()='ds:Signature']"))
    yield "filter2 here", over_document(filter2("here()/ancestor::ds:Signature[1]"))
    yield "xades", signed(maker.xades())
    yield "curve", signed(holder=maker.CURVED)
    yield "changed", signed().replace(b">EUR<", b">USD<")
    yield "instruction", signed() + b"<?x y?>"
    yield "hmac", signed(method=f"{maker.DS}hmac-sha1")
    for shape, mode in itertools.product(test_attacks.SHAPES, ("noid", "otherid")):
        yield f"wrapped {shape} {mode}", test_attacks.wrapped(shape, mode)


CASES = dict(cases())
# Integrity where we say something else than the JDK, and why.
DIFFERENT = {
    "wrapped orig-in-sig-object noid": "the transform leaves out what it should sign",
    "wrapped orig-in-sig-object otherid": "likewise",
}


@cache
def by_jdk(folder: Path) -> dict[str, str]:
    files = {}
    for number, (name, data) in enumerate(CASES.items()):
        path = folder / f"{number}.xml"
        path.write_bytes(data)
        files[str(path)] = name
    done = subprocess.run(
        ["java", str(JDK), *files],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {files[path]: words for path, words in rows}


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the JDK says of each case, or skip."""
    if shutil.which("java") is None:
        pytest.skip("there is no JDK here")
    return by_jdk(tmp_path_factory.mktemp("jdk"))


@pytest.mark.parametrize("name", CASES)
def test_integrity_is_what_the_jdk_says(name: str, words: dict[str, str]) -> None:
    one = verify(CASES[name], at=NOW).signatures[0]

    same = (one.integrity is Integrity.INTACT) is (words[name] == "valid")
    assert same is (name not in DIFFERENT), (one.integrity, words[name])


def test_the_jdk_makes_every_canonical_form_as_we_do(words: dict[str, str]) -> None:
    made = [name for name in CASES if name.split()[0] in {*DOCUMENTS, "prefixes"}]

    assert len(made) == 42
    assert {words[name] for name in made} == {"valid"}
