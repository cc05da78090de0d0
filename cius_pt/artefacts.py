# SPDX-License-Identifier: MIT
"""Schemas and rule sets by name, every file checked against its sha256.

`SOURCES.toml` (shipped) lists what is known; the UBL schemas are read where the
distribution that carries them is installed; rule sets live in the user's data
directory, where `install` puts them. Hashes are checked again at every load: a
changed file is an `ArtefactError`, never used silently. Longer than other modules, as
resolving, verifying and installing share that one check of hashes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from cius_pt.circumstances import told
from cius_pt.errors import ArtefactError
from cius_pt.store import discard, store
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

    from cius_pt.xmlio import Kind

MANIFEST: Final = "manifest.json"
HOW_TO_INSTALL: Final = "install one with: cius-pt rules install PATH|ZIP|URL"
RULEBOOK: Final = "rulebook-2.1.2"
STRICT: Final = f"{RULEBOOK}-strict"
_BUILT_IN: Final = (RULEBOOK, STRICT)
# What of the environment says where the data of a user lie, on any platform.
_DECIDING: Final = ("HOME", "XDG_DATA_HOME", "USERPROFILE", "LOCALAPPDATA")
_NO_HOME: Final = Path(os.devnull) / "cius-pt"
_RESERVED: Final = frozenset({"auto", "local", *_BUILT_IN})

Standing = Literal["published", "built in", "unknown", "local"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetInfo:
    """A rule set that can be run: what it is, where it lies, how far it is known.

    `standing` is "published" when every file equals `SOURCES.toml`, "built in" for our
    own (its files are the sources it is put together from), "unknown" when it was
    accepted with --trust, "local" when it was named by its path.
    """

    name: str
    version: str
    publisher: str
    entry: Path
    files: Mapping[str, str]
    standing: Standing

    @property
    def path(self) -> Path:
        """The folder of the entry file, to which the names of files are relative."""
        return self.entry.parent

    @property
    def trusted(self) -> bool:
        """Whether this is exactly what its publisher published."""
        return self.standing == "published"

    @property
    def content_hash(self) -> str:
        """The sha256 over the sorted list of files with their hashes."""
        return _content_hash(self.files)

    @property
    def label(self) -> str:
        """What every report prints of it: name, version, hash, how far it is known."""
        short = f"sha256 {self.content_hash[:8]}"
        if self.standing == "published":
            return f"{self.name.rpartition('-')[0]} {self.version} ({short})"
        if self.standing == "built in":
            return f"{self.name.replace('-', ' ')} ({short}, built in)"
        if self.standing == "unknown":
            return f"{self.name} ({short}, unknown, accepted with --trust)"
        return f"{self.entry.name} ({short}, local file, unverified)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaInfo:
    """An XML schema that was found and is what its hash says."""

    title: str
    entry: Path
    content_hash: str


@cache
def schema_label(kind: Kind) -> str:
    """Return what every report prints of the schema: title and hash.

    The hash is the one that it has to have; `schema` looks whether it has.
    """
    source = _sources("schemas")["ubl-2.1"]
    return f"{source['title']} {kind} (sha256 {schema_hash()[:8]})"


@cache
def schema_hash() -> str:
    """Return the sha256 over the sorted list of its files with their hashes."""
    return _content_hash(_sources("schemas")["ubl-2.1"]["files"])


def schema(kind: Kind) -> SchemaInfo:
    """Return the UBL 2.1 schema for a kind of document, all its files checked."""
    # Late: it loads the standard library's mail parser.
    from importlib import metadata  # noqa: PLC0415

    source = _sources("schemas")["ubl-2.1"]
    package, base = source["distribution"], source["base"]
    remedy = f"install it again: pip install '{package}=={source['tested']}'"
    try:
        root = metadata.distribution(package).locate_file(base)
    except metadata.PackageNotFoundError as error:
        raise ArtefactError(
            f"the UBL 2.1 schemas are missing: {package} is not installed; {remedy}"
        ) from error
    folder = Path(str(root))
    problem = _difference(folder, source["files"])
    if problem:
        raise ArtefactError(f"UBL 2.1 schema of {package}: {problem}; {remedy}")
    return SchemaInfo(
        title=f"{source['title']} {kind}",
        entry=folder / source["entry"][kind],
        content_hash=schema_hash(),
    )


def home() -> Path:
    """Return the data directory: $CIUS_PT_HOME, else the platform's place for it.

    Who has no home has one where nothing is and nothing can be: `require_home`.
    """
    chosen = os.environ.get("CIUS_PT_HOME")
    return Path(chosen) if chosen else _usual(*map(os.environ.get, _DECIDING))


@lru_cache(maxsize=8)
def _usual(*_deciding: str | None) -> Path:
    # Late: who has chosen a folder does not need to know the platform's.
    import platformdirs  # noqa: PLC0415

    try:
        return Path(platformdirs.user_data_dir("cius-pt", appauthor=False))
    except RuntimeError:  # no HOME, and nobody of this user id is known
        return _NO_HOME


def require_home() -> Path:
    """Return the data directory to write to; raises `ArtefactError` without a home."""
    if (found := home()) == _NO_HOME:
        raise ArtefactError(
            "this user has no home directory: set HOME, or CIUS_PT_HOME to a folder "
            "that may be written to"
        )
    return found


def cache_folder() -> Path:
    """Return where what can be made again is kept: it can be thrown away."""
    if os.environ.get("CIUS_PT_HOME"):
        return home() / "cache"
    import platformdirs  # noqa: PLC0415 - late, as above

    try:
        return Path(platformdirs.user_cache_dir("cius-pt", appauthor=False))
    except RuntimeError:  # as above: it is made again each time
        return _NO_HOME


def installed() -> list[RuleSetInfo]:
    """Return the installed rule sets by name, as their manifests describe them.

    The files are not read; `verify` does that.
    """
    rules = home() / "rules"
    found = [_manifest(path.parent) for path in sorted(rules.glob(f"*/{MANIFEST}"))]
    return [info for info in found if info is not None]


def info(name: str) -> RuleSetInfo:
    """Return an installed rule set, its files checked, or one that is built in.

    Raises `ArtefactError` when there is none of this name or a file was changed.
    """
    if name in _BUILT_IN:
        return built_in(name)
    for candidate in installed():
        if candidate.name == name:
            verify(candidate)
            return candidate
    have = ", ".join(candidate.name for candidate in installed()) or "none"
    raise ArtefactError(
        f"the rule set {name} is not installed (installed: {have}); {HOW_TO_INSTALL}"
    )


def verify(rule_set: RuleSetInfo) -> None:
    """Raise `ArtefactError` unless every file is there and has its sha256."""
    problem = _difference(rule_set.path, rule_set.files)
    if problem:
        raise ArtefactError(
            f"rule set {rule_set.name}: {problem}; it is not used, install it again"
        )


def resolve(choice: str) -> RuleSetInfo:
    """Return the rule set that `--rules` means: auto, a name, or a path."""
    if choice == "auto":
        published = [s for s in installed() if s.trusted]
        if not published:
            return built_in(RULEBOOK)
        newest = max(published, key=lambda s: _version_key(s.version))
        verify(newest)
        return newest
    return _local(Path(choice)) if is_path(choice) else info(choice)


def is_path(choice: str) -> bool:
    """Whether a choice of rules is the path of a file, and no name."""
    return choice.endswith(".sch") or os.sep in choice or "/" in choice


@cache
def built_in(name: str) -> RuleSetInfo:
    """Return the rule set that comes with this package, plain or strict.

    Raises `ArtefactError` when its sources are missing.
    """
    folder = _shipped("schematron") / "rulebook"
    files = {
        path.name: _sha256(path.read_bytes())
        for path in sorted(folder.glob("*.*"))
        if path.suffix in {".sch", ".tsv"}
        and (name == STRICT or path.name != "strict.sch")
    }
    if name not in _BUILT_IN or "document.sch" not in files:
        raise ArtefactError(f"the rule set {name} is missing; install cius-pt again")
    return RuleSetInfo(
        name=name,
        version="2.1.2",
        publisher="cius-pt",
        entry=folder / "document.sch",
        files=files,
        standing="built in",
    )


def newest_published() -> str:
    """Return the name of the newest rule set that `SOURCES.toml` knows."""
    known = _sources("schematron")
    return max(known, key=lambda name: _version_key(known[name]["version"]))


def install(
    source: str | Path,
    *,
    name: str | None = None,
    trust: bool = False,
    opener: OpenerDirector | None = None,
) -> RuleSetInfo:
    """Install a rule set from a folder, a .sch, a .zip or an https URL.

    A published set must be there whole, each file with its sha256. Anything else is
    refused unless `trust` is given, and then says so in its label. Raises
    `ArtefactError` and leaves nothing half done.
    """
    # Late, as below: who only checks needs neither archives nor the network.
    from cius_pt.bundle import open_bundle, select  # noqa: PLC0415

    bundle = open_bundle(source, opener=opener)
    known = _sources("schematron")
    if name is not None and not trust and name not in known:
        raise ArtefactError(
            f"{name} is not a published rule set (those are {', '.join(known)}); "
            "--name for another needs --trust"
        )
    chosen = select(bundle, known, name=name, trust=trust)
    hashes = {path: _sha256(data) for path, data in chosen.files.items()}
    final = chosen.known or name
    if final is None:
        final = f"unknown-{_content_hash(hashes)[:8]}"
    if chosen.known is None:
        _require_free_name(final, known)
    source_of = known.get(final, {})
    manifest = {
        "schema": 1,
        "name": final,
        "version": source_of.get("version", _content_hash(hashes)[:8]),
        "publisher": source_of.get("publisher", "unknown"),
        "entry": chosen.entry,
        "files": hashes,
    }
    text = json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"
    contents = {f"files/{path}": data for path, data in chosen.files.items()}

    def same() -> bool:
        return _already_there(final, hashes)

    if not same():
        store(require_home() / "rules", final, {**contents, MANIFEST: text}, same=same)
    return info(final)


def _already_there(name: str, hashes: Mapping[str, str]) -> bool:
    """Whether exactly this is installed and unharmed: then nothing is replaced."""
    try:
        return dict(info(name).files) == dict(hashes)
    except ArtefactError:
        return False


def remove(name: str) -> None:
    """Remove an installed rule set, also one whose files were changed."""
    if name in _BUILT_IN:
        raise ArtefactError(f"the rule set {name} is built in and cannot be removed")
    if name not in {candidate.name for candidate in installed()}:
        info(name)  # says what is installed
    discard(home() / "rules", name)


def _require_free_name(name: str, known: Mapping[str, Any]) -> None:
    plain = name.replace("-", "").replace(".", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and name[:1].isalnum()):
        raise ArtefactError(f"{name!r} is no name: use letters, digits, '-', '.', '_'")
    if name.lower() in _RESERVED | set(known):
        raise ArtefactError(
            f"the name {name} is kept for the real one, and these files are not it; "
            "choose another with --name"
        )


@cache
def _sources(what: Literal["schemas", "schematron"]) -> dict[str, Any]:
    """Return SOURCES.toml of the wheel, or of the checkout."""
    return tomllib.loads((_shipped(what) / "SOURCES.toml").read_text(encoding="utf-8"))


def _shipped(what: Literal["schemas", "schematron"]) -> Path:
    """Return the folder of what is shipped, in the wheel or in the checkout."""
    here = Path(__file__).parent
    for folder in (here / "_shipped" / what, here.parent / what):
        if (folder / "SOURCES.toml").is_file():
            return folder
    raise ArtefactError(f"{what}/SOURCES.toml is missing; install cius-pt again")


def _manifest(folder: Path) -> RuleSetInfo | None:
    """Return what a manifest says; None when it is not one of ours.

    That the set is published is not believed but compared with SOURCES.toml.
    """
    try:
        stated = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {str(path): str(digest) for path, digest in stated["files"].items()}
        texts = [stated[key] for key in ("name", "version", "publisher", "entry")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    name, version, publisher, entry = (str(text) for text in texts)
    if name != folder.name or entry not in files:
        return None
    known = _sources("schematron").get(name)
    if known is not None and (known["files"], known["entry"]) != (files, entry):
        return None
    return RuleSetInfo(
        name=name,
        version=version,
        publisher=publisher,
        entry=folder / "files" / entry,
        files=files,
        standing="unknown" if known is None else "published",
    )


def _local(path: Path) -> RuleSetInfo:
    """Return a rule set named by its path: run as it is, and labelled so."""
    try:
        path.stat()
    except OSError as error:
        raise ArtefactError(f"there is no rule set at {path}: {told(error)}") from error
    from cius_pt.bundle import open_bundle, select  # noqa: PLC0415

    chosen = select(open_bundle(path), {}, name=None, trust=True)
    folder = path if path.is_dir() else path.parent
    hashes = {name: _sha256(data) for name, data in chosen.files.items()}
    return RuleSetInfo(
        name="local",
        version=_content_hash(hashes)[:8],
        publisher="unknown",
        entry=(folder / chosen.base / chosen.entry).resolve(),
        files=hashes,
        standing="local",
    )


def _difference(folder: Path, files: Mapping[str, str]) -> str | None:
    """Return which file is missing or differs from its hash; None if none does."""
    for name, expected in files.items():
        try:
            actual = _sha256((folder / name).read_bytes())
        except OSError as error:
            return f"{name} cannot be read: {told(error)}"
        if actual != expected:
            return f"{name} has sha256 {actual[:8]}…, expected {expected[:8]}…"
    return None


def _content_hash(files: Mapping[str, str]) -> str:
    lines = (f"{files[name]}  {name}\n" for name in sorted(files))
    return _sha256("".join(lines).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
