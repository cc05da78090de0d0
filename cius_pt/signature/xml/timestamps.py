# SPDX-License-Identifier: MIT
"""Time stamps on XML signatures: SignatureTimeStamp of XAdES (EN 319 132-1 §5.3).

Other time stamps (of single data objects, of validation data, of archives) are not
looked at: they prove nothing that is asked here.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from cius_pt.signature import trust as trusting
from cius_pt.signature.policy import weigh
from cius_pt.signature.xml import c14n
from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.limits import MAX_TIMESTAMPS
from cius_pt.signature.xml.names import ds, text
from cius_pt.signature.xml.refusal import Refused

if TYPE_CHECKING:
    import datetime as dt

    from lxml import etree

    from cius_pt.findings import Finding
    from cius_pt.signature.policy import Policy
    from cius_pt.signature.status import Timestamp
    from cius_pt.signature.store import TrustStore
    from cius_pt.signature.xml.xades import Properties


def read(
    properties: Properties | None,
    value: etree._Element,
    *,
    store: TrustStore | None,
    at: dt.datetime,
    policy: Policy,
) -> tuple[tuple[Timestamp, ...], tuple[Finding, ...]]:
    """Return the time stamps on a SignatureValue and what there is to say of them."""
    stamps: list[Timestamp] = []
    findings: list[Finding] = []
    if properties is None:
        return (), ()
    elements = properties.unsigned("SignatureTimeStamp")[:MAX_TIMESTAMPS]
    for element in elements:
        for token in element.iterchildren(
            f"{{{properties.space}}}EncapsulatedTimeStamp"
        ):
            octets = decoded(text(token))
            if octets is None:
                message = "A time stamp is not base64."
                findings.append(weigh("CP-TRUST-20", message, policy))
                continue
            stamp, said = trusting.timestamp(
                octets,
                partial(_digest, element, value),
                store=store,
                at=at,
                policy=policy,
            )
            stamps += [] if stamp is None else [stamp]
            findings += said
    return tuple(stamps), tuple(findings)


def _digest(stamp: etree._Element, value: etree._Element, name: str) -> bytes:
    """Return the digest of the SignatureValue in the form the stamp was made of."""
    chosen = stamp.find(ds("CanonicalizationMethod"))
    method = c14n.DEFAULT if chosen is None else c14n.method_of(chosen)
    if method is None:
        raise Refused("CP-XSIG-06", "a time stamp over an unknown form")
    octets = c14n.of_element(value, method, comments=False)
    return hashlib.new(name, octets).digest()
