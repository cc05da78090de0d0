"""Signatures that are right stay right; whatever is changed shows."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from lxml import etree

from cius_pt.findings import Severity
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Format,
    Ilink,
    Indication,
    Integrity,
    Signature,
    SignatureReport,
    SubIndication,
    Trust,
    Verdict,
)
from cius_pt.signature.trust import TrustStore
from cius_pt.signature.xml import c14n
from cius_pt.signature.xml.verification import verify_xml
from tests.signature.trust_pki import DAY, NOW, STAMPING, YEAR, issue, stamped
from tests.signature.xml import maker
from tests.signature.xml.maker import DS, EXC, INVOICE, canonical, reference, signed

STORE = TrustStore(roots=(maker.ROOT_CA.der,))
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"


def report(data: bytes, **changes: Any) -> SignatureReport:
    asked = {"policy": Policy.ILINK, "trust": STORE, "at": NOW, **changes}
    return verify_xml(data, **asked)


def only(data: bytes, **changes: Any) -> Signature:
    (one,) = report(data, **changes).signatures
    return one


def rules(one: Signature) -> set[str]:
    return {reason.rule for reason in one.reasons if "TRUST" not in reason.rule}


def xpath(expression: str, **names: str) -> str:
    spaces = "".join(f' xmlns:{name}="{uri}"' for name, uri in names.items())
    return (
        f'<ds:Transform Algorithm="{XPATH}"><ds:XPath{spaces}>{expression}</ds:XPath>'
        "</ds:Transform>"
    )


def filter2(expression: str, kind: str = "subtract") -> str:
    return (
        f'<ds:Transform Algorithm="{FILTER2}"><f:XPath xmlns:f="{FILTER2}"'
        f' Filter="{kind}">{expression}</f:XPath></ds:Transform>'
    )


# --- what is right ---------------------------------------------------------------


@pytest.mark.parametrize("holder", [maker.SIGNER, maker.CURVED], ids=["rsa", "curve"])
def test_a_plain_signature_over_the_document_is_valid(holder: Any) -> None:
    found = report(signed(holder=holder))

    assert (found.verdict, found.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    one = found.signatures[0]
    assert one.format is Format.XMLDSIG
    assert one.integrity is Integrity.INTACT
    assert (one.coverage, one.changes) == (Coverage.DOCUMENT, Changes.NONE)
    assert one.trust is Trust.TRUSTED
    assert one.location == "/Invoice/ds:Signature"


@pytest.mark.parametrize(("version", "level"), [("", "XAdES-BES"), ("V2", "XAdES-B-B")])
def test_a_xades_signature_says_its_level_and_time(version: str, level: str) -> None:
    one = only(signed(maker.xades(properties=maker.properties(version=version))))

    assert (one.format, one.level) == (Format.XADES, level)
    assert one.signing_time is not None
    assert one.signing_time.isoformat() == "2026-05-01T10:00:00+00:00"
    assert rules(one) == set()


@pytest.mark.parametrize(
    "transforms",
    [
        xpath("not(ancestor-or-self::ds:Signature)", ds=DS),
        xpath(" not( ancestor-or-self::q:Signature )\n", q=DS),
        xpath(
            "count(ancestor-or-self::ds:Signature | here()/ancestor::ds:Signature[1])"
            " &gt; count(ancestor-or-self::ds:Signature)"
        ),
        filter2("/descendant::ds:Signature"),
        filter2("//ds:Signature"),
        filter2("here()/ancestor::ds:Signature[1]"),
        filter2("/descendant::*[name()='ds:Signature']"),
    ],
)
def test_what_takes_only_signatures_out_covers_the_document(transforms: str) -> None:
    octets = canonical(INVOICE)
    chain = transforms + maker.EXCLUSIVE

    one = only(signed(references=reference(octets, transforms=chain)))

    assert (one.integrity, one.coverage) == (Integrity.INTACT, Coverage.DOCUMENT)


def test_two_parallel_signatures_are_both_valid() -> None:
    chain = xpath("not(ancestor-or-self::ds:Signature)") + maker.EXCLUSIVE
    recipe = maker.Recipe(references=reference(canonical(INVOICE), transforms=chain))
    again = maker.Recipe(
        document=INVOICE,
        holder=maker.CURVED,
        references=recipe.references,
        identifier="segunda",
    )
    first = signed(recipe)
    head, end = maker.split(first)

    both = maker.valued(head + again.element().encode() + end, again)

    assert report(both).verdict is Verdict.VALID
    assert len(report(both).signatures) == 2


def test_a_second_enveloped_signature_breaks_the_first() -> None:
    first = signed()
    second = signed(document=first, holder=maker.CURVED, identifier="segunda")

    found = report(second)

    assert [s.integrity for s in found.signatures] == ["broken", "intact"]
    assert (found.verdict, found.ilink) == (Verdict.INVALID, Ilink.E217)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: b"\xef\xbb\xbf" + d,
        lambda d: d.replace(b"\n", b"\r\n"),
        lambda d: re.sub(rb"encoding=.UTF-8.", b"", d).decode().encode("utf-16"),
        lambda d: d.replace(b">EUR<", b"><![CDATA[EUR]]><", 1),
        lambda d: d.replace(b">EUR<", b">&#69;UR<", 1),
        lambda d: d + b"\n\n",
    ],
    ids=["bom", "crlf", "utf-16", "cdata", "character", "trailing"],
)
def test_what_no_canonical_form_sees_changes_nothing(change: Any) -> None:
    data = signed()
    changed = change(data)

    assert changed != data
    assert report(changed).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.replace(b">EUR<", b">EUR <", 1),
        lambda d: d.replace(b"<Invoice ", b'<Invoice xml:lang="pt" ', 1),
        lambda d: d.replace(b"<Invoice ", b'<?xml-stylesheet href="x"?><Invoice ', 1),
        lambda d: d + b"<?x y?>",
        lambda d: etree.tostring(
            etree.fromstring(d, etree.XMLParser(remove_blank_text=True))
        ),
        lambda d: d.replace(b"SignatureValue>", b"SignatureValue>AA", 1),
        lambda d: d.replace(b"DigestValue>", b"DigestValue>AA", 1),
        lambda d: d.replace(b"DigestValue>", b"DigestValue>#", 1),
        lambda d: d.replace(b"SignatureValue>", b"SignatureValue>!", 1),
    ],
    ids=[
        "space",
        "lang",
        "pi",
        "epilog-pi",
        "blanks",
        "value",
        "digest",
        "junk-digest",
        "junk-value",
    ],
)
def test_whatever_is_signed_cannot_be_changed(change: Any) -> None:
    changed = change(signed())

    found = report(changed)
    assert (found.verdict, found.ilink) == (Verdict.INVALID, Ilink.E217)
    assert found.signatures[0].integrity is Integrity.BROKEN
    assert found.signatures[0].indication is Indication.TOTAL_FAILED
    assert found.signatures[0].signed is None


def test_a_namespace_added_on_the_root_breaks_an_inclusive_form_only() -> None:
    chain = maker.ENVELOPED + f'<ds:Transform Algorithm="{maker.C14N}"/>'
    octets = canonical(INVOICE, exclusive=False)
    inclusive = signed(references=reference(octets, transforms=chain))
    more = (b"<Invoice ", b'<Invoice xmlns:nova="urn:x" ')

    assert report(inclusive).verdict is Verdict.VALID
    assert report(inclusive.replace(*more, 1)).verdict is Verdict.INVALID
    assert report(signed().replace(*more, 1)).verdict is Verdict.VALID


# --- canonical forms ----------------------------------------------------------------


@pytest.mark.parametrize("form", [maker.C14N, maker.C14N11])
def test_a_default_namespace_above_signed_info_is_no_obstacle(form: str) -> None:
    """Lxml writes xmlns="" into this one; so did the verifiers built on it."""
    document = INVOICE
    chain = f'<Transform Algorithm="{DS}enveloped-signature"/>'
    ref = reference(canonical(document, exclusive=False), transforms=chain)
    recipe = maker.Recipe(references=ref, form=form)
    text = recipe.element().replace("ds:", "").replace("xmlns:ds=", "xmlns=")
    head, end = maker.split(document)

    data = maker.valued(head + text.encode() + end, recipe)

    assert b'<Signature xmlns="' in data
    assert report(data).verdict is Verdict.VALID


def test_inherited_language_is_part_of_an_inclusive_signed_info() -> None:
    document = INVOICE.replace(b"<Invoice ", b'<Invoice xml:lang="pt" xml:id="a" ', 1)
    recipe = maker.Recipe(document=document, form=maker.C14N)
    head, end = maker.split(document)
    unsigned = head + recipe.element().encode() + end
    root = etree.fromstring(unsigned)
    info = root.find(f".//{{{DS}}}SignedInfo")
    assert info is not None
    alone = etree.fromstring(etree.tostring(info, with_tail=False))
    alone.set("{http://www.w3.org/XML/1998/namespace}lang", "pt")
    alone.set("{http://www.w3.org/XML/1998/namespace}id", "a")
    octets = etree.tostring(alone, method="c14n")
    value = maker.b64(maker.value(maker.SIGNER.key, octets)).encode()

    found = report(unsigned.replace(b"@@", value))
    assert found.verdict is Verdict.VALID


def test_several_bases_to_be_joined_are_unsupported() -> None:
    inside = '<ds:Object Id="o" xml:base="b/"><x xmlns=""/></ds:Object>'
    chain = f'<ds:Transform Algorithm="{maker.C14N11}"/>'
    document = INVOICE.replace(b"<Invoice ", b'<Invoice xml:base="http://a/" ', 1)
    ref = reference(b"", uri="#o", transforms=chain)

    one = only(signed(document=document, references=ref, objects=inside))

    assert one.integrity is Integrity.UNSUPPORTED
    assert rules(one) == {"CP-XSIG-06"}


@pytest.mark.parametrize("prefixes", ["#default", "cac cbc", "#default cac nada"])
def test_inclusive_namespaces_of_an_exclusive_form(prefixes: str) -> None:
    octets = canonical(INVOICE, prefixes=prefixes)
    chain = maker.ENVELOPED + (
        f'<ds:Transform Algorithm="{EXC}"><ec:InclusiveNamespaces xmlns:ec="{EXC}"'
        f' PrefixList="{prefixes}"/></ds:Transform>'
    )

    assert only(signed(references=reference(octets, transforms=chain))).integrity is (
        Integrity.INTACT
    )


def test_the_default_namespace_in_a_list_of_prefixes_is_written_at_the_root() -> None:
    """Lxml passes over a name that its parsers have not met."""
    data = b'<p:r xmlns="urn:a" xmlns:p="urn:p"><m/></p:r>'
    method = c14n.Method(short="", exclusive=True, prefixes=("#default",))

    octets = c14n.of_document(etree.fromstring(data), method, comments=False)

    assert octets == b'<p:r xmlns="urn:a" xmlns:p="urn:p"><m></m></p:r>'


def test_a_relative_namespace_has_no_canonical_form() -> None:
    data = signed().replace(b"<Invoice ", b'<Invoice xmlns:r="relativo" ', 1)

    assert only(data).integrity is Integrity.UNSUPPORTED


def test_the_signed_bytes_are_the_canonical_document() -> None:
    assert only(signed()).signed == canonical(INVOICE)


# --- XAdES ---------------------------------------------------------------------


def test_properties_of_another_certificate_are_refused() -> None:
    found = report(signed(maker.xades(properties=maker.properties(maker.CURVED))))

    assert (found.verdict, found.ilink) == (Verdict.INVALID, Ilink.UNKNOWN)
    one = found.signatures[0]
    assert one.integrity is Integrity.INTACT
    assert rules(one) == {"CP-XSIG-12"}
    assert one.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


def test_properties_that_are_not_signed_are_refused() -> None:
    one = only(signed(objects=maker.boxed(maker.properties())))

    assert (one.integrity, rules(one)) == (Integrity.UNKNOWN, {"CP-XSIG-11"})
    assert one.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND


def test_properties_beside_their_box_are_refused() -> None:
    fake = maker.properties().replace('Id="sp"', 'Id="outras"')
    moved = f"<ds:Object>{maker.properties()}</ds:Object>"

    one = only(signed(maker.xades(objects=maker.boxed(fake) + moved)))

    assert (one.integrity, rules(one)) == (Integrity.UNKNOWN, {"CP-XSIG-11"})


def test_properties_of_another_signature_are_refused() -> None:
    box = f"<ds:Signature>{maker.boxed(maker.properties())}</ds:Signature>"
    fake = maker.boxed(maker.properties().replace('Id="sp"', 'Id="minhas"'))

    found = report(signed(maker.xades(objects=fake + f"<ds:Object>{box}</ds:Object>")))

    assert found.verdict is Verdict.INVALID
    assert "CP-XSIG-11" in rules(found.signatures[0])


def test_two_qualifying_properties_are_refused() -> None:
    second = maker.boxed(maker.properties().replace('Id="sp"', 'Id="sp2"'))
    both = maker.boxed(maker.properties()) + second

    one = only(signed(maker.xades(objects=both)))

    assert (one.integrity, rules(one)) == (
        Integrity.BROKEN,
        {"CP-XSIG-03", "CP-XSIG-11"},
    )


def test_a_target_that_names_another_signature_is_a_warning() -> None:
    one = only(signed(maker.xades(objects=maker.boxed(maker.properties(), target="x"))))

    assert rules(one) == {"CP-XSIG-21"}
    assert one.integrity is Integrity.INTACT


def test_a_counter_signature_is_named_and_not_checked() -> None:
    counter = (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        f'<xades:CounterSignature><ds:Signature xmlns:ds="{DS}"/>'
        "</xades:CounterSignature></xades:UnsignedSignatureProperties>"
        "</xades:UnsignedProperties>"
    )
    found = report(signed(maker.xades(unsigned=counter)))

    assert found.verdict is Verdict.VALID
    assert rules(found.signatures[1]) == {"CP-XSIG-17"}


# --- time stamps ------------------------------------------------------------------

TSA = issue("Selo temporal", maker.ROOT_CA, key_name="rsa2048 tsa", purposes=STAMPING)
STRANGER = issue("Selo alheio", key_name="rsa2048 alheio", purposes=STAMPING)
EXPIRING = issue(
    "Loja Antiga",
    maker.ROOT_CA,
    key_name="rsa2048 loja",
    start=NOW - YEAR,
    end=NOW - 10 * DAY,
)


def stamp(data: bytes, *, of: bytes | None = None, tsa: Any = TSA) -> bytes:
    """Return the document with a time stamp on its signature, or on that of `of`."""
    root = etree.fromstring(of or data)
    value = root.find(f".//{{{DS}}}SignatureValue")
    assert value is not None
    octets = canonical(etree.tostring(value, with_tail=False), exclusive=False)
    digest = hashlib.sha256(octets).digest()
    token = stamped(tsa, digest, NOW - 20 * DAY, maker.ROOT_CA)
    end = b"</xades:QualifyingProperties>"
    added = (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        "<xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>"
        f"{maker.b64(token)}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
        "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )
    return data.replace(end, added.encode() + end)


def test_a_time_stamp_is_read_and_trusted() -> None:
    one = only(stamp(signed(maker.xades())))

    assert one.level == "XAdES-T"
    (found,) = one.timestamps
    assert found.time == NOW - 20 * DAY
    assert (found.integrity, found.trust) == (Integrity.INTACT, Trust.TRUSTED)


def test_a_time_stamp_saves_a_signer_that_has_expired_since() -> None:
    data = signed(maker.xades(holder=EXPIRING))

    assert only(data).trust is Trust.EXPIRED
    assert only(stamp(data)).trust is Trust.TRUSTED


def test_a_copied_time_stamp_is_of_another_signature() -> None:
    data = signed(maker.xades(holder=EXPIRING))
    other = signed(maker.xades(holder=maker.CURVED))

    one = only(stamp(data, of=other))

    assert one.timestamps[0].integrity is Integrity.BROKEN
    assert one.integrity is Integrity.INTACT
    assert one.trust is Trust.EXPIRED


def test_a_stranger_cannot_save_an_expired_signer() -> None:
    one = only(stamp(signed(maker.xades(holder=EXPIRING)), tsa=STRANGER))

    assert one.timestamps[0].trust is Trust.UNTRUSTED
    assert one.trust is Trust.EXPIRED


@pytest.mark.parametrize("junk", ["", "AAAA", "não"])
def test_a_time_stamp_that_cannot_be_read_is_a_warning(junk: str) -> None:
    data = re.sub(
        rb"(EncapsulatedTimeStamp>)[^<]+(<)",
        rb"\g<1>" + junk.encode() + rb"\g<2>",
        stamp(signed(maker.xades())),
    )
    one = only(data)

    assert one.timestamps == ()
    assert one.integrity is Integrity.INTACT
    assert {r.severity for r in one.reasons if r.rule == "CP-TRUST-20"} == {
        Severity.WARNING
    }
