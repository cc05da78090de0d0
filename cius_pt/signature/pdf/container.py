# SPDX-License-Identifier: MIT
"""The CMS in a signature's Contents: its parts, its oddities, whether it holds.

RFC 5652 for the structure, ISO 32000-2 12.8.3 for what PDF asks of it, ETSI EN
319 142-1 for what PAdES asks beyond.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from cius_pt.signature.refusal import Refusal, why
from cius_pt.signature.status import Integrity, SubIndication
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

MAX_BYTES: Final = 8 * 1024 * 1024
_Sub = SubIndication


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One CMS SignedData with exactly one signer, parsed."""

    contents: bytes = field(repr=False)
    signed: Any = field(repr=False)
    signer: Any = field(repr=False)
    padding: bytes = field(default=b"", repr=False)

    @property
    def stamp(self) -> bool:
        """Whether it is a time stamp token."""
        kind = self.signed["encap_content_info"]["content_type"].native
        return bool(kind == "tst_info")

    @property
    def token(self) -> bytes:
        """Return the container itself, without what pads it."""
        return self.contents[: len(self.contents) - len(self.padding)]

    @property
    def digest(self) -> str:
        """Return the name of the digest algorithm."""
        return str(self.signer["digest_algorithm"]["algorithm"].native)

    @property
    def signature_algorithm(self) -> str:
        """Return the name of the signature algorithm."""
        return str(self.signer["signature_algorithm"]["algorithm"].native)

    def attributes(self, name: str, *, signed: bool) -> Iterator[Any]:
        """Yield the values of an attribute."""
        for attribute in attributes_of(self.signer, signed=signed):
            if attribute["type"].native == name:
                yield from attribute["values"]

    def signing_time(self) -> dt.datetime | None:
        """Return the signing time that the signer states in the CMS."""
        try:
            (value,) = self.attributes("signing_time", signed=True)
            time: dt.datetime = value.native
        except (TypeError, ValueError):
            return None
        return time


def attributes_of(signer: Any, *, signed: bool) -> list[Any]:
    """Return the attributes of a SignerInfo; both sets of them are optional."""
    from asn1crypto.core import Void  # noqa: PLC0415

    found = signer["signed_attrs" if signed else "unsigned_attrs"]
    return [] if isinstance(found, Void) else list(found)


def container_of(contents: bytes) -> Container:
    """Parse Contents, or raise `Refusal`."""
    from asn1crypto import cms, parser  # noqa: PLC0415

    if len(contents) > MAX_BYTES:
        message = f"Contents is larger than {MAX_BYTES >> 20} MB."
        raise Refusal("CP-PSIG-29", message, sub=_Sub.GENERIC)
    try:
        size = parser.peek(contents)
        envelope = cms.ContentInfo.load(contents[:size], strict=True)
        kind = envelope["content_type"].native
        signed = envelope["content"]
        signers = list(signed["signer_infos"]) if kind == "signed_data" else []
        for signer in signers:
            _ = [a["type"].native for a in attributes_of(signer, signed=True)]
    except Exception as error:  # noqa: BLE001 - asn1crypto fails in many ways
        message = f"Contents holds no signature that can be read: {why(error)}."
        raise Refusal("CP-PSIG-08", message) from None
    if kind != "signed_data":
        raise Refusal("CP-PSIG-08", f"Contents holds {kind}, no signature.")
    if len(signers) != 1:
        message = f"The signature has {len(signers)} signers in it, not one."
        raise Refusal("CP-PSIG-13", message)
    padding = contents[size:]
    return Container(
        contents=contents, signed=signed, signer=signers[0], padding=padding
    )


