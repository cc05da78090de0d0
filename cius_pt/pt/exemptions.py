# SPDX-License-Identifier: MIT
"""Why no VAT is charged: AT's codes M01 to M99 with their mentions and dates.

The invoice prints the mention. Codes come and go: M08 was replaced by M30 to M43 in
July 2022. Sources stand on top of ``codes/exemptions.tsv``.

>>> import datetime as dt
>>> exemption("M07").mention
'Isento artigo 9.º do CIVA'
>>> exemption("M08").alive(dt.date(2022, 7, 1))
False
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from cius_pt.codes import table
from cius_pt.values import dataclass

_ANY_SIMILAR = "(ou expressão similar)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One code: `mention` is what the invoice says, `law` what it rests on.

    `start` and `end`: its first and last day, None where none is known. `category`:
    the code of CIUS-PT nearest by meaning, empty where there is none.
    """

    code: str
    mention: str
    meaning: str
    law: str
    start: dt.date | None
    end: dt.date | None
    category: str

    def alive(self, day: dt.date) -> bool:
        """Whether it may be used on a document of this day."""
        begun = self.start is None or self.start <= day
        return begun and (self.end is None or day <= self.end)

    def says(self, text: str) -> bool:
        """Whether `text` is its mention; case, blanks and dashes do not count.

        The mention of M21 allows any similar one.
        """
        if self.mention in text or _ANY_SIMILAR in self.mention:
            return True
        return _plain(self.mention) in _plain(text)


@cache
def exemption(code: str) -> Exemption | None:
    """Return a code as written in AT's table, withdrawn ones included, or None."""
    rows = table("exemptions").find(code)
    if not rows:
        return None
    row = rows[0]
    return Exemption(
        code=code,
        mention=row["pt"],
        meaning=row["en"],
        law=row["law"],
        start=dt.date.fromisoformat(row["from"]) if row["from"] else None,
        end=dt.date.fromisoformat(row["to"]) if row["to"] else None,
        category=row["category"],
    )


def codes_at(day: dt.date) -> tuple[str, ...]:
    """Return the codes that may be used on a document of this day."""
    known = (exemption(row["code"]) for row in table("exemptions").rows)
    return tuple(found.code for found in known if found and found.alive(day))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
