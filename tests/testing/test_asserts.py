# SPDX-License-Identifier: MIT
"""The assertions: silent where they hold, readable where they do not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cius_pt import Attachment, read, write
from cius_pt.testing.asserts import (
    assert_breaks,
    assert_conforms,
    assert_same_invoice,
)
from cius_pt.testing.breaking import base
from cius_pt.testing.checker import Checker
from cius_pt.testing.edits import Action, Edit, edited
from tests.samples import invoice

RULES = "rulebook-2.1.2"
PLAIN = base("plain-invoice")
WITHOUT_NUMBER = edited(PLAIN, [Edit(action=Action.WRITE, path="cbc:ID", value="")])


def failure(assertion: object, *given: object, **more: object) -> str:
    assert callable(assertion)
    with pytest.raises(AssertionError) as caught:
        assertion(*given, **more)
    # pytest shows the line of the test, not those of the kit.
    assert caught.traceback[-1].path != Path(__file__)
    assert all(step.ishidden(None) for step in caught.traceback[1:])
    return str(caught.value)


def test_a_document_that_conforms_passes() -> None:
    assert_conforms(PLAIN, rules=RULES)


def test_a_failure_shows_rule_place_message_and_the_lines_around() -> None:
    line = next(
        number
        for number, text in enumerate(WITHOUT_NUMBER.splitlines(), 1)
        if b"<cbc:ID></cbc:ID>" in text or b"<cbc:ID/>" in text
    )

    said = failure(assert_conforms, WITHOUT_NUMBER, rules=RULES)

    assert "DT-CIUS-PT-001: " in said
    assert f"at number, line {line}" in said
    assert f"> {line:4} |" in said
    assert f"  {line - 1:4} |" in said
    assert f"  {line + 1:4} |" in said


def test_what_is_no_document_does_not_conform() -> None:
    assert "CP-XML-03" in failure(assert_conforms, b"not XML")


def test_a_step_that_could_not_run_is_a_failure() -> None:
    said = failure(assert_conforms, PLAIN, rules="no-such-rules")

    assert "step rules was skipped" in said


def test_exactly_the_rules_that_are_named_are_broken() -> None:
    assert_breaks(WITHOUT_NUMBER, "DT-CIUS-PT-001", using=RULES)
    assert_breaks(PLAIN, using=RULES)


def test_a_rule_that_is_not_broken_is_named() -> None:
    said = failure(assert_breaks, PLAIN, "BR-CO-25", using=RULES)

    assert "should break BR-CO-25" in said
    assert "not broken: BR-CO-25" in said


def test_a_rule_that_is_broken_as_well_is_named_and_shown() -> None:
    said = failure(assert_breaks, WITHOUT_NUMBER, "BR-CO-25", using=RULES)

    assert "broken as well: DT-CIUS-PT-001" in said
    assert "at number, line" in said


def test_the_same_invoice_in_other_xml_is_the_same() -> None:
    spaced = PLAIN.replace(b"><", b">\n\n<")

    assert_same_invoice(PLAIN, spaced)
    assert_same_invoice(read(PLAIN).invoice, write(read(PLAIN).invoice))


def test_the_order_that_reading_remembers_is_no_part_of_an_invoice() -> None:
    noted = invoice(
        atcud="CSDF7T5H-1", attachments=(Attachment(id="1", uri="https://a.example"),)
    )

    other = replace(noted, document_order=("attachments", "atcud"))
    assert_same_invoice(noted, other)
    assert_same_invoice(write(noted), write(other))


def test_what_differs_is_listed_by_its_path() -> None:
    first = read(PLAIN).invoice
    line = replace(first.lines[0], quantity=first.lines[0].quantity + Decimal(1))
    second = replace(first, number="FT X/1", lines=(line, *first.lines))

    said = failure(assert_same_invoice, first, second).splitlines()

    assert f"  number: {first.number!r} ≠ 'FT X/1'" in said
    assert any(text.startswith("  lines[0].quantity: ") for text in said)
    assert any(
        text.startswith(f"  lines[{len(first.lines)}]: (absent)") for text in said
    )


def test_what_is_no_invoice_is_named() -> None:
    assert "the second one is no invoice" in failure(assert_same_invoice, PLAIN, b"x")


def test_the_checker_uses_its_rules() -> None:
    checker = Checker(rules=RULES)

    checker.assert_conforms(PLAIN)
    checker.assert_breaks(WITHOUT_NUMBER, "DT-CIUS-PT-001")
    assert checker.check(PLAIN).conforms
    assert "no-such" in failure(Checker(rules="no-such").assert_conforms, PLAIN)
