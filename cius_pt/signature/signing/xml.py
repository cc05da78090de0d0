# SPDX-License-Identifier: MIT
"""An invoice, signed: its bytes as they were, and one signature put between them.

Own code and not signxml's signer, which makes a new document of the tree: processing
instructions around the root, the encoding and the byte order mark are lost, the time
cannot be given, its exclusive form is one that nobody can verify (references without
Transforms), and only the last child of the root or a placeholder is a place for it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cius_pt import xmlio
from cius_pt.errors import InvalidValue
from cius_pt.signature.signing import canonical, place, xades
from cius_pt.signature.signing.place import Placement
from cius_pt.signature.signing.splice import insert
from cius_pt.signature.signing.xades import Plan, XmlProfile
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import datetime as dt

    from cius_pt.signature.signing.key import SigningKey
    from cius_pt.signature.signing.tsa import Timestamper


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlSigning:
    """How an invoice is signed.

    `placement` is where the signature goes (`place.find` says what None means);
    `parallel` lets others sign later without breaking this signature, by a filter that
    .NET's SignedXml does not take: without it a second signature is refused.
    """

    profile: XmlProfile = XmlProfile.BES
    placement: Placement | None = None
    parallel: bool = True

    def __post_init__(self) -> None:
        # The words will do in place of the enumerations; others cannot exist.
        try:
            object.__setattr__(self, "profile", XmlProfile(self.profile))
            if self.placement is not None:
                object.__setattr__(self, "placement", Placement(self.placement))
        except ValueError as error:
            raise InvalidValue(str(error), path="options") from None


def sign_xml(
    data: bytes,
    key: SigningKey,
    *,
    time: dt.datetime,
    options: XmlSigning | None = None,
    timestamp: Timestamper | None = None,
) -> bytes:
    """Return an invoice or a credit note with one XAdES signature more.

    Every byte of `data` is still there, in its order. Raises `UnreadableDocument` and
    `SignatureError`; what comes back has not been verified.
    """
    options = options or XmlSigning()
    utf8 = xmlio.parse(data).utf8
    spot = place.find(utf8, options.placement)
    plan = Plan(
        key=key,
        identity=_identity(data, key, time),
        time=time,
        profile=options.profile,
        parallel=options.parallel,
    )
    around = f"{spot.before}{spot.after}".encode()
    shell = utf8[: spot.offset] + around + utf8[spot.offset :]
    signed = canonical.document(shell, parallel=options.parallel)
    properties = xades.signed_properties(plan)
    digest = hashlib.new(key.suite.hash, signed).digest()
    info = xades.signed_info(plan, digest, properties)
    value = xades.signature_value(plan, xades.sign(plan, info))
    token = None
    if timestamp is not None:
        stamped = hashlib.sha256(canonical.canonical(value)).digest()
        token = timestamp(stamped, "sha256")
    signature = xades.signature(plan, info, value, properties, token)
    inserted = f"{spot.before}{signature}{spot.after}"
    return insert(data, utf8, spot.offset, inserted)


def _identity(data: bytes, key: SigningKey, time: dt.datetime) -> str:
    """Return an Id that no other signature of this document has."""
    made = hashlib.sha256(data)
    made.update(key.chain[0].signature)
    made.update(time.isoformat().encode())
    return f"sig-{made.hexdigest()[:16]}"
