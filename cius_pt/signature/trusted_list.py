# SPDX-License-Identifier: MIT
"""Trusted lists of ETSI TS 119 612: a Member State's, and the EU's list of lists.

Only what the operator signed is read. The signature is judged at the list's own issue
date, because a list in the archive outlives the certificate that signed it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from cius_pt import xmlio
from cius_pt.errors import ArtefactError, InvalidValue, UnreadableDocument
from cius_pt.signature import certificates
from cius_pt.signature.services import Criterion, Service, State
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TSL: Final = "http://uri.etsi.org/02231/v2#"
SIE: Final = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
_KINDS: Final = {"CA/QC": "/Svctype/CA/QC", "TSA/QTST": "/Svctype/TSA/QTST"}
# The bits of RFC 5280, 4.2.1.3, as the list and as asn1crypto spell them.
_BITS: Final = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "non_repudiation",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "crlSign": "crl_sign",
    "encipherOnly": "encipher_only",
    "decipherOnly": "decipher_only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """The signed content of a list and its own dates."""

    root: etree._Element
    issued: dt.datetime
    next_update: dt.datetime | None


def read(
    data: bytes, *, operators: Sequence[bytes], at: dt.datetime | None
) -> tuple[Service, ...]:
    """Return the services of a list; see `TrustStore.from_trusted_list`."""
    found = _opened(data, operators, at)
    path = f".//{{{TSL}}}TSPService"
    services = tuple(s for one in found.root.iterfind(path) if (s := _service(one)))
    if not services:
        raise ArtefactError(
            "the trusted list has no service that issues qualified certificates or"
            " time stamps; a list of lists only says who signs the others"
        )
    return services


def list_operators(
    data: bytes,
    *,
    operators: Sequence[bytes],
    territory: str = "PT",
    at: dt.datetime | None = None,
) -> tuple[bytes, ...]:
    """Return the certificates (DER) that the list of lists names for one country.

    `data` is the LOTL, `operators` those who may sign it; raises `ArtefactError` as
    `TrustStore.from_trusted_list` does, also when the country is not in it.
    """
    found = _opened(data, operators, at)
    ders = [
        der
        for pointer in found.root.iterfind(f".//{{{TSL}}}OtherTSLPointer")
        if _text(pointer, f".//{{{TSL}}}SchemeTerritory") == territory
        for der in _certificates(pointer)
    ]
    if not ders:
        raise ArtefactError(f"the list of lists names no operator for {territory}")
    return tuple(dict.fromkeys(ders))


def _opened(data: bytes, operators: Sequence[bytes], at: dt.datetime | None) -> _List:
    if at is not None and at.utcoffset() is None:
        raise InvalidValue("a time without time zone", path="at")
    for number, der in enumerate(operators):
        if certificates.kind_of(der) != "certificate":
            raise InvalidValue("not a DER certificate", path=f"operators[{number}]")
    try:
        root = xmlio.tree(data)
    except UnreadableDocument as error:
        raise ArtefactError(f"the trusted list cannot be read: {error}") from error
    claimed = _dated(root)
    found = _dated(_signed_by(root, operators, claimed.issued))
    if found.issued != claimed.issued:
        raise ArtefactError("the issue date of the trusted list is not signed")
    if at is not None and found.next_update is not None and at > found.next_update:
        until = found.next_update.date()
        raise ArtefactError(
            f"the trusted list was to be replaced by {until}: get the current one"
        )
    return found


def _dated(root: etree._Element) -> _List:
    if root.tag != f"{{{TSL}}}TrustServiceStatusList":
        raise ArtefactError("this is no trusted list of ETSI TS 119 612")
    scheme = f"{{{TSL}}}SchemeInformation/{{{TSL}}}"
    try:
        issued = _time(_text(root, f"{scheme}ListIssueDateTime"))
        until = _text(root, f"{scheme}NextUpdate/{{{TSL}}}dateTime")
        return _List(
            root=root, issued=issued, next_update=_time(until) if until else None
        )
    except ValueError:
        raise ArtefactError("the trusted list has no issue date") from None


def _signed_by(
    root: etree._Element, operators: Sequence[bytes], issued: dt.datetime
) -> etree._Element:
    """Return the list as one of the operators signed it, or raise `ArtefactError`.

    By signxml with the operator's own key: our verifier of XML signatures stands on the
    trust engine, which is what is being set up here. Lists are signed enveloped and in
    exclusive C14N (TS 119 612, 5.7.1), which signxml gets right, and only what it says
    was signed is read.
    """
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415
    from signxml.verifier import SignatureConfiguration, XMLVerifier  # noqa: PLC0415

    configuration = SignatureConfiguration(
        location="./",
        expect_references=True,
        verification_time=issued,
        ignore_ambiguous_key_info=True,
    )
    for der in operators:
        try:
            results: Any = XMLVerifier().verify(
                root,
                x509_cert=load_der_x509_certificate(der),
                expect_config=configuration,
                id_attribute="Id",
            )
        except Exception:  # noqa: BLE001, S112 - not this operator, for many reasons
            continue
        for result in results:
            if result.signed_xml is not None and result.signed_xml.tag == root.tag:
                return xmlio.tree(result.signed_data)
    raise ArtefactError(
        "the trusted list is not signed by any of the operators given,"
        f" as of its issue date {issued.date()}"
    )


def _service(element: etree._Element) -> Service | None:
    """Return a service that makes or stamps signatures, None for any other."""
    now = element.find(f"{{{TSL}}}ServiceInformation")
    if now is None:
        return None
    uri = _text(now, f"{{{TSL}}}ServiceTypeIdentifier")
    kind = next((k for k, end in _KINDS.items() if uri.endswith(end)), None)
    if kind is None:
        return None
    past = f"{{{TSL}}}ServiceHistory/{{{TSL}}}ServiceHistoryInstance"
    states = [s for one in (now, *element.iterfind(past)) if (s := _state(one))]
    return Service(
        kind=kind,
        name=_text(now, f"{{{TSL}}}ServiceName/{{{TSL}}}Name") or "?",
        states=tuple(sorted(states, key=lambda state: state.since, reverse=True)),
        certificates=tuple(_certificates(now)),
    )


def _state(element: etree._Element) -> State | None:
    try:
        since = _time(_text(element, f"{{{TSL}}}StatusStartingTime"))
    except ValueError:
        return None
    extensions = f"{{{TSL}}}ServiceInformationExtensions/{{{TSL}}}Extension"
    information = f"{{{TSL}}}AdditionalServiceInformation/{{{TSL}}}URI"
    status = _last(_text(element, f"{{{TSL}}}ServiceStatus"))
    purposes, qualifiers = set(), []
    for extension in element.iterfind(extensions):
        words = [_last(e.text or "") for e in extension.iterfind(information)]
        found = [
            _qualification(e) for e in extension.iter(f"{{{SIE}}}QualificationElement")
        ]
        purposes.update(words)
        qualifiers += found
        # TS 119 612, 5.5.9: who does not know a critical extension must not go on.
        if extension.get("Critical") == "true" and not words and not found:
            status = "unknown"
    return State(
        since=since,
        status=status,
        purposes=frozenset(purposes),
        qualifiers=tuple(qualifiers),
    )


def _qualification(element: etree._Element) -> tuple[Criterion, frozenset[str]]:
    words = {_last(e.get("uri", "")) for e in element.iter(f"{{{SIE}}}Qualifier")}
    criteria = element.find(f"{{{SIE}}}CriteriaList")
    criterion = Criterion(known=False) if criteria is None else _criterion(criteria, 0)
    return criterion, frozenset(words)


def _criterion(element: etree._Element, depth: int) -> Criterion:
    if depth > 8:  # noqa: PLR2004 - nobody nests deeper
        return Criterion(known=False)
    parts = []
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child).localname
        if name == "KeyUsage":
            parts.append(_usage(child))
        elif name == "PolicySet":
            path = f"{{{SIE}}}PolicyIdentifier/{{{XADES}}}Identifier"
            oids = [(e.text or "").strip() for e in child.iterfind(path)]
            policies = frozenset(oid.removeprefix("urn:oid:") for oid in oids)
            parts.append(Criterion(policies=policies, known=bool(policies)))
        elif name == "CriteriaList":
            parts.append(_criterion(child, depth + 1))
        elif name != "Description":
            parts.append(Criterion(known=False))
    return Criterion(match=element.get("assert", "all"), parts=tuple(parts))


def _usage(element: etree._Element) -> Criterion:
    bits = [
        (_BITS.get(bit.get("name", "")), (bit.text or "").strip() in {"true", "1"})
        for bit in element.iterfind(f"{{{SIE}}}KeyUsageBit")
    ]
    known = all(name is not None for name, _ in bits)
    return Criterion(usage=tuple((n, w) for n, w in bits if n is not None), known=known)


def _certificates(element: etree._Element) -> Iterator[bytes]:
    for found in element.iter(f"{{{TSL}}}X509Certificate"):
        try:
            der = base64.b64decode("".join((found.text or "").split()), validate=True)
        except binascii.Error:
            continue
        if certificates.kind_of(der) == "certificate":
            yield der


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else "".join(map(str, found.itertext())).strip()


def _last(uri: str) -> str:
    return uri.strip().rstrip("/").rpartition("/")[2]


def _time(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
