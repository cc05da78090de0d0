"""What attackers try: wrapped, partial, renamed, pointed elsewhere, swapped."""

from __future__ import annotations

import http.server
import re
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree

from cius_pt import verify
from cius_pt.signature.status import (
    Coverage,
    Ilink,
    Integrity,
    SignatureReport,
    Trust,
    Verdict,
)
from cius_pt.signature.trust import TrustStore
from cius_pt.signature.xml import algorithms
from tests.signature.trust_pki import NOW, Holder, issue
from tests.signature.xml import maker
from tests.signature.xml.maker import DS, INVOICE, MORE, canonical, reference, signed
from tests.signature.xml.test_verification import FILTER2, filter2, only, rules, xpath

if TYPE_CHECKING:
    from collections.abc import Iterator

STORE = TrustStore(roots=(maker.ROOT_CA.der,))
EVIL = b"999999.99"


def found_in(data: bytes) -> SignatureReport:
    return verify(data, at=NOW, trust=STORE)


# --- wrapping: the signed original is moved, an evil one is read -----------------


def by_identifier() -> tuple[bytes, bytes]:
    """Return a document signed by its Id, and the signature alone."""
    document = INVOICE.replace(b"<Invoice ", b'<Invoice Id="f1" ', 1)
    ref = reference(canonical(document), uri="#f1")
    data = signed(document=document, references=ref)
    start = data.index(b"<ds:Signature ")
    end = data.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    return data, data[start:end]


def evil(mode: str) -> bytes:
    """Return another document with no Id, the same Id or another one."""
    name = {"noid": b"", "dupid": b'Id="f1" ', "otherid": b'Id="f2" '}[mode]
    changed = re.sub(rb"(PayableAmount[^>]*>)[^<]+", rb"\g<1>" + EVIL, INVOICE)
    return changed.replace(b"<Invoice ", b"<Invoice " + name, 1)


def bare(data: bytes) -> bytes:
    return data[data.index(b"<Invoice ") :].strip()


def wrapped(shape: str, mode: str) -> bytes:
    original, signature = by_identifier()
    alone = bare(original.replace(signature, b""))
    head, end = maker.split(evil(mode))
    if shape == "sig-in-orig":
        return head + bare(original) + end
    if shape == "sig-top":
        return head + alone + signature + end
    if shape == "orig-in-sig-object":
        inner = b"<ds:Object>" + alone + b"</ds:Object></ds:Signature>"
        return head + signature.replace(b"</ds:Signature>", inner) + end
    if shape == "sig-sibling-in-ext":
        return head + b"<ext>" + signature + alone + b"</ext>" + end
    return head + b"<x>" + alone + b"</x><y>" + signature + b"</y>" + end


SHAPES = ["sig-in-orig", "sig-top", "orig-in-sig-object", "sig-sibling-in-ext", "apart"]


def test_what_is_wrapped_was_good_before() -> None:
    assert found_in(by_identifier()[0]).verdict is Verdict.VALID


