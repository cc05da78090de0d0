# SPDX-License-Identifier: MIT
"""What a local iLink is told to do wrong, at which step and at which request of it.

A fault is written ``STEP:KIND[=VALUE][@WHEN]``. WHEN counts the requests of the step
from the moment at which the fault was set: ``@2`` the second, ``@2-4`` three of them,
``@2+`` every one from there, ``@*`` all; without it the first.

>>> Fault.parse("upload:drop-after@2")
Fault(step='upload', kind=<Kind.DROP_AFTER: 'drop-after'>, value=None, first=2, last=2)
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What goes wrong. "before" and "after": the request is done, or not yet."""

    LATENCY = "latency"  # seconds, before
    LATENCY_AFTER = "latency-after"  # seconds, after
    DROP_READING = "drop-reading"  # the connection closes before the body is read
    DROP_BEFORE = "drop-before"  # the connection closes, nothing was done
    DROP_AFTER = "drop-after"  # it was done, the connection closes without an answer
    STATUS_BEFORE = "status-before"  # a 5xx page, nothing was done
    STATUS_AFTER = "status-after"  # a 5xx page, and it was done
    HALF = "half"  # done; half of the answer, then the connection closes
    WRONG_JSON = "wrong-json"  # done; an answer that is not JSON
    OTHER_JSON = "other-json"  # done; JSON of another shape
    EMPTY = "empty"  # done; an answer without a body
    WRONG_TYPE = "wrong-type"  # done; the right JSON under another content type
    HTML = "html"  # done; an HTML page with the right status
    BLOCK = "block"  # the rate limit's block begins, nothing was done
    EXPIRED = "expired"  # the token counts no longer, nothing was done


STEPS: Final = (
    "token",
    "handshake",
    "revoke",
    "upload",
    "structured",
    "search",
    "document",
    "history",
    "report",
    "report-read",
    "import",
    "accept",
    "process-states",
    "process-state",
    "connect",
    "connection",
    "connections",
    "file",
    "unknown",
)
_EVERY: Final = 10**9
_VALUES: Final[Mapping[Kind, float]] = {
    Kind.LATENCY: 1.0,
    Kind.LATENCY_AFTER: 1.0,
    Kind.STATUS_BEFORE: 503,
    Kind.STATUS_AFTER: 502,
}
_FORM: Final = re.compile(
    r"(?P<step>[a-z-]+|\*):(?P<kind>[a-z-]+)(?:=(?P<value>\d+(?:\.\d+)?))?"
    r"(?:@(?:(?P<all>\*)|(?P<first>\d+)(?:(?P<on>\+)|-(?P<last>\d+))?))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to do wrong: at requests `first` to `last` of a step (or ``*``)."""

    step: str
    kind: Kind
    value: float | None = None
    first: int = 1
    last: int = 1

    def __post_init__(self) -> None:
        if self.step not in {*STEPS, "*"}:
            raise InvalidValue(f"{self.step!r} is no step; one of {', '.join(STEPS)}")
        if not 1 <= self.first <= self.last:
            raise InvalidValue(f"requests {self.first} to {self.last}: there are none")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read the written form; raises `InvalidValue`."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise InvalidValue(f"{text!r} is not STEP:KIND[=VALUE][@WHEN]")
        if found["kind"] not in set(Kind):
            kinds = ", ".join(Kind)
            raise InvalidValue(f"{found['kind']!r} is no kind of fault; one of {kinds}")
        first = int(found["first"] or 1)
        endless = found["all"] or found["on"]
        return cls(
            step=found["step"],
            kind=Kind(found["kind"]),
            value=float(found["value"]) if found["value"] else None,
            first=first,
            last=_EVERY if endless else int(found["last"] or first),
        )

    def __str__(self) -> str:
        """Return the written form."""
        value = "" if self.value is None else f"={self.value:g}"
        if self.last == _EVERY:
            when = f"@{self.first}+"
        else:
            when = f"@{self.first}-{self.last}"
        return f"{self.step}:{self.kind}{value}{when}"

    @property
    def amount(self) -> float:
        """The value, or the default of the kind."""
        return _VALUES.get(self.kind, 0.0) if self.value is None else self.value


class Faults:
    """The faults that are set, and how many requests of each step there were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[tuple[Fault, Counter[str]]] = []
        self._requests: Counter[str] = Counter()
        self._hits: Counter[str] = Counter()

    def set(self, *faults: Fault | str) -> None:
        """Add faults; their requests are counted from now."""
        parsed = [Fault.parse(f) if isinstance(f, str) else f for f in faults]
        with self._lock:
            self._armed += [(fault, Counter()) for fault in parsed]

    def clear(self) -> None:
        """Do everything right again; the counters stay."""
        with self._lock:
            self._armed.clear()

    def next(self, step: str) -> list[Fault]:
        """Count a request of a step; return what shall go wrong with it."""
        with self._lock:
            self._requests[step] += 1
            due = []
            for fault, seen in self._armed:
                if fault.step not in {step, "*"}:
                    continue
                seen[step] += 1
                if fault.first <= seen[step] <= fault.last:
                    due.append(fault)
                    self._hits[f"{step}:{fault.kind}"] += 1
            return due

    @property
    def requests(self) -> dict[str, int]:
        """How many requests there were, by step."""
        with self._lock:
            return dict(self._requests)

    @property
    def hits(self) -> dict[str, int]:
        """How many faults were really injected, by ``step:kind``."""
        with self._lock:
            return dict(self._hits)
