# SPDX-License-Identifier: MIT
"""A text that is never shown: not in a repr, a log line, a traceback or a pickle."""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

MASK: Final = "********"


class Secret:
    """A secret text; only `reveal` gives it, for the request that needs it.

    >>> Secret("qwerty")
    Secret(********)
    >>> f"{Secret('qwerty')}"
    '********'
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")
