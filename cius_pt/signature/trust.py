# SPDX-License-Identifier: MIT
"""One trust engine for XML signatures and PDFs; its parts, by the names that are used.

`TrustStore` says whom one trusts, `assess` judges a signer's certificate, `timestamp`
a time stamp token, `compare_nif` says whether the signer is the seller, and
`list_operators` who signs a country's trusted list. All of it without network and
without a clock: what is asked for is asked for a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.signature.assessment import Assessment, assess
from cius_pt.signature.policy import Policy, weigh
from cius_pt.signature.store import TrustStore
from cius_pt.signature.timestamps import timestamp
from cius_pt.signature.trusted_list import list_operators

if TYPE_CHECKING:
    from cius_pt.findings import Finding
    from cius_pt.signature.status import Signer

__all__ = [
    "Assessment",
    "TrustStore",
    "assess",
    "compare_nif",
    "list_operators",
    "timestamp",
]


def compare_nif(
    signer: Signer | None, seller: str | None, policy: Policy
) -> tuple[Finding, ...]:
    """Return a finding (info) when the signer's NIF is not the seller's (BT-31).

    Brokers sign for suppliers, so this is no error. `seller` is the VAT identifier or
    the bare NIF; without either number there is nothing to compare.
    """
    if signer is None or signer.nif is None or not seller:
        return ()
    nif = seller.strip().upper().removeprefix("PT")
    if nif == signer.nif:
        return ()
    message = f"The signer's NIF is {signer.nif}, the seller's is {nif}."
    return (weigh("CP-TRUST-16", message, policy),)
