# SPDX-License-Identifier: MIT
"""A small part of the UBL schema that is enough for most documents, and quick to load.

Compiling the whole UBL 2.1 schema takes 60 ms, most of them for elements that no
CIUS-PT document has. The narrow schema is made of the verified one by leaving out
optional elements of sequences and what is then out of reach. So whatever it accepts,
the whole one accepts too; what it refuses is left to the whole one to judge.

It is kept in the cache folder beside the translated rules, under the hash of what it
was made from and with the hash of each of its files; whatever is not exactly that is
made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt import artefacts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cius_pt.ubl.binding import Node, Root
    from cius_pt.xmlio import Kind

XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
MANIFEST: Final = "files.json"
_REFERENCES: Final = ("ref", "type", "base", "itemType", "substitutionGroup")
# What stands directly below a schema and can be referred to.
_GLOBAL: Final = ("element", "complexType", "simpleType", "attribute", "attributeGroup")

Files = dict[str, bytes]
Name = tuple[str, str]


# One of each version that is in use; another is half a second's work.
KEPT: Final = 4

_compiled: dict[Kind, etree.XMLSchema | None] = {}


def validator(kind: Kind) -> etree.XMLSchema | None:
    """Return the narrow schema for a kind of document; None when there is none.

    Raises `ArtefactError` when the schema that it is made from is missing. Callers
    take turns.
    """
    if kind not in _compiled:
        place = _stored(artefacts.cache_folder())
        _compiled[kind] = None
        if place is not None:
            # Less than was hoped for is no reason not to judge.
            with suppress(etree.XMLSchemaParseError):
                _compiled[kind] = etree.XMLSchema(file=str(place / entry(kind)))
    return _compiled[kind]


def _stored(folder: Path) -> Path | None:
    """Return the folder of the narrow schema, made if it is not there, or None."""
    place = folder / f"ubl-{_key()}"
    if not _is_whole(place):
        with suppress(OSError):
            _keep(place, _made())
            _sweep(folder)
    return place if _is_whole(place) else None


def entry(kind: Kind) -> str:
    """Return the name of the file to begin with: that of the whole schema."""
    return f"UBL-{kind}-2.1.xsd"


def _key() -> str:
    """Return the hash of what the narrow schema is made from, and by."""
    found = hashlib.sha256(artefacts.schema_hash().encode())
    here = Path(__file__)
    for source in (here, *sorted((here.parent / "ubl").glob("*.py"))):
        found.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return found.hexdigest()


def _made() -> Files:
    # Late: only who makes it needs to know every element of the format.
    from cius_pt.ubl.table import CREDIT_NOTE, INVOICE  # noqa: PLC0415

    roots: dict[Kind, Root] = {"Invoice": INVOICE, "CreditNote": CREDIT_NOTE}
    wanted = {tag for root in roots.values() for tag in _tags(root.children)}
    tags = {root.tag for root in roots.values()}
    files = narrowed([artefacts.schema(kind).entry for kind in roots], wanted, tags)
    return files if {entry(kind) for kind in roots} <= files.keys() else {}


def _tags(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield every element that the binding table knows."""
    for node in nodes:
        yield node.tag
        yield from _tags(node.children)


def _sweep(folder: Path) -> None:
    """Remove the schemas that other versions have left, but the newest."""
    made = sorted(folder.glob("ubl-*"), key=lambda path: path.stat().st_mtime)
    for place in made[:-KEPT]:
        shutil.rmtree(place, ignore_errors=True)


def _is_whole(place: Path) -> bool:
    try:
        digests = json.loads((place / MANIFEST).read_bytes())
        return bool(digests) and all(
            hashlib.sha256((place / name).read_bytes()).hexdigest() == digest
            for name, digest in digests.items()
        )
    except (OSError, ValueError, AttributeError):
        return False


