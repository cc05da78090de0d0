# SPDX-License-Identifier: MIT
"""How long documents that were made to hurt take, and how much memory.

Each in a new process. Budget: no document takes more than 60 s or 2 GB, and each ends
with a report.

Run it from the checkout: ``python -m benchmarks.hostile [--rules PATH]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.invoices import invoice
from benchmarks.rules import ROOT, entry, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 60.0
MEBIBYTES = 2048
_TEXTS = (
    *("ID", "StreetName", "Name", "RegistrationName", "AccountingCost", "Note"),
    *("CompanyID", "PostalZone", "Description", "Value", "InvoiceTypeCode"),
)
# What makes a matcher try again and again: long runs that fail at their very end.
_STRINGS = {
    "digits": "1" * 4_900 + "!",
    "letters": "a" * 50_000 + "!",
    "blanks": " " * 50_000 + "!",
    "hashes": "#" * 50_000,
    "dots": "1." * 25_000 + "!",
    "tags": "#A@B#" * 10_000,
    "signs": "+-" * 25_000 + "!",
    "stars": "*A:" * 15_000 + "!",
}
SCRIPT = """
import json, resource, sys, time
from cius_pt import check
data = sys.stdin.buffer.read()
begin = time.perf_counter()
report = check(data, rules=sys.argv[1])
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
steps = [step.outcome.value for step in report.checks]
why = next((str(f) for f in (s.reason for s in report.checks) if f), None)
rules = sorted({f.rule for f in report.findings})
print(json.dumps([seconds, peak, steps, why, rules, report.conforms]))
"""


def documents() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield names and how to make the documents."""
    yield "100,000 notes", lambda: _after("FT</cbc:InvoiceTypeCode>", _notes(100_000))
    yield "5,000 allowances", lambda: _allowances(5_000)
    yield "20,000 allowances", lambda: _allowances(20_000)
    yield "90 nested lines", lambda: _nested(90)
    yield "5,000 nested lines", lambda: _nested(5_000)
    yield "14 MB attachment", lambda: invoice(5, attachment=14_000_000)
    yield "20,000 lines", lambda: invoice(20_000)
    for size in (1_000_000, 9_000_000):
        yield f"{size:,} letters in a note", lambda n=size: _filled("Note", "x" * n)  # type: ignore[misc]
    yield "1,000,000 digits in a price", lambda: _filled("PriceAmount", "1" * 1_000_000)
    for name, text in _STRINGS.items():
        yield f"{name} everywhere", lambda t=text: _filled_all(t)  # type: ignore[misc]


def run(data: bytes, rules: str) -> tuple[float, float, str]:
    """Check in a new process; return seconds, peak in MiB and what came out."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, rules],
        input=data,
        capture_output=True,
        check=True,
        timeout=10 * SECONDS,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    seconds, peak, steps, why, found, conforms = json.loads(done.stdout)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    if not found and not why and not conforms:
        raise SystemExit("a document was refused without a word")
    result = " ".join(step[0].upper() for step in steps) + " " + ",".join(found[:3])
    return seconds, peak * unit / 2**20, result


def main() -> None:
    """Print seconds, memory and what came out; leave with 1 above the limits."""
    rules = str(entry("Documents made to hurt"))
    rows = []
    for name, make in documents():
        data = make()
        seconds, peak, result = run(data, rules)
        rows.append((name, len(data) / 2**20, seconds, peak))
        print(f"{name:<32}{seconds:8.2f} s {peak:8.0f} MiB  {result}", flush=True)
    table("hostile", ("document", "MiB", "seconds", "peak MiB"), rows)
    worst = max(row[2] for row in rows), max(row[3] for row in rows)
    print(f"worst: {worst[0]:.1f} s, {worst[1]:.0f} MiB")
    raise SystemExit(0 if worst[0] <= SECONDS and worst[1] <= MEBIBYTES else 1)


def _after(mark: str, text: str) -> bytes:
    made = invoice(3).decode()
    return made.replace(mark, mark + text, 1).encode()


def _notes(number: int) -> str:
    return "".join(f"<cbc:Note>#X@Y#note {n}#</cbc:Note>" for n in range(number))


def _allowances(number: int) -> bytes:
    one = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        "<cbc:AllowanceChargeReason>x</cbc:AllowanceChargeReason>"
        '<cbc:Amount currencyID="EUR">0.01</cbc:Amount><cac:TaxCategory><cbc:ID>NOR'
        "</cbc:ID><cbc:Percent>23.00</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>"
        "</cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>"
    )
    made = invoice(3).decode()
    head, _, rest = made.partition("<cac:TaxTotal>")
    return (head + one * number + "<cac:TaxTotal>" + rest).encode()


def _nested(depth: int) -> bytes:
    made = invoice(1).decode()
    start = made.index("<cac:InvoiceLine>")
    end = made.index("</cac:InvoiceLine>")
    body = made[start + len("<cac:InvoiceLine>") : end]
    inner = f"<cac:SubInvoiceLine>{body}" * depth + "</cac:SubInvoiceLine>" * depth
    return (made[:end] + inner + made[end:]).encode()


def _filled(name: str, text: str) -> bytes:
    made = invoice(3).decode()
    start = made.index(f"<cbc:{name}")
    start = made.index(">", start) + 1
    return (made[:start] + text + made[made.index(f"</cbc:{name}>") :]).encode()


def _filled_all(text: str) -> bytes:
    made = invoice(2).decode()
    for name in _TEXTS:
        head, *parts = made.split(f"<cbc:{name}>")
        end = f"</cbc:{name}>"
        made = head + "".join(
            f"<cbc:{name}>{text}{part[part.index(end) :]}" for part in parts
        )
    return made.encode()


if __name__ == "__main__":
    main()
