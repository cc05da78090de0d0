# SPDX-License-Identifier: MIT
"""The reasons of XML signatures: how severe, and what iLink is expected to answer.

Where it is known what the EU's DSS makes of a reason, the answer follows it:
TOTAL-FAILED is e217, INDETERMINATE and PASSED for a part of the document leave it open.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cius_pt.findings import Severity
from cius_pt.signature.policy import TRUST, Weight
from cius_pt.signature.status import Ilink, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping


def _same(severity: Severity, answer: Ilink = Ilink.ACCEPT) -> Weight:
    return Weight(ilink=severity, qualified=severity, answer=answer)


_BROKEN: Final = _same(Severity.FATAL, Ilink.E217)
_DOUBTFUL: Final = _same(Severity.FATAL, Ilink.UNKNOWN)
_UNSUPPORTED: Final = _same(Severity.FATAL, Ilink.UNKNOWN)
_ODD: Final = _same(Severity.WARNING)

WEIGHTS: Final[Mapping[str, Weight]] = MappingProxyType(
    {
        **TRUST,
        "CP-XSIG-01": _BROKEN,  # a reference's digest does not match
        "CP-XSIG-02": _BROKEN,  # the signature value does not match
        "CP-XSIG-03": _BROKEN,  # the signature is malformed
        "CP-XSIG-04": _BROKEN,  # an identifier that is used twice
        "CP-XSIG-05": _DOUBTFUL,  # what is signed is not in the document
        "CP-XSIG-06": _UNSUPPORTED,  # a transform off the list
        "CP-XSIG-07": _UNSUPPORTED,  # an algorithm off the list
        "CP-XSIG-08": _BROKEN,  # HMAC
        "CP-XSIG-09": _UNSUPPORTED,  # over the limits
        "CP-XSIG-10": _DOUBTFUL,  # only a part of the document
        "CP-XSIG-11": _DOUBTFUL,  # the signed properties are not those of this one
        "CP-XSIG-12": _DOUBTFUL,  # another certificate than the signed one
        "CP-XSIG-13": _ODD,  # issuer and serial number of another certificate
        "CP-XSIG-14": _BROKEN,  # no key at all
        "CP-XSIG-15": Weight(ilink=Severity.WARNING, qualified=Severity.FATAL),
        "CP-XSIG-16": _ODD,  # a bare key that is not the certificate's
        "CP-XSIG-17": _same(Severity.INFO),  # a counter-signature
        "CP-XSIG-18": _ODD,  # a manifest
        "CP-XSIG-19": _ODD,  # comments or instructions inside values
        "CP-XSIG-20": _DOUBTFUL,  # what is signed is left out
        "CP-XSIG-21": _ODD,  # properties that do not name their signature
        "CP-SIG-01": _DOUBTFUL,  # an embedded PDF that is not base64
        "CP-SIG-02": _UNSUPPORTED,  # more embedded PDFs than are looked at
        "CP-SIG-03": _DOUBTFUL,  # verification broke off
    }
)
# What a fatal finding makes of the file; the others make it invalid.
VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {
        "CP-XSIG-06": Verdict.UNSUPPORTED,
        "CP-XSIG-07": Verdict.UNSUPPORTED,
        "CP-XSIG-09": Verdict.UNSUPPORTED,
        "CP-SIG-02": Verdict.UNSUPPORTED,
        "CP-SIG-03": Verdict.MALFORMED,
    }
)
