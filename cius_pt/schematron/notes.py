# SPDX-License-Identifier: MIT
"""What Saxon says when something is wrong, taken apart.

SaxonC hands over one line of text. The error code and the line of the stylesheet are
only in the note it writes for human eyes, so they are looked for there and missed
without harm when they are not where they usually are.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.schematron.session import Failure

_LETTERS, _LENGTH = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An error's code, its text on one line, and the line of the stylesheet."""

    code: str | None
    text: str
    line: int | None

    @property
    def dynamic(self) -> bool:
        """Whether the rules themselves failed: the codes of W3C, not Saxon's own."""
        return self.code is not None and not self.code.startswith("SX")

    def __str__(self) -> str:
        return f"{self.code}: {self.text}" if self.code else self.text


def read(failure: Failure) -> Trouble:
    """Return what can be found out about a failure."""
    note = (failure.note or failure.message).split()
    code = next((word for word in note if _is_code(word)), None)
    line = next(
        (
            int(after)
            for before, after in itertools.pairwise(note)
            if before == "line" and after.isdigit()
        ),
        None,
    )
    words = failure.message.split()
    if code in words:
        # What stands before the code is a place in a stylesheet nobody has seen.
        words = words[words.index(code) + 1 :]
    return Trouble(code=code, text=" ".join(words), line=line)


def _is_code(word: str) -> bool:
    return (
        len(word) == _LENGTH and word[:_LETTERS].isupper() and word[_LETTERS:].isdigit()
    )
