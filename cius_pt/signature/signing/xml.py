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
from cius_pt.signature.signing import canonical, place, xades
from cius_pt.signature.signing.xades import Plan, XmlProfile

if TYPE_CHECKING:
    import datetime as dt

    from cius_pt.signature.signing.key import SigningKey
    from cius_pt.signature.signing.place import Placement
    from cius_pt.signature.signing.tsa import Timestamper


def sign_xml(  # noqa: PLR0913 - each one is a decision of the signer
    data: bytes,
    key: SigningKey,
    *,
    time: dt.datetime,
    profile: XmlProfile = XmlProfile.BES,
    placement: Placement | None = None,
    parallel: bool = True,
    timestamp: Timestamper | None = None,
) -> bytes:
    """Return an invoice or a credit note with one XAdES signature more.

    Every byte of `data` is still there, in its order. Raises `UnreadableDocument` and
    `SignatureError`; what comes back has not been verified.
    """
    utf8 = xmlio.parse(data).utf8
    spot = place.find(utf8, placement)
    plan = Plan(
        key=key,
        identity=_identity(data, key, time),
        time=time,
        profile=profile,
        parallel=parallel,
    )
    around = f"{spot.before}{spot.after}".encode()
    shell = utf8[: spot.offset] + around + utf8[spot.offset :]
    signed = canonical.document(shell, parallel=parallel)
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
    return _inserted(data, utf8, spot.offset, inserted)


def _identity(data: bytes, key: SigningKey, time: dt.datetime) -> str:
    """Return an Id that no other signature of this document has."""
    made = hashlib.sha256(data)
    made.update(key.chain[0].signature)
    made.update(time.isoformat().encode())
    return f"sig-{made.hexdigest()[:16]}"


def _inserted(data: bytes, utf8: bytes, offset: int, text: str) -> bytes:
    """Return `data` with ASCII text where `offset` is in its UTF-8 form."""
    if data.endswith(utf8):  # UTF-8, perhaps after a byte order mark
        at, codec = len(data) - len(utf8) + offset, "ascii"
    else:
        before = utf8[:offset].decode()
        codec = _codec(data)
        mark = 2 if data.startswith((b"\xff\xfe", b"\xfe\xff")) else 0
        at = mark + (len(before) if codec == "ascii" else len(before.encode(codec)))
    return data[:at] + text.encode(codec) + data[at:]


def _codec(data: bytes) -> str:
    """Return how ASCII is written in the encodings that `encoding.decoded` reads."""
    if data.startswith((b"\xff\xfe", b"<\0")):
        return "utf-16-le"
    return "utf-16-be" if data.startswith((b"\xfe\xff", b"\0<")) else "ascii"
