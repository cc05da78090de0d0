# SPDX-License-Identifier: MIT
"""What the rules benchmarks share: the rule set, the clock, the table."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT.parent / "shared" / "espap" / "2.1.2"


def entry(description: str) -> Path:
    """Return the rule set to measure: ``--rules PATH``, else the published one."""
    return chosen_rules(parser := command_line(description), parser.parse_args())


def command_line(description: str) -> argparse.ArgumentParser:
    """Return a parser that knows ``--rules``, for a benchmark to add its own to."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rules", type=Path, help="entry file of a Schematron")
    return parser


def chosen_rules(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Path:
    """Return what ``--rules`` says, else the published rule set."""
    chosen: Path | None = options.rules
    if chosen is None:
        chosen = next(PUBLISHED.glob("*.sch"), None)
    if chosen is None:
        parser.error("no rule set here; give one with --rules")
    return chosen


def default_rules() -> str:
    """Return what --rules takes for the published rule set."""
    found = next(PUBLISHED.glob("*.sch"), None)
    if found is None:
        raise SystemExit("no rule set here; give one with --rules")
    return str(found)


def best(work: Callable[[], object], *, times: int) -> float:
    """Return the shortest of several runs, in milliseconds: what was not disturbed."""
    shortest = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - begin)
    return shortest * 1000


def table(
    name: str, heads: Sequence[str], rows: Sequence[Sequence[float | str | None]]
) -> None:
    """Print a table and write it as JSON beside the benchmark."""
    print("".join(f"{head:>14}" for head in heads))
    for row in rows:
        print("".join(f"{_cell(value):>14}" for value in row))
    result = [dict(zip(heads, row, strict=True)) for row in rows]
    path = Path(__file__).parent / f"{name}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _cell(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:,.2f}"
