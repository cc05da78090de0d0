"""The plan of the house: a module imports only from floors below its own."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parent.parent / "cius_pt"

# The first part of a module's name below the package, floor by floor. What stands on
# one floor may not import each other, except where SIBLINGS says so.
FLOORS = (
    ("values",),  # 0: what the house is built of
    (  # 1: the ground
        "circumstances",
        "errors",
        "findings",
        "encoding",
        "libxml2",
        "octets",
        "places",
        "prolog",
        "xmlio",
        "fetch",
        "bundle",
        "store",
        "artefacts",
        "forks",
        "workers",
    ),
    ("money", "codes", "pt"),  # 2: facts
    ("model",),  # 3: the model
    (  # 4: sums
        "arithmetic",
        "agreement",
        "totals",
        "gross",
        "subtotals",
        "pricing",
        "tax_place",
        "invoice_qr",
        "qr_differences",
    ),
    ("ubl",),  # 5: the syntax
    ("schema", "narrow", "overlooked", "schematron", "rules", "signature"),  # 6: judges
    (  # 7: the outside
        "checking",
        "loaded",
        "batch",
        "placing",
        "importers",
        "render",
        "broker",
        "checkup",
    ),
    ("cli", "testing"),  # 8: hands
    ("__init__", "__main__"),  # 9: the doors
)

# Who may use whom on one floor; a package is always its own sibling.
SIBLINGS = {
    ("artefacts", "circumstances"),
    ("bundle", "circumstances"),
    ("store", "circumstances"),
    ("findings", "errors"),
    ("encoding", "errors"),
    ("encoding", "findings"),
    ("prolog", "encoding"),
    ("prolog", "places"),
    ("xmlio", "encoding"),
    ("xmlio", "errors"),
    ("xmlio", "findings"),
    ("xmlio", "libxml2"),
    ("xmlio", "octets"),
    ("xmlio", "places"),
    ("xmlio", "prolog"),
    ("fetch", "errors"),
    ("bundle", "errors"),
    ("bundle", "fetch"),
    ("bundle", "xmlio"),
    ("store", "errors"),
    ("artefacts", "bundle"),
    ("artefacts", "errors"),
    ("artefacts", "store"),
    ("schema", "narrow"),
    ("schema", "overlooked"),
    ("batch", "checking"),
    ("checking", "loaded"),
    ("checking", "placing"),
    ("pt", "codes"),
    ("pt", "money"),
    ("schema", "signature"),
    ("broker", "checking"),
    ("checkup", "broker"),
    ("checkup", "checking"),
    ("cli", "testing"),
    ("totals", "gross"),
    ("totals", "pricing"),
    ("totals", "subtotals"),
    ("subtotals", "pricing"),
    ("agreement", "pricing"),
    ("agreement", "subtotals"),
    ("arithmetic", "agreement"),
    ("arithmetic", "pricing"),
    ("arithmetic", "subtotals"),
    ("arithmetic", "totals"),
    ("gross", "pricing"),
    ("rules", "schematron"),
    ("invoice_qr", "tax_place"),
    ("invoice_qr", "totals"),
    ("qr_differences", "invoice_qr"),
    ("qr_differences", "totals"),
}

FOR_TYPES = {"TYPE_CHECKING", "typing.TYPE_CHECKING"}

# Heavy libraries and where alone they may be imported.
HOMES = {
    "saxonche": ("schematron.session",),
    "click": ("cli",),
    "rich": ("cli",),
    "hypothesis": ("testing",),
    "pytest": ("testing",),
    "asn1crypto": ("signature",),
    "pyhanko": ("signature",),
    "pyhanko_certvalidator": ("signature",),
    "signxml": ("signature",),
    "facturx": (),
    "lxml": (
        "artefacts",
        "broker.status_message",
        "bundle",
        "checkup.libraries",
        "libxml2",
        "narrow",
        "places",
        "schema",
        "schematron",
        "signature",
        "testing.edits",
        "ubl",
        "xmlio",
    ),
}


def imports_of(source: str, package: str = "cius_pt") -> set[str]:
    """Return what a module imports, in functions too, not what only types need."""
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = base_of(node, package)
            found.update(f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) in FOR_TYPES:
            pending += node.orelse
        else:
            pending += ast.iter_child_nodes(node)
    return found


def base_of(node: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of the module that an import takes names from."""
    if not node.level:
        return node.module or ""
    above = package.split(".")[: -(node.level - 1) or None]
    return ".".join([*above, *([node.module] if node.module else [])])


