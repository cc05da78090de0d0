# SPDX-License-Identifier: MIT
"""The XSD step against documents that were really run, and a second validator."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
import xmlschema

from cius_pt import artefacts, schema, xmlio
from cius_pt.findings import Outcome

SHARED = Path(__file__).resolve().parents[3] / "shared"
if not (SHARED / "probes" / "probes.csv").is_file():
    pytest.skip("the published documents are not here", allow_module_level=True)

with (SHARED / "probes" / "probes.csv").open(encoding="utf-8", newline="") as table:
    PROBES = {row["id"]: row["xsd"] for row in csv.DictReader(table)}
EXAMPLES = sorted(
    path
    for path in (SHARED / "examples").rglob("*.xml")
    if path.name != "status-message-template.xml"
)


@cache
def second_opinion(kind: xmlio.Kind) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(artefacts.schema(kind).entry), allow="local")


def verdicts(path: Path) -> tuple[bool, bool]:
    """Return our verdict and that of xmlschema; a skipped step is no verdict.

    Ours is the raw one: what a signature alone makes invalid is passed over, and INFO.
    """
    document = xmlio.parse(path.read_bytes())
    ours = schema.check(document)
    assert ours.outcome in {Outcome.PASSED, Outcome.FAILED}, ours.reason
    return not ours.findings, second_opinion(document.kind).is_valid(document.root)


def test_all_probes_are_here() -> None:
    assert len(PROBES) == 219
    assert set(PROBES.values()) == {"valid", "INVALID"}
    assert len(EXAMPLES) == 15


@pytest.mark.parametrize("probe", PROBES)
def test_the_verdict_on_a_probe_is_the_recorded_one(probe: str) -> None:
    ours, second = verdicts(SHARED / "probes" / f"{probe}.xml")
    assert ours is (PROBES[probe] == "valid")
    assert second is ours


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.name))
def test_every_published_example_is_valid(path: Path) -> None:
    assert verdicts(path) == (True, True)
