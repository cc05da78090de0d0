"""Translated rule sets are kept on disk, and never believed blindly."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cius_pt import loaded
from cius_pt.checking import check

DOCUMENT = Path(__file__).resolve().parent.parent / "fixtures" / "withholding.xml"
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    '<pattern><rule context="/*"><assert id="NO" test="1 = 2">no</assert></rule>'
    "</pattern></schema>"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Choose a data directory with nothing in it."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def rules(tmp_path: Path) -> str:
    path = tmp_path / "rules.sch"
    path.write_text(RULES)
    return str(path)


def fired(rules: str) -> list[str]:
    """Return the ids of the rules that a process fresh from its start finds broken."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaded, "_loaded", {})
        report = check(DOCUMENT.read_bytes(), rules=rules)
    assert report.complete
    return [finding.rule for finding in report.findings]


def test_a_translation_is_kept_below_the_chosen_home(home: Path, rules: str) -> None:
    assert fired(rules) == ["NO"]
    (kept,) = translations(home / "cache")
    before = kept.stat()

    assert fired(rules) == ["NO"]
    assert [p.stat().st_mtime_ns for p in translations(home / "cache")] == [
        before.st_mtime_ns
    ]


def translations(folder: Path) -> list[Path]:
    """Return what is kept beside the narrow schema, which the first check makes."""
    return [path for path in folder.iterdir() if not path.name.startswith("ubl-")]


def test_without_a_chosen_home_the_platforms_cache_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str
) -> None:
    chosen = tmp_path / "platform"
    monkeypatch.delenv("CIUS_PT_HOME")
    monkeypatch.setattr(
        "platformdirs.user_cache_dir", lambda name, **_: str(chosen / name)
    )

    assert fired(rules) == ["NO"]
    assert len(translations(chosen / "cius-pt")) == 1


@pytest.mark.parametrize("damage", ["torn", "empty", "changed", "not ours", "binary"])
def test_a_damaged_translation_is_made_anew(
    home: Path, rules: str, damage: str
) -> None:
    fired(rules)
    (kept,) = translations(home / "cache")
    good = kept.read_bytes()
    # Changed so that it would pass every document.
    passing = good.replace(b"1 = 2", b"1 = 1")
    assert passing != good
    bad = {
        "torn": good[: len(good) // 2],
        "empty": b"",
        "changed": passing,
        "not ours": b"[]",
        "binary": b"\xff\0" * 1000,
    }[damage]
    kept.write_bytes(bad)

    assert fired(rules) == ["NO"]
    assert kept.read_bytes() == good


def test_a_whole_file_with_another_content_is_made_anew(home: Path, rules: str) -> None:
    fired(rules)
    (kept,) = translations(home / "cache")
    good = kept.read_bytes()
    for content in (b"[]", b"{}", json.dumps({"xslt": 1}).encode(), b"no JSON"):
        digest = hashlib.sha256(content).hexdigest().encode()
        kept.write_bytes(digest + b"\n" + content)

        assert fired(rules) == ["NO"]
        assert kept.read_bytes() == good


def test_another_content_of_the_rules_is_another_translation(rules: str) -> None:
    assert fired(rules) == ["NO"]
    Path(rules).write_text(RULES.replace("1 = 2", "1 = 1"))

    assert fired(rules) == []


def test_a_process_that_finds_a_translation_loads_no_translator(rules: str) -> None:
    script = f"""
import json, sys
from cius_pt import check
report = check(open({str(DOCUMENT)!r}, "rb").read(), rules={rules!r})
heavy = {{"elementpath", "click", "zipfile", "ssl", "cius_pt.schematron.compiler"}}
print(json.dumps([report.complete, sorted(heavy & set(sys.modules))]))
"""
    seen = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        seen.append(json.loads(done.stdout))

    assert "elementpath" in seen[0][1]
    assert seen[1] == [True, []]
