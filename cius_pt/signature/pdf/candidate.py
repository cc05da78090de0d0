# SPDX-License-Identifier: MIT
"""One signature of a PDF, step by step; a step that fails becomes a reason."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cius_pt.findings import Finding, Location, Severity
from cius_pt.signature.algorithms import weak_digest
from cius_pt.signature.pdf import container as cms
from cius_pt.signature.pdf.changes import later
from cius_pt.signature.pdf.reading import value
from cius_pt.signature.pdf.spans import Span, span_of
from cius_pt.signature.pdf.weights import WEIGHTS
from cius_pt.signature.policy import Policy, weigh
from cius_pt.signature.refusal import Refusal, why
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Format,
    Integrity,
    SubIndication,
)
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyhanko.sign.validation.pdf_embedded import (
        EmbeddedPdfSignature,  # noqa: TC004 - imported late
    )

    from cius_pt.signature.pdf.reading import Document, Field

# By SubFilter: which format it is, whether PAdES. ISO 32000-2 table 260, EN 319 142-1.
FORMATS: Final = {
    "/ETSI.CAdES.detached": Format.PADES,
    "/adbe.pkcs7.detached": Format.PKCS7,
    "/ETSI.RFC3161": Format.DOC_TIMESTAMP,
}
# What a reader that repairs files would take for a part of the document.
_OBJECTS = re.compile(rb"\d\s+obj\b|\bxref\b")


@dataclass(slots=True, kw_only=True)
class Candidate:
    """What is known so far about one signature."""

    location: str
    policy: Policy
    format: Format = Format.UNKNOWN
    integrity: Integrity = Integrity.UNKNOWN
    coverage: Coverage = Coverage.UNCLEAR
    changes: Changes = Changes.UNKNOWN
    sub: SubIndication | None = None
    algorithms: tuple[str, ...] = ()
    claimed: dt.datetime | None = None
    leaf: bytes | None = field(default=None, repr=False)
    others: tuple[bytes, ...] = field(default=(), repr=False)
    reasons: list[Finding] = field(default_factory=list)
    numbers: tuple[int, ...] = ()
    span: Span | None = None
    container: cms.Container | None = field(default=None, repr=False)
    embedded: EmbeddedPdfSignature | None = None
    revision: int = -1

    def add(self, rule: str, message: str) -> None:
        """Add a reason, as severe as the policy takes it."""
        place = Location(path=self.location)
        self.reasons.append(
            weigh(rule, message, self.policy, weights=WEIGHTS, location=place)
        )

    def refuse(self, refusal: Refusal) -> None:
        """Add the reason that ends the examination."""
        self.add(refusal.rule, refusal.message)
        self.integrity, self.sub = refusal.integrity, refusal.sub

    @property
    def fatal(self) -> bool:
        """Whether something speaks against it that the policy cannot forgive."""
        return any(reason.severity is Severity.FATAL for reason in self.reasons)


def examine(
    found: Field, form: Sequence[Field], document: Document, policy: Policy
) -> Candidate:
    """Look at one signature: its structure, its integrity, what it covers, changes.

    Trust is not asked here. Whatever goes wrong is a reason with the phase it was in.
    """
    candidate = Candidate(location=found.name, policy=policy)
    steps: dict[str, Callable[[], None]] = {
        "dictionary": lambda: _dictionary(candidate, found),
        "contents": lambda: _contents(candidate, found, document),
        "integrity": lambda: _integrity(candidate, document),
        "coverage": lambda: _coverage(candidate, form, document),
    }
    for phase, step in steps.items():
        try:
            step()
        except Refusal as refusal:
            candidate.refuse(refusal)
            break
        except Exception as error:  # noqa: BLE001 - pyhanko and asn1crypto fail so
            # What asn1crypto stumbles over late is as little CMS as what it refuses.
            rule = "CP-PSIG-33" if phase in {"dictionary", "coverage"} else "CP-PSIG-08"
            message = f"The signature cannot be examined ({phase}): {why(error)}."
            candidate.refuse(Refusal(rule, message))
            break
    return candidate


def _dictionary(candidate: Candidate, found: Field) -> None:
    signature = found.dictionary["/V"]
    candidate.numbers = tuple(n for n in _range(signature) if isinstance(n, int))
    subfilter = value(signature, "/SubFilter")
    known = FORMATS.get(str(subfilter))
    if known is None:
        raise Refusal(
            "CP-PSIG-07",
            f"Signatures of the kind {subfilter} are not supported.",
            integrity=Integrity.UNSUPPORTED,
            sub=SubIndication.GENERIC,
        )
    candidate.format = known


def _contents(candidate: Candidate, found: Field, document: Document) -> None:
    from pyhanko.pdf_utils.misc import PdfReadError  # noqa: PLC0415
    from pyhanko.sign.validation.pdf_embedded import (  # noqa: PLC0415
        EmbeddedPdfSignature,
        extract_contents,
    )

    signature = found.dictionary["/V"]
    try:
        contents = extract_contents(signature)
    except PdfReadError:
        raise Refusal("CP-PSIG-08", "The signature has no Contents.") from None
    candidate.container = box = cms.container_of(contents)
    if box.stamp != (candidate.format is Format.DOC_TIMESTAMP):
        raise Refusal("CP-PSIG-08", "Contents is not what SubFilter says it is.")
    candidate.algorithms = (box.digest, box.signature_algorithm)
    candidate.claimed = box.signing_time() or _claimed(signature)
    candidate.span = span_of(document.data, _range(signature), contents)
    embedded = EmbeddedPdfSignature(document.reader, found.dictionary, found.name)
    candidate.embedded, candidate.revision = embedded, embedded.signed_revision
    pades = candidate.format is Format.PADES
    for rule, message in cms.oddities(box, pades=pades):
        candidate.add(rule, message)


def _range(signature: Any) -> list[Any]:
    numbers = value(signature, "/ByteRange")
    # Iterated over, an array of an encrypted file gives its items still wrapped.
    many = len(numbers) if isinstance(numbers, list) else 0
    return [numbers[index] for index in range(many)]


def _claimed(signature: Any) -> dt.datetime | None:
    from pyhanko.pdf_utils.generic import parse_pdf_date  # noqa: PLC0415

    try:
        found = parse_pdf_date(str(signature["/M"]), strict=False)
    except Exception:  # noqa: BLE001 - a date nobody vouches for
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def digests(candidate: Candidate, document: Document) -> Any:
    """Return the function that gives the digest of what a signature covers."""
    span = candidate.span
    if span is None:
        raise Refusal("CP-PSIG-05", "The signature covers nothing.")
    return lru_cache(lambda algorithm: span.digest(document.data, algorithm))


def _integrity(candidate: Candidate, document: Document) -> None:
    box = candidate.container
    if box is None or candidate.format is Format.DOC_TIMESTAMP:
        return
    candidate.leaf, candidate.others = cms.check_integrity(
        box, digests(candidate, document)
    )
    candidate.integrity = Integrity.INTACT


def _coverage(candidate: Candidate, form: Sequence[Field], document: Document) -> None:
    from pyhanko.sign.validation.status import (  # noqa: PLC0415
        SignatureCoverageLevel,
    )

    span, embedded = candidate.span, candidate.embedded
    if span is None or embedded is None:
        return
    if span.end == len(document.data):
        candidate.coverage, candidate.changes = Coverage.DOCUMENT, Changes.NONE
        return
    if embedded.evaluate_signature_coverage() < SignatureCoverageLevel.ENTIRE_REVISION:
        candidate.coverage = Coverage.PARTIAL
        candidate.add("CP-PSIG-25", "The signature does not cover a whole revision.")
        candidate.sub = SubIndication.FORMAT_FAILURE
        return
    candidate.coverage = Coverage.REVISION
    if _loose_objects(document):
        candidate.changes = Changes.OTHER
        message = "Objects that nobody signed stand after the end of the document."
        candidate.add("CP-PSIG-17", message)
    else:
        _later(candidate, form, len(document.data) - span.end)
    if candidate.fatal:
        candidate.sub = SubIndication.FORMAT_FAILURE


def _later(candidate: Candidate, form: Sequence[Field], rest: int) -> None:
    if candidate.embedded is None:
        return
    after = later(candidate.embedded, form)
    candidate.changes = after.changes
    if after.rule is not None:
        candidate.add(after.rule, after.message)
    else:
        message = f"{rest} bytes follow the end of the document."
        candidate.add("CP-PSIG-22", message)


def _loose_objects(document: Document) -> bool:
    """Whether objects follow the last table: a reader that repairs would take them."""
    tables = document.reader.xrefs
    ends = [
        tables.get_xref_container_info(revision).end_location
        for revision in range(tables.total_revisions)
    ]
    return _OBJECTS.search(document.data, max(ends)) is not None


def against_digest(candidate: Candidate, at: dt.datetime) -> None:
    """Add the reason against a digest that is weak at a moment."""
    if candidate.container and weak_digest(candidate.container.digest, at):
        name = candidate.container.digest.upper()
        candidate.add("CP-TRUST-11", f"The document was signed with {name}.")
        sub = SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
        candidate.sub = candidate.sub or sub
