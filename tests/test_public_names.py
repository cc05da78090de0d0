"""`import cius_pt` is cheap and complete."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import cius_pt
from cius_pt import errors, findings, model

HEAVY = {"saxonche", "pyhanko", "signxml", "click", "facturx", "lxml", "hypothesis"}


def in_a_fresh_process(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    answer: list[str] = json.loads(done.stdout)
    return answer


def test_the_list_is_sorted_and_says_nothing_twice() -> None:
    assert cius_pt.__all__ == sorted(set(cius_pt.__all__))


@pytest.mark.parametrize("name", cius_pt.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(cius_pt, name) is not None
    assert name in dir(cius_pt)


def test_the_names_are_those_that_type_checkers_see() -> None:
    source = Path(str(cius_pt.__file__)).read_text(encoding="utf-8")
    block = next(n for n in ast.parse(source).body if isinstance(n, ast.If))
    imported = {
        (alias.name, node.module)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert {name for name, _ in imported} | {"__version__"} == set(cius_pt.__all__)
    for name, module in imported:
        assert getattr(cius_pt, name) is getattr(import_module(str(module)), name)


def test_the_whole_model_is_public() -> None:
    assert set(model.__all__) <= set(cius_pt.__all__)


def test_every_error_is_public() -> None:
    raised = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.CiusPtError)
    }

    assert raised <= set(cius_pt.__all__)


def test_everything_a_report_is_made_of_is_public() -> None:
    parts = {"Check", "Finding", "Location", "Outcome", "Report", "Severity"}

    assert parts <= set(vars(findings)) & set(cius_pt.__all__)


def test_another_name_is_an_attribute_error() -> None:
    name = "Rechnung"
    with pytest.raises(AttributeError, match="Rechnung"):
        getattr(cius_pt, name)


def test_the_version_is_that_of_the_distribution() -> None:
    assert cius_pt.__version__ == version("cius-pt")


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import cius_pt, json, sys; print(json.dumps([*sys.modules]))"

    assert HEAVY & set(in_a_fresh_process(code)) == set()


def test_importing_the_package_loads_none_of_its_modules() -> None:
    code = "import cius_pt, json, sys; print(json.dumps([*sys.modules]))"

    ours = {n for n in in_a_fresh_process(code) if n.startswith("cius_pt")}
    assert ours == {"cius_pt"}


def test_building_a_value_needs_no_xml() -> None:
    code = (
        "import cius_pt, json, sys; cius_pt.Vat.normal(23); cius_pt.Report();"
        "print(json.dumps([*sys.modules]))"
    )

    assert HEAVY & set(in_a_fresh_process(code)) == set()


def test_checking_a_document_that_is_none_needs_no_saxon() -> None:
    code = (
        "import cius_pt, json, sys; cius_pt.check(b'%PDF-1.7');"
        "print(json.dumps([*sys.modules]))"
    )

    assert "saxonche" not in in_a_fresh_process(code)


def test_check_stays_a_function_whatever_is_imported_first() -> None:
    code = (
        "import json, cius_pt.checking, cius_pt.cli.check, cius_pt.ubl.read;"
        "from cius_pt import check, read, write;"
        "print(json.dumps([type(f).__name__ for f in (check, read, write)]))"
    )

    assert in_a_fresh_process(code) == ["function"] * 3


def test_a_star_import_gives_all_of_it() -> None:
    code = (
        "import json, cius_pt; own = {}; exec('from cius_pt import *', own);"
        "print(json.dumps(sorted(set(cius_pt.__all__) - set(own))))"
    )

    assert in_a_fresh_process(code) == []
