# SPDX-License-Identifier: MIT
"""Payment means of CIUS-PT: codes of UNTDID 4461 and of SAF-T (PT).

Sources stand on top of ``codes/payment_means.tsv``.

>>> accepted("TB"), accepted("42", "2.1.1"), accepted("31")
(True, False, False)
>>> nearest_untdid("TB")
'30'
"""

from __future__ import annotations

from cius_pt.codes import table


def accepted(code: str, version: str = "2.1.2") -> bool:
    """Whether a version of CIUS-PT, 2.1.1 or 2.1.2, accepts the code in BT-81."""
    return any(row["since"] <= version for row in table("payment_means").find(code))


def nearest_untdid(code: str) -> str | None:
    """Return the nearest code of UNTDID 4461 by meaning, a judgement; or None."""
    rows = table("payment_means").find(code)
    return (rows[0]["untdid"] or None) if rows else None
