# SPDX-License-Identifier: MIT
"""The verify journey: bytes → every signature in them → three answers for each.

XML or PDF by what the bytes are; an invoice together with every PDF it carries.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cius_pt import xmlio
from cius_pt.errors import InvalidValue, UnreadableDocument
from cius_pt.signature.pdf import verify_pdf
from cius_pt.signature.policy import Policy, weigh
from cius_pt.signature.status import Ilink, SignatureReport, Verdict
from cius_pt.signature.trust import compare_nif
from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.judging import Question
from cius_pt.signature.xml.limits import MAX_ATTACHMENTS
from cius_pt.signature.xml.names import CBC, place, text
from cius_pt.signature.xml.source import Source
from cius_pt.signature.xml.verification import ORDER, UNSIGNED, report, unread, verified
from cius_pt.signature.xml.weights import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from cius_pt.findings import Finding
    from cius_pt.signature.store import TrustStore

_SELLER: Final = (
    f"{{{xmlio.CAC}}}AccountingSupplierParty/{{{xmlio.CAC}}}Party/"
    f"{{{xmlio.CAC}}}PartyTaxScheme/{{{CBC}}}CompanyID"
)
# ISO 32000-1, annex H: readers look for the header in the first 1,024 bytes.
_HEAD: Final = 1024
_XML: Final = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_ANSWERS: Final = (Ilink.E217, Ilink.UNKNOWN, Ilink.ACCEPT)

Attachments = tuple[tuple[str, SignatureReport], ...]


def verify(
    data: bytes,
    *,
    policy: Policy | str = Policy.ILINK,
    trust: TrustStore | None = None,
    at: dt.datetime | None = None,
    password: str | None = None,
) -> SignatureReport:
    """Verify every signature of an invoice, of any other XML document or of a PDF.

    An invoice is verified together with the PDFs it carries (BT-125), and they count
    for its verdict. `policy` is ``ilink`` (what was changed or made wrongly) or
    ``qualified`` (a qualified signature or seal as well). `trust` says whom one
    trusts; without it trust is not checked. `at` is the moment the question is about,
    by default now. `password` opens an encrypted PDF.

    Never raises because of what the bytes are, never uses the network, and with `at`
    the answer is always the same. Limits: 64 MB; 32 signatures, 100 embedded PDFs.
    Raises `InvalidValue` for what is not bytes, a time without time zone or an unknown
    policy.
    """
    _require_bytes(data)
    asked = Question(
        policy=_policy(policy), trust=trust, at=at or dt.datetime.now(dt.UTC)
    )
    if asked.at.utcoffset() is None:
        raise InvalidValue("a time without time zone", path="at")
    try:
        if b"%PDF-" in data[:_HEAD] and not data.lstrip().startswith(_XML):
            return _pdf(data, asked, password)
        return _xml(data, asked, password)
    except UnreadableDocument as error:
        return unread(error)
    except Exception as error:  # noqa: BLE001 - unknown is never clean, nor a crash
        return _broken_off(error, asked)


def _require_bytes(data: object) -> None:
    if not isinstance(data, bytes):
        kind = type(data).__name__
        raise InvalidValue(f"takes the bytes of a document, not {kind}", path="data")


def _policy(policy: Policy | str) -> Policy:
    try:
        return Policy(policy)
    except ValueError:
        known = ", ".join(Policy)
        raise InvalidValue(f"{policy!r} is none of {known}", path="policy") from None


def _broken_off(error: Exception, asked: Question) -> SignatureReport:
    message = f"Verification broke off with an internal error: {type(error).__name__}."
    finding = weigh("CP-SIG-03", message, asked.policy, weights=WEIGHTS)
    return report((), (finding,))


def _pdf(data: bytes, asked: Question, password: str | None) -> SignatureReport:
    return verify_pdf(
        data, policy=asked.policy, trust=asked.trust, at=asked.at, password=password
    )


def _xml(data: bytes, asked: Question, password: str | None) -> SignatureReport:
    source = Source(data)
    own = verified(source, asked)
    attachments, findings = _attachments(source, asked, password)
    seller = text(source.root.find(_SELLER))
    named = tuple((name, _compared(r, seller, asked)) for name, r in attachments)
    return _together(_compared(own, seller, asked), named, findings)


def _attachments(
    source: Source, asked: Question, password: str | None
) -> tuple[Attachments, tuple[Finding, ...]]:
    """Return the reports on the PDFs of an invoice, by name."""
    found: list[tuple[str, SignatureReport]] = []
    findings: list[Finding] = []
    attached = xmlio.embedded(source.utf8, source.root)
    for number, element in enumerate(attached, start=1):
        if number > MAX_ATTACHMENTS:
            message = f"Only the first {MAX_ATTACHMENTS} attachments are looked at."
            findings.append(_weighed("CP-SIG-02", message, element, asked))
            break
        claimed = element.get("mimeCode", "").strip().lower() == "application/pdf"
        if not claimed and not _looks_like_a_pdf(element):
            continue
        octets = decoded(text(element))
        name = xmlio.cut(element.get("filename", "")) or f"attachment {number}"
        if octets is None and claimed:
            message = f"The PDF {name} is empty or not base64."
            findings.append(_weighed("CP-SIG-01", message, element, asked))
        elif octets is not None and (claimed or b"%PDF-" in octets[:_HEAD]):
            found.append((name, _pdf(octets, asked, password)))
    return tuple(found), tuple(findings)


def _looks_like_a_pdf(element: etree._Element) -> bool:
    """Whether what is embedded begins as a PDF does; most of it is not decoded."""
    beginning = str(element.xpath(f"substring(string(), 1, {16 * _HEAD})"))
    said = "".join(beginning.split())
    if len(said) < 2 * _HEAD <= len(beginning) - len(said):
        return True  # white space to hide behind: the whole of it will tell
    return b"%PDF-" in (decoded(said[: len(said) // 4 * 4]) or b"")[:_HEAD]


def _weighed(
    rule: str, message: str, element: etree._Element, asked: Question
) -> Finding:
    where = place(element)
    return weigh(rule, message, asked.policy, weights=WEIGHTS, location=where)


def _compared(one: SignatureReport, seller: str, asked: Question) -> SignatureReport:
    """Say of each signature whether its signer is the seller (BT-31)."""
    if not seller.strip() or not one.signatures:
        return one
    signatures = tuple(
        replace(
            signature,
            reasons=(
                *signature.reasons,
                *compare_nif(signature.signer, seller, asked.policy),
            ),
        )
        for signature in one.signatures
    )
    return replace(one, signatures=signatures)


def _together(
    own: SignatureReport, attachments: Attachments, findings: Sequence[Finding]
) -> SignatureReport:
    """Return the report on an invoice and its PDFs: the worst of them counts.

    An unsigned PDF takes nothing from a signed invoice, and a signed PDF does not make
    an unsigned invoice a signed one.
    """
    noted = report((), findings)
    parts = [own, noted, *(one for _, one in attachments)]
    signed = [part for part in parts if part.verdict is not Verdict.UNSIGNED]
    worst = min(parts, key=lambda part: ORDER.index(part.verdict)).verdict
    bad = ORDER.index(worst) < ORDER.index(Verdict.VALID)
    answering = min(signed, key=lambda p: _ANSWERS.index(p.ilink), default=None)
    return replace(
        own,
        verdict=worst if bad else own.verdict,
        ilink=answering.ilink if answering else Ilink.UNKNOWN,
        ilink_reason=answering.ilink_reason if answering else UNSIGNED,
        attachments=attachments,
        findings=(*own.findings, *findings),
    )
