# SPDX-License-Identifier: MIT
"""How severe each finding about a PDF signature is, and what iLink makes of it.

Where the EU's DSS says FAIL the answer expected of iLink is e217; where it only warns,
acceptance; where DSS and the tools around it differ, nobody knows.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cius_pt.findings import Severity
from cius_pt.signature.policy import TRUST, Weight
from cius_pt.signature.status import Ilink, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

_FATAL, _WARNING, _INFO = Severity.FATAL, Severity.WARNING, Severity.INFO


def _always(severity: Severity, answer: Ilink = Ilink.ACCEPT) -> Weight:
    return Weight(ilink=severity, qualified=severity, answer=answer)


_REFUSED = _always(_FATAL, Ilink.E217)
_DOUBTFUL = _always(_FATAL, Ilink.UNKNOWN)

WEIGHTS: Final[Mapping[str, Weight]] = MappingProxyType(
    {
        **TRUST,
        "CP-PSIG-01": _DOUBTFUL,  # no PDF that can be read
        "CP-PSIG-02": _DOUBTFUL,  # encrypted, and the password is missing or wrong
        "CP-PSIG-03": _always(_WARNING, Ilink.UNKNOWN),  # opens with a password only
        "CP-PSIG-04": _always(_WARNING),  # read only by forgiving its mistakes
        "CP-PSIG-05": _REFUSED,  # ByteRange is not the file without its Contents
        "CP-PSIG-06": _DOUBTFUL,  # a signature that no form field leads to
        "CP-PSIG-07": _DOUBTFUL,  # SubFilter not supported
        "CP-PSIG-08": _REFUSED,  # no CMS in Contents
        "CP-PSIG-09": _REFUSED,  # digest differs
        "CP-PSIG-10": _REFUSED,  # signature value wrong
        "CP-PSIG-11": _REFUSED,  # no certificate of the signer
        "CP-PSIG-12": _DOUBTFUL,  # another certificate than the one that was meant
        "CP-PSIG-13": _DOUBTFUL,  # not exactly one SignerInfo
        "CP-PSIG-14": _DOUBTFUL,  # content inside the CMS
        "CP-PSIG-15": _DOUBTFUL,  # algorithm not supported
        "CP-PSIG-16": _always(_WARNING, Ilink.UNKNOWN),  # signed attributes not in DER
        "CP-PSIG-17": _REFUSED,  # content changed after signing
        "CP-PSIG-18": _always(_WARNING),  # form filled in as certified
        "CP-PSIG-19": _DOUBTFUL,  # form field changed that nobody allowed
        "CP-PSIG-20": _DOUBTFUL,  # later changes that cannot be judged
        "CP-PSIG-21": _always(_WARNING),  # certified after another signature
        "CP-PSIG-22": _always(_WARNING),  # bytes after the end of the file
        "CP-PSIG-23": _DOUBTFUL,  # bytes before the beginning of the file
        "CP-PSIG-24": _always(_WARNING),  # something after the CMS in Contents
        "CP-PSIG-25": _DOUBTFUL,  # the signature covers a part only
        "CP-PSIG-26": _always(_INFO),  # CMS attribute that PAdES forbids
        "CP-PSIG-27": _always(_WARNING),  # PAdES without signing-certificate
        "CP-PSIG-28": _always(_INFO),  # validation data or time stamp added later
        "CP-PSIG-29": _DOUBTFUL,  # larger than the limits
        "CP-PSIG-30": _always(_INFO),  # another signature was added later
        "CP-PSIG-31": _always(_INFO),  # usage rights, no signature of the document
        "CP-PSIG-32": _always(_INFO),  # something like a signature, of another file
        "CP-PSIG-33": _DOUBTFUL,  # something unforeseen while reading one signature
        "CP-PSIG-34": _always(_WARNING),  # a later signature that can be seen
    }
)
# What a fatal finding makes of the file; the others make it invalid.
VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {
        "CP-PSIG-01": Verdict.MALFORMED,
        "CP-PSIG-23": Verdict.MALFORMED,
        "CP-PSIG-33": Verdict.MALFORMED,
        "CP-PSIG-02": Verdict.UNSUPPORTED,
        "CP-PSIG-07": Verdict.UNSUPPORTED,
        "CP-PSIG-15": Verdict.UNSUPPORTED,
        "CP-PSIG-20": Verdict.UNSUPPORTED,
        "CP-PSIG-29": Verdict.UNSUPPORTED,
    }
)
