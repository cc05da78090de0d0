"""What a name in a docstring or on a page stands for, asked of the code itself."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import pkgutil
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import cius_pt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType

PACKAGE: Final = "cius_pt"
_NOTHING: Final = object()


@cache
def public() -> Mapping[str, str]:
    """Return the public name of each public object by where it is defined."""
    found = {}
    for name in cius_pt.__all__:
        thing = getattr(cius_pt, name)
        if hasattr(thing, "__qualname__"):
            found[f"{thing.__module__}.{thing.__qualname__}"] = f"{PACKAGE}.{name}"
    return found


def bring_in_types() -> None:
    """Run what the modules of the package keep for type checkers only.

    Without it autodoc could not read the annotations, and a type would have no link.
    """
    for found in pkgutil.walk_packages(cius_pt.__path__, f"{PACKAGE}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    waiting = {
        name: module
        for name, module in sys.modules.items()
        if name.partition(".")[0] == PACKAGE
    }
    while waiting:
        before = len(waiting)
        for name, module in list(waiting.items()):
            with suppress(ImportError):  # it takes from one whose turn is still to come
                for block in _for_type_checkers(name):
                    exec(block, vars(module))  # noqa: S102 - our own modules
                del waiting[name]
        if len(waiting) == before:
            raise ImportError(f"cannot be had at run time: {', '.join(waiting)}")


@cache
def _for_type_checkers(module: str) -> tuple[CodeType, ...]:
    """Return the blocks under `if TYPE_CHECKING:` of a module."""
    return tuple(
        compile(ast.Module(body=node.body, type_ignores=[]), module, "exec")
        for node in _tree(module).body
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def importable(path: str) -> bool:
    """Whether a dotted path leads to something: a module or what one holds."""
    return _found(path) is not _NOTHING


def anywhere(name: str) -> str | None:
    """Return where a bare name is defined; for annotations, which mypy has checked."""
    for module, known in list(sys.modules.items()):
        if module.partition(".")[0] == PACKAGE and hasattr(known, name):
            return f"{module}.{name}"
    return None


def home(path: str) -> str:
    """Return under which name the API reference has what a path leads to."""
    owner, _, name = path.rpartition(".")
    if inspect.isclass(_found(owner)):
        return f"{home(owner)}.{name}"
    thing = _found(path)
    module, name = getattr(thing, "__module__", ""), getattr(thing, "__qualname__", "")
    return public().get(f"{module}.{name}", path)


def meaning(name: str, thing: Any, full_name: str) -> str | None:
    """Return what a name in the docstring of a thing leads to.

    A dotted path for what can be looked up, "" for a parameter, a field or an
    attribute of the thing itself, None for what is not there at all.
    """
    head, *rest = name.partition("(")[0].split(".")
    for owner in _owners(thing, full_name):
        if head in _own_names(owner):
            # The type of a parameter is not asked: what follows the dot is taken.
            return _path_of(owner, [head, *rest])
    for scope in _scopes(thing):
        path = ".".join([scope, head, *rest]) if scope else ".".join([head, *rest])
        if importable(path):
            return path
    imported = _imports(_module_of(thing)).get(head)
    if imported is None:
        return None
    path = ".".join([imported, *rest])
    return path if importable(path) else None


def _path_of(owner: Any, parts: list[str]) -> str:
    module, name = getattr(owner, "__module__", ""), getattr(owner, "__qualname__", "")
    path = ".".join([module, name, *parts])
    return path if name and importable(path) else ""


def _owners(thing: Any, full_name: str) -> Iterator[Any]:
    """Yield the thing and the class that it belongs to."""
    yield thing.fget if isinstance(thing, property) else thing
    owner = _found(full_name.rpartition(".")[0])
    if inspect.isclass(owner):
        yield owner


def _own_names(thing: Any) -> set[str]:
    """Return parameters, fields and attributes."""
    names: set[str] = set()
    for one in inspect.getmro(thing) if inspect.isclass(thing) else (thing,):
        names |= set(getattr(one, "__annotations__", {}))
        if inspect.isclass(one) and one is not object:
            names |= set(vars(one))
    with suppress(TypeError, ValueError):
        names |= set(inspect.signature(thing).parameters)
    return names


def _scopes(thing: Any) -> Iterator[str]:
    """Yield where a name is looked for: here, then in ever wider packages."""
    module = _module_of(thing)
    while module:
        yield module
        module = module.rpartition(".")[0]
    yield ""
    yield "builtins"


def _module_of(thing: Any) -> str:
    if isinstance(thing, property):
        thing = thing.fget
    if inspect.ismodule(thing):
        return thing.__name__
    return str(getattr(thing, "__module__", PACKAGE))


@cache
def _imports(module: str) -> Mapping[str, str]:
    """Return what a module imports, for type checkers only included."""
    found: dict[str, str] = {}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom):
            found |= {n.asname or n.name: f"{node.module}.{n.name}" for n in node.names}
        elif isinstance(node, ast.Import):
            found |= {n.asname or n.name: n.name for n in node.names}
    return found


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


@cache
def _found(path: str) -> object:
    """Return what a dotted path leads to, or a mark that it leads nowhere."""
    parts = path.split(".")
    if not all(part.isidentifier() for part in parts):
        return _NOTHING
    for count in range(len(parts), 0, -1):
        try:
            thing: Any = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            thing = getattr(thing, part, _NOTHING)
        return thing
    if hasattr(builtins, parts[0]):
        return _found(f"builtins.{path}")
    return _NOTHING