def modules() -> dict[str, Path]:
    """Return every module by its name below the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_shipped" in path.parts:
            continue
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(
            parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts
        )
        found[name] = path
    return found


MODULES = modules()


def own_imports(name: str) -> set[str]:
    """Return the modules of the package that one of them imports."""
    package = ".".join(["cius_pt", *name.split(".")[:-1]])
    if MODULES[name].name == "__init__.py" and name != "__init__":
        package = f"cius_pt.{name}"
    return {
        target
        for imported in imports_of(MODULES[name].read_text(encoding="utf-8"), package)
        if (target := resolved(imported)) is not None and target != name
    }


def resolved(imported: str) -> str | None:
    """Return the module of ours that an import means; None if it is not ours."""
    first, *rest = imported.split(".")
    if first != "cius_pt":
        return None
    while rest:
        if (name := ".".join(rest)) in MODULES:
            return name
        rest.pop()
    return "__init__"


def floor_of(name: str) -> int:
    first = name.partition(".")[0]
    return next(number for number, floor in enumerate(FLOORS) if first in floor)


def objections(name: str, imported: set[str]) -> Iterator[str]:
    """Yield each import of ours that the plan does not allow."""
    first = name.partition(".")[0]
    for target in sorted(imported):
        other = target.partition(".")[0]
        if first == other or (first, other) in SIBLINGS:
            continue
        if floor_of(target) >= floor_of(name):
            yield f"{name} (floor {floor_of(name)}) imports {target}"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_stands_on_one_floor(name: str) -> None:
    first = name.partition(".")[0]

    assert sum(floor.count(first) for floor in FLOORS) == 1


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_from_floors_below(name: str) -> None:
    assert list(objections(name, own_imports(name))) == []


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    graph = {name: own_imports(name) for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("name", MODULES)
def test_a_heavy_library_is_imported_only_in_its_place(name: str) -> None:
    wrong = [
        library
        for imported in imports_of(MODULES[name].read_text(encoding="utf-8"))
        if (library := imported.partition(".")[0]) in HOMES
        and not any(name == h or name.startswith(f"{h}.") for h in HOMES[library])
    ]

    assert wrong == []


def test_compiled_xpath_comes_from_one_place() -> None:
    # lxml locks it while it is evaluated; only xmlio clears what a fork has left so.
    found = [
        name
        for name, path in MODULES.items()
        if "etree.XPath(" in path.read_text(encoding="utf-8")
    ]

    assert found == ["xmlio"]


def test_every_sibling_of_the_plan_is_one_that_is_used() -> None:
    used = {
        (name.partition(".")[0], target.partition(".")[0])
        for name in MODULES
        for target in own_imports(name)
    }

    assert SIBLINGS - used == set()


# --- the test sees what it is there to see ---


def test_an_import_in_a_function_counts() -> None:
    source = "def f():\n    from cius_pt.cli import check\n"

    assert imports_of(source) == {"cius_pt.cli.check"}
    assert resolved("cius_pt.cli.check") == "cli.check"


def test_an_import_for_types_does_not_count_but_its_else_does() -> None:
    source = "if TYPE_CHECKING:\n    import lxml\nelse:\n    import saxonche\n"

    assert imports_of(source) == {"saxonche"}


def test_a_name_of_a_module_means_the_module() -> None:
    assert resolved("cius_pt.findings.Report") == "findings"


def test_a_name_of_the_package_means_the_door() -> None:
    assert resolved("cius_pt.Invoice") == "__init__"


def test_a_relative_import_counts() -> None:
    assert imports_of("from . import x", "cius_pt.ubl") == {"cius_pt.ubl.x"}
    assert imports_of("from ..cli import x", "cius_pt.ubl") == {"cius_pt.cli.x"}


def test_an_import_from_above_is_an_objection() -> None:
    assert list(objections("xmlio", {"checking"})) == [
        "xmlio (floor 1) imports checking"
    ]


def test_an_import_across_a_floor_is_an_objection() -> None:
    assert list(objections("schema", {"schematron.engine"}))