@pytest.mark.parametrize("mode", ["noid", "dupid", "otherid"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_wrapped_signature_never_covers_the_evil_document(
    shape: str, mode: str
) -> None:
    data = wrapped(shape, mode)
    found = found_in(data)

    assert EVIL in data
    assert found.verdict is Verdict.INVALID
    assert found.ilink is not Ilink.ACCEPT
    assert all(EVIL not in (s.signed or b"") for s in found.signatures)
    one = found.signatures[0]
    assert one.coverage is not Coverage.DOCUMENT
    if mode == "dupid":
        assert one.integrity is Integrity.BROKEN
        assert rules(one) == {"CP-XSIG-04"}


def test_identifiers_of_two_spellings_are_the_same_identifier() -> None:
    data = by_identifier()[0].replace(b"<cac:", b'<cac:x id="f1"/><cac:', 1)

    assert rules(found_in(data).signatures[0]) == {"CP-XSIG-04"}


def test_a_signature_over_the_supplier_alone_says_nothing_of_the_total() -> None:
    name = b"<cac:AccountingSupplierParty>"
    document = INVOICE.replace(name, name[:-1] + b' Id="s1">')
    root = etree.fromstring(document)
    part = root.find("{*}AccountingSupplierParty")
    assert part is not None
    octets = canonical(etree.tostring(part, with_tail=False))
    ref = reference(octets, uri="#s1", transforms=maker.EXCLUSIVE)
    data = signed(document=document, references=ref)

    changed = re.sub(rb"(PayableAmount[^>]*>)[^<]+", rb"\g<1>" + EVIL, data)
    for one in (data, changed):
        found = found_in(one)
        assert found.signatures[0].integrity is Integrity.INTACT
        assert found.signatures[0].coverage is Coverage.PARTIAL
        assert found.signatures[0].signed is None
        assert (found.verdict, found.ilink) == (Verdict.INVALID, Ilink.UNKNOWN)


def test_an_element_that_only_looks_like_a_signature_is_not_left_out_freely() -> None:
    chain = filter2("//*[name()='ds:Signature']") + maker.EXCLUSIVE
    data = signed(references=reference(canonical(INVOICE), transforms=chain))
    head, end = maker.split(data)
    false = b'<ds:Signature xmlns:ds="urn:falso">' + EVIL + b"</ds:Signature>"

    found = found_in(head + false + end)

    assert found.signatures[0].coverage is Coverage.PARTIAL
    assert found.verdict is Verdict.INVALID


def test_nothing_can_hide_among_the_signatures_of_ubl() -> None:
    chain = (
        xpath("not(ancestor-or-self::sig:UBLDocumentSignatures)", sig=SIG)
        + maker.EXCLUSIVE
    )
    recipe = maker.Recipe(references=reference(canonical(INVOICE), transforms=chain))
    head, end = maker.split(INVOICE)

    def placed(more: bytes) -> bytes:
        shell = f'<sig:UBLDocumentSignatures xmlns:sig="{SIG}">'.encode()
        inner = recipe.element().encode() + more
        close = b"</sig:UBLDocumentSignatures>"
        return maker.valued(head + shell + inner + close + end, recipe)

    assert found_in(placed(b"")).verdict is Verdict.VALID
    assert found_in(placed(b"<total>9</total>")).verdict is Verdict.INVALID


SIG = "urn:oasis:names:specification:ubl:schema:xsd:CommonSignatureComponents-2"


# --- transforms and references --------------------------------------------------


@pytest.mark.parametrize(
    "transform",
    [
        xpath("ancestor-or-self::cbc:ID"),
        xpath("not(ancestor-or-self::ds:Signature)", ds="urn:outra"),
        xpath("not(ancestor-or-self::ds:Signature) and true()", ds=DS),
        xpath("not(ancestor-or-self::ds:Signature | //cbc:ID)", ds=DS),
        filter2("//ds:Signature", "intersect"),
        filter2("//ds:Signature", "union"),
        filter2("/descendant::cbc:PayableAmount"),
        f'<ds:Transform Algorithm="{FILTER2}"/>',
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
        '<ds:Transform Algorithm="urn:novo"/>',
        "<ds:Transform/>",
        f'<ds:Transform Algorithm="{DS}enveloped-signature"><x/></ds:Transform>',
        maker.EXCLUSIVE + maker.ENVELOPED,
    ],
)
def test_a_transform_off_the_list_is_unsupported_and_never_evaluated(
    transform: str,
) -> None:
    ref = reference(canonical(INVOICE), transforms=transform + maker.EXCLUSIVE)
    found = found_in(signed(references=ref))

    assert (found.verdict, found.ilink) == (Verdict.UNSUPPORTED, Ilink.UNKNOWN)
    assert found.signatures[0].integrity is Integrity.UNSUPPORTED
    assert found.signatures[0].signed is None


def test_decoding_the_document_signs_its_text_alone() -> None:
    document = b"<a><b>QUFB</b></a>"
    chain = maker.ENVELOPED + f'<ds:Transform Algorithm="{DS}base64"/>'
    data = signed(document=document, references=reference(b"AAA", transforms=chain))

    one = only(data)
    assert (one.integrity, one.coverage) == (Integrity.INTACT, Coverage.PARTIAL)
    assert one.signed is None


def test_a_namespace_written_with_characters_hides_no_signature() -> None:
    hidden = signed().replace(b"xmldsig#", b"xmldsig&#35;").replace(b">EUR<", b">USD<")

    assert found_in(hidden).verdict is Verdict.INVALID


def test_an_expression_that_never_ends_is_not_run() -> None:
    slow = "count(" + "//*[" * 40 + "1" + "]" * 40 + ") > 0"
    ref = reference(b"", transforms=xpath(slow.replace(">", "&gt;")))

    assert only(signed(references=ref)).integrity is Integrity.UNSUPPORTED


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a server of this machine and what it was asked."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    thread.join()
    server.server_close()


URIS = (
    "{server}/x",
    "{server}/x#a",
    "file:///etc/hostname",
    "x.xml",
    "#xpointer(//*)",
    "#a b",
    "#",
)


@pytest.mark.parametrize("uri", URIS)
def test_nothing_outside_the_document_is_ever_fetched(
    uri: str, listener: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, hits = listener
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *a: tried.append(a))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **_: tried.append(a))
    retrieval = (
        f'<ds:RetrievalMethod URI="{server}/key" Type="{DS}X509Data"/>'
        + maker.x509_data(maker.SIGNER)
    )
    ref = reference(b"", uri=uri.format(server=server), transforms="")

    found = found_in(
        signed(references=reference(canonical(INVOICE)) + ref, key_info=retrieval)
    )

    assert (hits, tried) == ([], [])
    assert found.verdict is Verdict.INVALID
    assert rules(found.signatures[0]) == {"CP-XSIG-05"}


def test_a_reference_without_uri_points_nowhere() -> None:
    assert rules(only(signed(references=reference(b"", uri=None)))) == {"CP-XSIG-05"}


def test_a_whole_document_reference_by_pointer_is_one() -> None:
    ref = reference(canonical(INVOICE), uri="#xpointer(/)")

    assert found_in(signed(references=ref)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE Invoice>",
        b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE Invoice [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE Invoice [<!ATTLIST Invoice Id ID "f1">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_before_anything_else(
    doctype: bytes, encoding: str
) -> None:
    data = signed().replace(b"<Invoice ", doctype + b"<Invoice ", 1)
    if encoding == "utf-16":
        data = re.sub(rb"encoding=.UTF-8.", b"", data).decode().encode("utf-16")

    found = found_in(data)

    assert (found.verdict, found.ilink) == (Verdict.MALFORMED, Ilink.E217)
    assert [f.rule for f in found.findings] == ["CP-XML-05"]


# --- keys and algorithms --------------------------------------------------------


def test_a_public_key_is_no_secret_for_an_hmac() -> None:
    for method in (f"{DS}hmac-sha1", f"{MORE}hmac-sha256"):
        one = only(signed(method=method))
        assert (one.integrity, rules(one)) == (Integrity.BROKEN, {"CP-XSIG-08"})


@pytest.mark.parametrize(
    "method",
    ["urn:novo", "", f"{MORE}rsa-md5", f"{DS}dsa-sha1", f"{MORE}rsa-ripemd160"],
)
def test_an_unknown_algorithm_is_unsupported(method: str) -> None:
    one = only(signed(method=method or "?"))

    assert (one.integrity, rules(one)) == (Integrity.UNSUPPORTED, {"CP-XSIG-07"})


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_the_names_of_methods_are_those_of_rfc_6931(kind: str, bits: int) -> None:
    more = "http://www.w3.org/2001/04/xmldsig-more#"
    assert algorithms.SCHEMES[f"{more}{kind}-sha{bits}"].hash_name == f"sha{bits}"
    newer = "http://www.w3.org/2007/05/xmldsig-more#"
    name = f"{newer}ecdsa-sha3-{bits}"
    assert algorithms.SCHEMES[name].hash_name == f"sha3_{bits}"
    masked = algorithms.SCHEMES[f"{newer}sha{bits}-rsa-MGF1"]
    assert (masked.family, masked.salt) == ("pss", bits // 8)


def test_a_key_alone_proves_integrity_and_no_signer() -> None:
    found = found_in(signed(key_info=maker.rsa_value(maker.SIGNER.key)))

    assert (found.verdict, found.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    one = found.signatures[0]
    assert (one.integrity, one.trust) == (Integrity.INTACT, Trust.NOT_CHECKED)
    assert rules(one) == {"CP-XSIG-15"}
    qualified = verify(
        signed(key_info=maker.rsa_value(maker.SIGNER.key)), at=NOW, policy="qualified"
    )
    assert qualified.verdict is Verdict.INVALID


def test_a_certificate_outranks_a_key_beside_it() -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    value = maker.rsa_value(stranger)
    certificate = maker.x509_data(maker.SIGNER)

    odd = only(signed(key_info=value + certificate))
    assert (odd.integrity, rules(odd)) == (Integrity.INTACT, {"CP-XSIG-16"})
    # The stranger signs, and shows the certificate of another.
    forged = only(
        signed(
            holder=Holder(certificate=maker.SIGNER.certificate, key=stranger),
            key_info=value + certificate,
        )
    )
    assert (forged.integrity, rules(forged)) == (Integrity.BROKEN, {"CP-XSIG-02"})


def test_a_swapped_certificate_does_not_verify() -> None:
    other = issue("Outra", maker.ROOT_CA, key_name="rsa2048 outra")

    assert rules(only(signed(key_info=maker.x509_data(other)))) == {"CP-XSIG-02"}


@pytest.mark.parametrize("info", ["", "<ds:KeyName>a</ds:KeyName>", "<ds:X509Data/>"])
def test_without_a_key_nothing_can_be_said(info: str) -> None:
    found = found_in(signed(key_info=info))

    assert (found.verdict, found.ilink) == (Verdict.INVALID, Ilink.E217)
    assert rules(found.signatures[0]) == {"CP-XSIG-14"}


@pytest.mark.parametrize("order", ["after", "before", "in two", "with strangers"])
def test_the_leaf_may_stand_anywhere_among_the_certificates(order: str) -> None:
    leaf, root = maker.SIGNER, maker.ROOT_CA
    other = issue("Alheia", key_name="rsa2048 outra")
    info = {
        "after": maker.x509_data(root, leaf),
        "before": maker.x509_data(leaf, root),
        "in two": maker.x509_data(root) + maker.x509_data(leaf),
        "with strangers": maker.x509_data(other, leaf, other, root),
    }[order]

    one = only(signed(key_info=info))

    assert (one.integrity, one.trust) == (Integrity.INTACT, Trust.TRUSTED)


def curved(value: bytes) -> bytes:
    """Return a document signed with a curve, its value replaced."""
    data = signed(holder=maker.CURVED)
    text = maker.b64(value).encode()
    return re.sub(rb"(SignatureValue>)[^<]+(<)", rb"\g<1>" + text + rb"\g<2>", data)


@pytest.mark.parametrize(
    "value",
    [
        bytes(64),
        bytes(32) + bytes([1] * 32),
        bytes([1] * 32) + bytes(32),
        bytes([1] * 63),
        bytes([1] * 66),
        b"\x01",
        b"\xff" * 64,
        b"\xff" * 100_000,
    ],
)
def test_no_pair_of_numbers_out_of_range_verifies(value: bytes) -> None:
    assert only(curved(value)).integrity is Integrity.BROKEN


def test_der_is_no_pair_of_numbers() -> None:
    data = signed(holder=maker.CURVED)
    info = etree.fromstring(data).find(f".//{{{DS}}}SignedInfo")
    assert info is not None
    octets = canonical(etree.tostring(info, with_tail=False))
    der = maker.CURVED.key.sign(octets, ec.ECDSA(hashes.SHA256()))

    assert only(data).integrity is Integrity.INTACT
    assert only(curved(der)).integrity is Integrity.BROKEN


@pytest.mark.parametrize(
    ("make", "weak"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), True),  # noqa: S505
        (lambda: rsa.generate_private_key(3, 2048), True),
        (lambda: ec.generate_private_key(ec.SECP192R1()), True),
        (lambda: ec.generate_private_key(ec.SECP384R1()), False),
        (lambda: ec.generate_private_key(ec.SECP521R1()), False),
        (lambda: ec.generate_private_key(ec.BrainpoolP256R1()), False),
    ],
    ids=["rsa1024", "e3", "p192", "p384", "p521", "brainpool"],
)
def test_a_weak_key_is_weak_and_still_counts_for_integrity(
    make: object, weak: bool
) -> None:
    key = make()  # type: ignore[operator]
    holder = with_key(key)

    found = found_in(signed(holder=holder))

    assert found.verdict is Verdict.VALID
    said = {r.rule for r in found.signatures[0].reasons}
    assert ("CP-TRUST-10" in said) is weak


def with_key(key: object) -> Holder:
    """Return a certificate for this very key, issued by itself."""
    from cryptography import x509  # noqa: PLC0415

    from tests.signature.trust_pki import YEAR, named  # noqa: PLC0415

    name = named("Chave")
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(7)
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
    )
    return Holder(certificate=builder.sign(maker.SIGNER.key, hashes.SHA256()), key=key)


def test_sha1_is_weak_and_still_counts_for_integrity() -> None:
    ref = reference(canonical(INVOICE), digest=maker.SHA1)
    data = signed(references=ref)

    assert found_in(data).verdict is Verdict.VALID
    assert "CP-TRUST-11" in {r.rule for r in only(data).reasons}
    qualified = verify(data, at=NOW, trust=STORE, policy="qualified")
    assert qualified.verdict is Verdict.INVALID


@pytest.mark.parametrize("salt", ["32", "20", ""])
def test_pss_with_its_parameters(salt: str) -> None:
    space = "http://www.w3.org/2007/05/xmldsig-more#"
    given = f"<p:SaltLength>{salt}</p:SaltLength>" if salt else ""
    inside = f'<p:RSAPSSParams xmlns:p="{space}">{given}</p:RSAPSSParams>'
    recipe = maker.Recipe(method=f"{space}rsa-pss", method_inside=inside)
    head, end = maker.split(INVOICE)
    waiting = head + recipe.element().encode() + end
    info = etree.fromstring(waiting).find(f".//{{{DS}}}SignedInfo")
    assert info is not None
    octets = canonical(etree.tostring(info, with_tail=False))
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), int(salt or 32))
    value = maker.SIGNER.key.sign(octets, scheme, hashes.SHA256())

    data = waiting.replace(b"@@", maker.b64(value).encode())

    assert found_in(data).verdict is Verdict.VALID
