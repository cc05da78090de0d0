# SPDX-License-Identifier: MIT
"""The files someone offers as a rule set, wherever they come from.

A folder, a .sch file, a .zip or a URL becomes names and bytes; nothing is written
here, so a hostile archive has nowhere to climb to. `select` then finds the entry and
exactly the files it includes.
"""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit

from cius_pt.circumstances import told
from cius_pt.errors import ArtefactError, UnreadableDocument
from cius_pt.values import dataclass
from cius_pt.xmlio import cut, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.request import OpenerDirector
    from zipfile import ZipInfo

    from lxml import etree

SCHEMATRON: Final = "http://purl.oclc.org/dsdl/schematron"
# The published sets have 8 files and 0.4 MB; CEN's for UBL has 6 and 0.4 MB.
MAX_MEMBERS: Final = 10_000
MAX_FILE: Final = 20 * 1024 * 1024
MAX_UNPACKED: Final = 50 * 1024 * 1024
MAX_SCHEMATRONS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Named files; `schematrons` are those that may be the entry.

    `read` returns the bytes of a name (``a/b.sch``) and raises KeyError if there is
    no such file.
    """

    origin: str
    schematrons: tuple[str, ...]
    read: Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files of one rule set, their names relative to the folder `base`.

    `known` is the name under which the set was published, if it is that one.
    """

    known: str | None
    base: str
    entry: str
    files: Mapping[str, bytes]


def open_bundle(source: str | Path, *, opener: OpenerDirector | None = None) -> Bundle:
    """Return the files that `source` offers; raises `ArtefactError`."""
    text = str(source)
    if "://" in text:
        # Late: a client of the network takes as long to load as the schema.
        from cius_pt.fetch import fetch  # noqa: PLC0415

        return _of_bytes(fetch(text, opener=opener), text)
    path = Path(source)
    if path.is_dir():
        return _of_folder(path)
    try:
        if path.suffix.lower() != ".sch":
            if path.stat().st_size > MAX_UNPACKED:
                raise ArtefactError(f"{path} is larger than {MAX_UNPACKED:,} bytes")
            return _of_bytes(path.read_bytes(), text)
        path.stat()
    except OSError as error:
        raise ArtefactError(f"cannot read {path}: {told(error)}") from error
    return Bundle(
        origin=text, schematrons=(path.name,), read=_folder_reader(path.parent)
    )


def select(
    bundle: Bundle, known: Mapping[str, Any], *, name: str | None, trust: bool
) -> Chosen:
    """Return the rule set in `bundle`: a published one, or with `trust` any.

    Raises `ArtefactError` saying which file is missing or differs, or why it is not
    clear what to take.
    """
    found, problems = _published(bundle, known, name)
    if len(found) > 1:
        names = ", ".join(str(chosen.known) for chosen in found)
        raise ArtefactError(f"{bundle.origin} has {names}: choose one with --name")
    if found:
        return found[0]
    why = problems[0] if problems else "it is not a published rule set"
    if name in known:
        raise ArtefactError(f"{bundle.origin} is not {name}: {why}")
    if not trust:
        raise ArtefactError(
            f"refused: {bundle.origin}: {why}; if you trust it, install it with --trust"
        )
    entry = _entry(bundle)
    base = posixpath.dirname(entry)
    files = {posixpath.relpath(n, base or "."): d for n, d in _closure(bundle, entry)}
    return Chosen(known=None, base=base, entry=posixpath.basename(entry), files=files)


# --- where the files come from -----------------------------------------------------


def _of_folder(root: Path) -> Bundle:
    names = []
    for count, path in enumerate(_walk(root)):
        if count >= MAX_MEMBERS:
            raise ArtefactError(f"{root} has too many files; name the .sch itself")
        if path.suffix.lower() == ".sch":
            names.append(path.relative_to(root).as_posix())
    return Bundle(
        origin=str(root), schematrons=tuple(sorted(names)), read=_folder_reader(root)
    )


def _walk(root: Path) -> Iterator[Path]:
    """Yield the files below `root`; links to folders are not followed."""

    def refuse(error: OSError) -> NoReturn:
        raise ArtefactError(f"cannot read {error.filename}: {told(error)}") from error

    for folder, _, files in os.walk(root, onerror=refuse):
        for file in files:
            yield Path(folder, file)


def _folder_reader(root: Path) -> Callable[[str], bytes]:
    real = root.resolve()

    def read(name: str) -> bytes:
        path = (real / name).resolve()
        if not path.is_relative_to(real):
            raise ArtefactError(f"{name} leads out of {root}")
        try:
            if path.stat().st_size > MAX_FILE:
                raise ArtefactError(f"{name} is larger than {MAX_FILE:,} bytes")
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise KeyError(name) from error
        except OSError as error:
            raise ArtefactError(f"cannot read {path}: {told(error)}") from error

    return read


def _of_bytes(data: bytes, origin: str) -> Bundle:
    """Return the bundle in a .zip, or the single .sch that `data` is."""
    if not data.startswith(b"PK"):
        name = posixpath.basename(urlsplit(origin).path) or "rules.sch"
        return Bundle(origin=origin, schematrons=(name,), read={name: data}.__getitem__)
    # Late: most rule sets do not come in an archive.
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    try:
        files = dict(_unzipped(data, origin))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise ArtefactError(f"{origin} is a damaged ZIP archive: {error}") from error
    # What zipfile raises for a compression it does not know, and for a password.
    except (NotImplementedError, RuntimeError) as error:
        raise ArtefactError(f"{origin}: cannot unpack this: {error}") from error
    names = sorted(name for name in files if name.lower().endswith(".sch"))
    return Bundle(origin=origin, schematrons=tuple(names), read=files.__getitem__)


