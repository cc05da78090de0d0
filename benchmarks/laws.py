# SPDX-License-Identifier: MIT
"""Whether the laws hold for thousands of random documents.

`python -m benchmarks.laws [--invoices 2000] [--credit-notes 1000] [--seed 1]
[--rules CHOICE]` draws that many documents, each with stated and with computed totals,
and holds every law on each: reading gives back the invoice, writing gives back the
bytes, JSON keeps everything, the schema and the rules find nothing, the totals explain
themselves. Prints the seed and the counts; the first broken law ends it with a
traceback that holds the document.
"""

from __future__ import annotations

import argparse
import time

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import cius_pt
from cius_pt.model.json import dumps, invoice_from, loads
from cius_pt.testing.strategies import credit_notes, invoices


def hold(invoice: cius_pt.Invoice, rules: str) -> int:
    """Raise `AssertionError` unless every law holds; return how many lines it has."""
    document = cius_pt.write(invoice)
    reading = cius_pt.read(document)
    assert reading.unread == ()  # noqa: S101 - this is what the script is for
    assert reading.findings == ()  # noqa: S101
    assert reading.invoice == invoice  # noqa: S101
    assert cius_pt.write(reading.invoice) == document  # noqa: S101
    again = invoice_from(loads(dumps(reading.invoice)))
    assert cius_pt.write(again) == document  # noqa: S101
    report = cius_pt.check(document, rules=rules)
    assert report.findings == ()  # noqa: S101
    assert report.conforms, report.summary()  # noqa: S101
    return len(invoice.lines)


def explained(invoice: cius_pt.Invoice) -> None:
    """Raise `AssertionError` unless every computed total explains itself."""
    wrong = [total for total in cius_pt.explain_totals(invoice) if not total.agrees]
    assert wrong == []  # noqa: S101


def run(
    name: str,
    computed: st.SearchStrategy[cius_pt.Invoice],
    stated: st.SearchStrategy[cius_pt.Invoice],
    arguments: argparse.Namespace,
    count: int,
) -> None:
    """Draw `count` documents, half of them with stated totals, and print a line."""
    drawn = lines = 0

    @seed(arguments.seed)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(st.just(True), computed) | st.tuples(st.just(False), stated))
    def laws(example: tuple[bool, cius_pt.Invoice]) -> None:
        nonlocal drawn, lines
        is_computed, invoice = example
        lines += hold(invoice, arguments.rules)
        if is_computed:
            explained(invoice)
        drawn += 1

    begin = time.perf_counter()
    laws()
    seconds = time.perf_counter() - begin
    print(
        f"{name}: {drawn} documents with {lines} lines, seed {arguments.seed}, "
        f"0 broken laws, {seconds:.0f} s"
    )


def main() -> None:
    """Run both kinds of document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=2000)
    parser.add_argument("--credit-notes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rules", default="auto")
    arguments = parser.parse_args()
    run(
        "invoices",
        invoices(),
        invoices(stated_totals=True),
        arguments,
        arguments.invoices,
    )
    run(
        "credit notes",
        credit_notes(),
        credit_notes(stated_totals=True),
        arguments,
        arguments.credit_notes,
    )


if __name__ == "__main__":
    main()
