# SPDX-License-Identifier: MIT
"""What SARIF says of every rule of the catalogue, one JSON text for each.

To put all entries together takes a good part of a second, so that the texts are kept
in the cache folder, under the hash of what they are made of and of themselves. What is
not exactly that is made anew; the file is never needed.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cius_pt import artefacts
from cius_pt.cli.writing import write_whole
from cius_pt.findings import Severity
from cius_pt.rules import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from cius_pt.rules.entry import Entry, Language

# SARIF 2.1.0, 3.27.10: a note is what is neither error nor warning.
LEVELS: Final[Mapping[Severity, str]] = {
    Severity.FATAL: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
_HEADINGS: Final[Mapping[Language, tuple[str, str, str]]] = {
    "pt": ("Antes", "Depois", "(o elemento sai)"),
    "en": ("Before", "After", "(the element goes away)"),
}
_PIECE: Final = 65_536


@cache
def places() -> Mapping[str, int]:
    """Return the place of each rule among the descriptors."""
    return {rule: place for place, rule in enumerate(catalogue.rules())}


def descriptors(lang: Language) -> Iterator[str]:
    """Yield the descriptor of each rule, in the order of the catalogue, as JSON."""
    path = artefacts.cache_folder() / f"sarif-rules-{lang}.jsonl"
    with suppress(OSError), path.open("rb") as file:
        if _whole(file):
            for line in file:
                yield line.rstrip(b"\n").decode()
            return
    made = [json.dumps(d, ensure_ascii=False) for d in _made(lang)]
    _keep(path, "".join(f"{line}\n" for line in made).encode())
    yield from made


def _whole(file: BinaryIO) -> bool:
    """Whether a file is what its first line says; it is then read up to that line."""
    first = file.readline(_PIECE)
    start = file.tell()
    found = hashlib.sha256()
    while piece := file.read(_PIECE):
        found.update(piece)
    file.seek(start)
    return first.decode(errors="replace") == f"{_sources()} {found.hexdigest()}\n"


def _keep(path: Path, content: bytes) -> None:
    first = f"{_sources()} {hashlib.sha256(content).hexdigest()}\n"
    # A full disk or a read-only home costs time, not the report.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, first.encode() + content)


@cache
def _sources() -> str:
    """Return the hash of the entries and of the code that puts them together."""
    folder = Path(catalogue.__file__).parent
    found = hashlib.sha256()
    for path in (Path(__file__), *sorted(folder.glob("*.py")), *_entries(folder)):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "entries").iterdir() if path.is_file())


def _made(lang: Language) -> Iterator[dict[str, Any]]:
    for rule in catalogue.rules():
        found = catalogue.entry(rule)
        yield {"id": rule} if found is None else _descriptor(found, lang)


def _descriptor(entry: Entry, lang: Language) -> dict[str, Any]:
    asks, why, fix = (text.get(lang) for text in (entry.asks, entry.why, entry.fix))
    before, after, nothing = _HEADINGS[lang]
    text, markdown = [asks, why, fix], [asks, why, fix]
    if entry.before:
        for heading, snippet in ((before, entry.before), (after, entry.after)):
            shown = snippet or nothing
            fenced = f"```xml\n{snippet}\n```" if snippet else nothing
            text.append(f"{heading}:\n{shown}")
            markdown.append(f"**{heading}**\n\n{fenced}")
    return {
        "id": entry.rule,
        "name": "".join(part.capitalize() for part in entry.rule.split("-")),
        "shortDescription": {"text": asks},
        "fullDescription": {"text": f"{asks} {why}"},
        "help": {"text": "\n\n".join(text), "markdown": "\n\n".join(markdown)},
        "defaultConfiguration": {"level": LEVELS[entry.severity]},
        "properties": {
            "tags": [entry.rule.rpartition("-")[0], *entry.terms],
            "terms": list(entry.terms),
            "fields": list(entry.fields),
        },
    }