def check_integrity(
    container: Container, digest: Callable[[str], bytes]
) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the signer's certificate and the others if the signature holds.

    Raises `Refusal` if it does not, or if that cannot be found out.
    """
    from asn1crypto import core  # noqa: PLC0415

    content = container.signed["encap_content_info"]["content"]
    if not isinstance(content, core.Void):
        message = "The signed content is inside the CMS, where PDF allows none."
        raise Refusal("CP-PSIG-14", message)
    try:
        actual = digest(container.digest)
    except ValueError:
        raise _unsupported(container.digest) from None
    leaf, others = _certificates(container)
    intact, valid = _verified(container, leaf, actual)
    if not intact:
        raise Refusal(
            "CP-PSIG-09",
            "The document was changed: its digest is not the one that was signed.",
            integrity=Integrity.BROKEN,
            sub=_Sub.HASH_FAILURE,
        )
    if not valid:
        raise Refusal(
            "CP-PSIG-10",
            "The signature does not belong to the signer's key and what was signed.",
            integrity=Integrity.BROKEN,
            sub=_Sub.SIG_CRYPTO_FAILURE,
        )
    return leaf.dump(), others


def _certificates(container: Container) -> tuple[Any, tuple[bytes, ...]]:
    from pyhanko.sign.general import (  # noqa: PLC0415
        CMSExtractionError,
        extract_certificate_info,
    )

    try:
        found = extract_certificate_info(container.signed)
    except CMSExtractionError:
        message = "The signer's certificate is not in the signature."
        sub = _Sub.NO_SIGNING_CERTIFICATE_FOUND
        raise Refusal("CP-PSIG-11", message, sub=sub) from None
    except (KeyError, TypeError, ValueError) as error:
        message = f"The certificates in the signature cannot be read: {why(error)}."
        raise Refusal("CP-PSIG-08", message) from None
    return found.signer_cert, tuple(other.dump() for other in found.other_certs)


def _verified(container: Container, leaf: Any, actual: bytes) -> tuple[bool, bool]:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from pyhanko.sign.validation.errors import (  # noqa: PLC0415
        SignatureValidationError,
    )
    from pyhanko.sign.validation.generic_cms import (  # noqa: PLC0415
        validate_sig_integrity,
    )

    from cius_pt.signature.pdf.validator import Validator  # noqa: PLC0415

    try:
        found = validate_sig_integrity(
            container.signer,
            leaf,
            expected_content_type="data",
            actual_digest=actual,
            sig_validator=Validator(),
        )
    except SignatureValidationError as error:
        sub = getattr(error.ades_subindication, "name", "GENERIC")
        if sub == "NO_SIGNING_CERTIFICATE_FOUND":
            message = "The certificate is not the one that the signature names."
            raise Refusal("CP-PSIG-12", message, sub=_Sub(sub)) from None
        message = f"The signed attributes contradict the signature: {why(error)}."
        raise Refusal("CP-PSIG-08", message) from None
    # The first is what asn1crypto raises for an algorithm that it does not know.
    except (NotImplementedError, UnsupportedAlgorithm, ValueError):
        raise _unsupported(container.signature_algorithm) from None
    return bool(found[0]), bool(found[1])


def _unsupported(algorithm: str) -> Refusal:
    return Refusal(
        "CP-PSIG-15",
        f"The algorithm {algorithm} is not supported.",
        integrity=Integrity.UNSUPPORTED,
        sub=_Sub.GENERIC,
    )


def oddities(container: Container, *, pades: bool) -> Iterator[tuple[str, str]]:
    """Yield what is strange about a signature that may be good all the same."""
    if container.padding.strip(b"\0"):
        yield "CP-PSIG-24", "Something stands after the signature inside Contents."
    if not _in_order(container):
        message = "The signed attributes are not in DER order; DSS rejects that."
        yield "CP-PSIG-16", message
    if not pades:
        return
    signed = attributes_of(container.signer, signed=True)
    names = {attribute["type"].native for attribute in signed}
    if not names & {"signing_certificate", "signing_certificate_v2"}:
        yield "CP-PSIG-27", "It does not name the signer's certificate, as PAdES asks."
    if "signing_time" in names:
        yield "CP-PSIG-26", "It has a signing time in the CMS, which PAdES does not."


def _in_order(container: Container) -> bool:
    """Whether the signed attributes stand as DER wants a SET OF: X.690, 11.6."""
    attributes = attributes_of(container.signer, signed=True)
    encoded = [attribute.dump() for attribute in attributes]
    return encoded == sorted(encoded)
