# SPDX-License-Identifier: MIT
"""What the fixture `cius_pt_checker` gives: the assertions, under one rule set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.checking import check
from cius_pt.testing.asserts import assert_breaks, assert_conforms
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.findings import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """Checks documents under the rule set ``rules``; see `cius_pt.check`."""

    rules: str = "auto"

    def check(self, document: bytes) -> Report:
        """Return the report on a document."""
        return check(document, rules=self.rules)

    def assert_conforms(self, document: bytes) -> None:
        """Fail unless the document conforms."""
        __tracebackhide__ = True
        assert_conforms(document, rules=self.rules)

    def assert_breaks(self, document: bytes, *rules: str) -> None:
        """Fail unless the document breaks exactly these fatal rules."""
        __tracebackhide__ = True
        assert_breaks(document, *rules, using=self.rules)