def _keep(place: Path, files: Files) -> None:
    """Write every file beside its place and move it there; the manifest comes last."""
    place.mkdir(parents=True, exist_ok=True)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    for name, data in {**files, MANIFEST: json.dumps(digests).encode()}.items():
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(place / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


def narrowed(
    entries: Iterable[Path], wanted: Collection[str], roots: Collection[str]
) -> Files:
    """Return the part of schemas that has the `wanted` elements, by name of file.

    `wanted` and `roots` are names in Clark notation. Optional elements of sequences
    that are not wanted go, then every global declaration that no root leads to.
    Nothing comes back where less would not be narrower: wildcards look for
    declarations, and with fewer of them they allow more.
    """
    documents = dict(_documents(entries))
    for document in documents.values():
        _thin(document, wanted)
    reached = _reached(documents, roots)
    kept = {path for path, _ in reached.values()}
    nodes = {node for _, node in reached.values()}
    for path in kept:
        _reduce(documents[path], path, kept, nodes)
    files = {path.name: documents[path] for path in kept}
    wild = any(
        next(file.iter(f"{XSD}any"), None) is not None for file in files.values()
    )
    if wild or len(files) < len(kept):
        return {}
    return {name: etree.tostring(files[name]) for name in sorted(files)}


def _documents(entries: Iterable[Path]) -> Iterator[tuple[Path, etree._Element]]:
    """Yield schemas and all that they import."""
    pending, seen = [entry.resolve() for entry in entries], set()
    while pending:
        path = pending.pop(0)
        if path in seen:
            continue
        seen.add(path)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True
        )
        root = etree.fromstring(path.read_bytes(), parser)
        yield path, root
        pending += [_target(path, node) for node in root.iter(f"{XSD}import")]


def _target(path: Path, imported: etree._Element) -> Path:
    return (path.parent / imported.get("schemaLocation", "")).resolve()


def _thin(document: etree._Element, wanted: Collection[str]) -> None:
    """Remove annotations, and the optional elements that nobody wants."""
    for node in list(document.iter(f"{XSD}annotation")):
        _remove(node)
    for node in list(document.iter(f"{XSD}element")):
        sequence = node.getparent()
        if sequence is None or sequence.tag != f"{XSD}sequence":
            continue
        reference = node.get("ref")
        optional = node.get("minOccurs") == "0"
        if optional and reference and _clark(node, reference) not in wanted:
            _remove(node)


def _reached(
    documents: dict[Path, etree._Element], roots: Collection[str]
) -> dict[Name, tuple[Path, etree._Element]]:
    """Return the global declarations that the roots lead to, by kind and name."""
    every: dict[Name, tuple[Path, etree._Element]] = {}
    for path, document in documents.items():
        space = document.get("targetNamespace", "")
        for kind in _GLOBAL:
            for node in document.iterchildren(f"{XSD}{kind}"):
                every[_kind(kind), f"{{{space}}}{node.get('name')}"] = path, node
    found: dict[Name, tuple[Path, etree._Element]] = {}
    pending: list[Name] = [("element", root) for root in sorted(roots)]
    while pending:
        name = pending.pop()
        if name in found or name not in every:
            continue
        found[name] = every[name]
        pending += _references(every[name][1])
    return found


def _kind(kind: str) -> str:
    """Return the space of names of a declaration: both kinds of type share one."""
    return "type" if kind.endswith("Type") else kind


def _references(declaration: etree._Element) -> Iterator[Name]:
    for node in declaration.iter(f"{XSD}*"):
        for attribute in _REFERENCES:
            value = node.get(attribute)
            if value is not None:
                own = etree.QName(node).localname
                kind = own if attribute in {"ref", "substitutionGroup"} else "type"
                yield kind, _clark(node, value)
        for member in node.get("memberTypes", "").split():
            yield "type", _clark(node, member)


def _clark(node: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{node.nsmap.get(prefix or None) or ''}}}{local}"


def _reduce(
    document: etree._Element,
    path: Path,
    kept: Collection[Path],
    nodes: Collection[etree._Element],
) -> None:
    """Leave what was reached, and the imports of what is kept, now in one folder."""
    for child in list(document):
        if child.tag == f"{XSD}import":
            target = _target(path, child)
            if target not in kept:
                _remove(child)
            else:
                child.set("schemaLocation", target.name)
        elif child not in nodes:
            _remove(child)


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
