# SPDX-License-Identifier: MIT
"""What was read of a document, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from cius_pt.errors import FindingsError
from cius_pt.findings import Check, Finding, Location, Outcome, Report
from cius_pt.model.document import Invoice
from cius_pt.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document says in our terms.

    `findings`: what is missing (CP-READ-01, fatal), has no value we can hold
    (CP-READ-02, fatal), is written in another form than the format's (CP-READ-03) or
    begins like a reserved tag and is none (CP-READ-04), both warnings.
    """

    findings: tuple[Finding, ...]
    _invoice: Invoice | None = field(repr=False)
    _unread: tuple[Location, ...] | Callable[[], tuple[Location, ...]]

    @property
    def unread(self) -> tuple[Location, ...]:
        """Every element or attribute the model has no place for."""
        return self._unread() if callable(self._unread) else self._unread

    @property
    def complete(self) -> bool:
        """Whether there is an invoice to give."""
        return self._invoice is not None

    @property
    def invoice(self) -> Invoice:
        """The invoice; raises `FindingsError` when there is none to give.

        There is none as soon as anything mandatory is missing or has a value the
        model cannot hold: half an invoice would be another invoice.
        """
        if self._invoice is None:
            check = Check(name="read", outcome=Outcome.FAILED, findings=self.findings)
            raise FindingsError(Report(checks=(check,)))
        return self._invoice