def _unzipped(data: bytes, origin: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a .zip; sizes are measured, not believed."""
    import zipfile  # noqa: PLC0415 - late, as above

    total, seen = 0, set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise ArtefactError(f"{origin} has {len(members):,} members: too many")
        for member in members:
            _require_harmless(member, origin)
            if member.is_dir():
                continue
            if member.filename in seen:
                raise ArtefactError(f"{origin} has {member.filename} twice")
            seen.add(member.filename)
            with archive.open(member) as file:
                content = file.read(MAX_FILE + 1)
            total += len(content)
            if len(content) > MAX_FILE or total > MAX_UNPACKED:
                raise ArtefactError(
                    f"{origin} unpacks to more than {MAX_UNPACKED:,} bytes, "
                    f"or {member.filename} to more than {MAX_FILE:,}"
                )
            yield member.filename, content


def _require_harmless(member: ZipInfo, origin: str) -> None:
    name = member.filename
    mode = member.external_attr >> 16
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        raise ArtefactError(f"refused: {origin} has the member {cut(name)!r}")
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ArtefactError(f"refused: {name} in {origin} is a link or a device")
    if member.flag_bits & 0x1:
        raise ArtefactError(f"refused: {name} in {origin} is encrypted")


# --- which files make up the rule set ------------------------------------------------


def _published(
    bundle: Bundle, known: Mapping[str, Any], name: str | None
) -> tuple[list[Chosen], list[str]]:
    """Return the published sets that are there whole, and why others are not."""
    found, problems = [], []
    for title, source in known.items():
        if name in known and name != title:
            continue
        for path in bundle.schematrons:
            if posixpath.basename(path) != source["entry"]:
                continue
            base = posixpath.dirname(path)
            files, problem = _matching(bundle, base, source["files"])
            if problem:
                problems.append(f"{title}: {problem}")
                continue
            entry = source["entry"]
            found.append(Chosen(known=title, base=base, entry=entry, files=files))
            break
    return found, problems


def _matching(
    bundle: Bundle, base: str, expected: Mapping[str, str]
) -> tuple[dict[str, bytes], str | None]:
    """Return the listed files, or what is wrong with the first wrong one."""
    files: dict[str, bytes] = {}
    for name, digest in expected.items():
        try:
            files[name] = bundle.read(posixpath.join(base, name))
        except KeyError:
            return {}, f"{name} is missing"
        actual = hashlib.sha256(files[name]).hexdigest()
        if actual != digest:
            return {}, f"{name} has sha256 {actual[:8]}…, published was {digest[:8]}…"
    return files, None


def _entry(bundle: Bundle) -> str:
    """Return the one schema that no other file includes."""
    names = bundle.schematrons
    if len(names) == 1:
        return names[0]
    if len(names) > MAX_SCHEMATRONS:
        raise ArtefactError(f"{bundle.origin} has too many .sch files; name one")
    roots = {name: _parsed(bundle, name) for name in names}
    included = {
        posixpath.normpath(posixpath.join(posixpath.dirname(name), href))
        for name, root in roots.items()
        for href in _includes(root)
    }
    entries = [
        name
        for name, root in roots.items()
        if root.tag == f"{{{SCHEMATRON}}}schema" and name not in included
    ]
    if len(entries) == 1:
        return entries[0]
    what = f"several entries ({', '.join(entries)})" if entries else "no ISO Schematron"
    raise ArtefactError(f"{bundle.origin} has {cut(what)}; name one .sch file")


def _closure(bundle: Bundle, entry: str) -> Iterator[tuple[str, bytes]]:
    """Yield the entry and all it includes; nothing may lie outside its folder."""
    base = posixpath.dirname(entry)
    waiting, seen = [entry], {entry}
    while waiting:
        name = waiting.pop()
        root = _parsed(bundle, name)
        yield name, bundle.read(name)
        for href in _includes(root):
            joined = posixpath.join(posixpath.dirname(name), href)
            target = posixpath.normpath(joined)
            inside = posixpath.relpath(target, base or ".")
            if (
                href.startswith("/")
                or "\\" in href
                or ":" in href
                or inside[:2] == ".."
            ):
                raise ArtefactError(
                    f"refused: {name} includes {cut(href)!r}, outside its folder"
                )
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def _includes(root: etree._Element) -> Iterator[str]:
    """Yield what a file includes (ISO Schematron 5.4.4, and `extends` with href)."""
    for tag in ("include", "extends"):
        for element in root.iter(f"{{{SCHEMATRON}}}{tag}"):
            href = element.get("href")
            if href is not None:
                yield href


def _parsed(bundle: Bundle, name: str) -> etree._Element:
    try:
        return tree(bundle.read(name))
    except KeyError as error:
        raise ArtefactError(f"{bundle.origin}: {name} is missing") from error
    except UnreadableDocument as error:
        raise ArtefactError(f"{bundle.origin}: {name}: {error}") from error
