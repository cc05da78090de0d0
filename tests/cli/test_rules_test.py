"""`cius-pt rules test`: our own small sets, and CEN's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cius_pt.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    '<pattern><rule context="a"><assert id="A" flag="fatal" test="x">a</assert>'
    '<assert id="E" flag="fatal" test="not(e) or 1 div number(e) > 0 or xs:date(e)">'
    "e</assert></rule>"
    '<rule context="b"><assert id="B" flag="warning" test="x">b</assert></rule>'
    "</pattern></schema>"
)

Run = tuple[int, str, str]


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., Run]:
    """Run the command on a test set with these tests."""
    monkeypatch.chdir(tmp_path)
    Path("rules.sch").write_text(RULES)
    Path("unit").mkdir()

    def do(*tests: str, scope: str = "A B", more: tuple[str, ...] = ()) -> Run:
        scopes = "".join(f"<scope>{rule}</scope>" for rule in scope.split())
        body = f"<assert>{scopes}</assert>\n" + "\n".join(tests)
        Path("unit/t.xml").write_text(test_set(body))
        code = main(["rules", "test", "rules.sch", "unit", *more])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return do


def test_set(body: str) -> str:
    return f'<testSet xmlns="http://difi.no/xsd/vefa/validator/1.0">{body}</testSet>'


test_set.__test__ = False  # type: ignore[attr-defined]


def case(expected: str, fragment: str) -> str:
    fragment = fragment.replace(">", ' xmlns="">', 1)
    return f"<test><assert>{expected}</assert>{fragment}</test>"


GOOD = "<r><a><x/></a></r>"
BAD = "<r><a/><a/><b/></r>"


def test_what_comes_out_as_expected_passes(run: Callable[..., Run]) -> None:
    code, out, err = run(
        case("<success>A</success><success>B</success>", GOOD),
        case("<error>A</error><warning>B</warning>", BAD),
        case('<error number="2">A</error><warning number="1">B</warning>', BAD),
    )

    assert (code, out) == (0, "")
    assert "files: 1, tests: 3, expectations: 6; 3 passed" in err


@pytest.mark.parametrize(
    ("expected", "fragment", "problems"),
    [
        ("<success>A</success>", "<r><a/></r>", ["A: must not fire as fatal, and di"]),
        ("<error>A</error>", GOOD, ["A: must fire as fatal, and did not"]),
        (
            '<error number="3">A</error><warning>B</warning>',
            BAD,
            ["A: must fire as fatal 3 times, and did 2 times"],
        ),
        (
            "<error>A</error><error>B</error>",
            BAD,
            [
                "B: must fire as fatal, and did not",
                "B: must not fire as warning, and did once",
            ],
        ),
        ("<error>A</error>", BAD, ["B: must not fire as warning, and did once"]),
        ("<error>X</error>", GOOD, ["X: must fire as fatal, and there is no such"]),
    ],
)
def test_what_comes_out_otherwise_is_a_line_each_and_1(
    run: Callable[..., Run], expected: str, fragment: str, problems: list[str]
) -> None:
    code, out, err = run(case("<success>A</success>", GOOD), case(expected, fragment))

    assert code == 1
    lines = out.splitlines()
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        assert line.startswith(f"unit/t.xml:3: test 2: {problem}")
    assert "1 passed, 1 failed" in err


def test_what_is_out_of_scope_may_fire(run: Callable[..., Run]) -> None:
    assert run(case("<error>A</error>", BAD), scope="A")[0] == 0
    assert run(case("<error>A</error>", BAD), scope="")[0] == 0


def test_a_rule_that_is_not_there_cannot_fire_and_that_is_said(
    run: Callable[..., Run],
) -> None:
    code, out, err = run(case("<success>Q</success>", GOOD))

    assert (code, out) == (0, "")
    assert "Q: must not fire, but there is no such rule" in err


def test_rules_that_stop_with_an_error_are_no_result(run: Callable[..., Run]) -> None:
    code, out, _ = run(
        case("<error>A</error>", "<r><a/></r>"),
        case("<success>E</success>", "<r><a><x/><e>-1</e></a></r>"),
    )

    assert code == 2
    assert "t.xml:3: test 2: could not be run: " in out


def test_json_says_all_of_each_test(run: Callable[..., Run]) -> None:
    code, out, _ = run(
        case("<description>one  good</description><success>A</success>", GOOD),
        case('<error number="3">A</error>', "<r><a/></r>"),
        more=("--format", "json"),
    )
    data = json.loads(out)

    assert code == 1
    assert list(data) == ["schema", "rules", "tests"]
    assert data["tests"][0] == {
        "file": "unit/t.xml",
        "line": 2,
        "test": 1,
        "description": "one good",
        "expectations": [{"rule": "A", "expected": "success", "number": None}],
        "outcome": "passed",
        "problems": [],
        "reason": None,
    }
    assert data["tests"][1]["expectations"][0]["number"] == 3
    assert data["tests"][1]["outcome"] == "failed"
    assert len(data["tests"][1]["problems"]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<a/>", "not a testSet"),
        ("<a", "not well-formed"),
        (test_set("<other/>"), "line 1: <other>"),
        (test_set("<test/>"), "one assert and one fragment"),
        (test_set(case("", GOOD)), "nothing is expected"),
        (test_set(case("<maybe>A</maybe>", GOOD)), "<maybe>"),
        (test_set(case('<error number="x">A</error>', GOOD)), "number='x'"),
        (test_set(case("<error>A</error>", GOOD + GOOD)), "does not belong here"),
    ],
)
def test_what_is_no_test_set_is_2_and_the_others_are_run(
    run: Callable[..., Run], content: str, said: str
) -> None:
    Path("unit/s.xml").write_text(content)
    code, out, err = run(case("<error>A</error>", GOOD))

    assert code == 2
    assert said in err
    assert "t.xml:2: test 1" in out


def test_a_folder_without_tests_is_2(run: Callable[..., Run]) -> None:
    assert run()[0] == 2
    Path("unit/t.xml").unlink()
    assert main(["rules", "test", "rules.sch", "unit"]) == 2


def test_every_expectation_of_cen_holds(
    shared: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    base = shared / "foreign" / "en16931"
    rules = base / "sch" / "EN16931-UBL-validation.sch"
    code = main(["rules", "test", str(rules), str(base / "unit")])
    out, err = capfd.readouterr()

    assert (code, out) == (0, "")
    assert "files: 186, tests: 714, expectations: 716; 714 passed" in err


def test_a_rule_set_that_is_not_cens_does_not_pass_its_tests(
    shared: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    base = shared / "foreign" / "en16931"
    for path in (base / "sch").rglob("*.sch"):
        copy = tmp_path / path.relative_to(base / "sch")
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(text.replace('id="BR-12"', 'id="BR-13"'), encoding="utf-8")
    rules = tmp_path / "EN16931-UBL-validation.sch"
    unit = base / "unit" / "Invoice"
    code = main(["rules", "test", str(rules), str(unit)])
    out, _ = capfd.readouterr()

    assert code == 1
    assert "BR-12: must fire as fatal, and there is no such rule" in out
