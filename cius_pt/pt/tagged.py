# SPDX-License-Identifier: MIT
r"""The ``#KEY#value#`` grammar with which CIUS-PT hides terms in texts.

A tag is a key in capitals, perhaps with ``@`` and the group it belongs to, perhaps
with a three-digit number; the value follows and a closing ``#`` ends it. Reserved keys
count only at the very first character. Source: rules DT-CIUS-PT-020_2 to 020_15,
079 and 080 of CIUS-PT 2.1.2.

>>> parse("#AMOUNT@ATMPAYMENT-001#3264.10#")
Tag(key='AMOUNT@ATMPAYMENT', number=1, value='3264.10')
>>> build(Tag(key="SOURCECURRENCYCODE", value="USD"))
'#SOURCECURRENCYCODE#USD#'
>>> parse("a note like any other") is None
True
"""

from __future__ import annotations

import re

from cius_pt.values import dataclass

_TAG = re.compile(r"#([A-Z]+(?:@[A-Z]+)*)(?:-([0-9]{3}))?#([^\r\n]+)#")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tagged text: its key, the number of its group if it has one, its value."""

    key: str
    number: int | None = None
    value: str


def parse(text: str) -> Tag | None:
    """Return the tag that `text` is, or None if it does not follow the grammar."""
    match = _TAG.fullmatch(text)
    if match is None:
        return None
    key, number, value = match.groups()
    return Tag(key=key, number=None if number is None else int(number), value=value)


def build(tag: Tag) -> str:
    """Return the text of `tag`."""
    number = "" if tag.number is None else f"-{tag.number:03d}"
    return f"#{tag.key}{number}#{tag.value}#"
