"""The Dockerfile, read and followed as far as that goes without Docker."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from dockerfile_parse import DockerfileParser

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "Dockerfile").read_bytes()
STEPS: list[dict[str, str]] = DockerfileParser(fileobj=io.BytesIO(TEXT)).structure
IGNORED = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()


def values(instruction: str) -> list[str]:
    """Return what stands behind each instruction of this name."""
    return [step["value"] for step in STEPS if step["instruction"] == instruction]


def copied() -> list[str]:
    """Return what is copied from the tree, not from another stage."""
    found = []
    for value in values("COPY"):
        *sources, _ = value.split()
        if not sources[0].startswith("--from"):
            found += sources
    return found


def test_everything_that_is_copied_is_in_the_tree_and_is_sent() -> None:
    sent = [line[1:] for line in IGNORED if line.startswith("!")]

    assert sorted(copied()) == sorted(sent)
    for name in copied():
        assert (REPOSITORY / name).exists(), name
    # All else stays behind: history, environments, whatever lies about.
    assert next(line for line in IGNORED if not line.startswith("#")) == "*"


def test_nothing_is_fetched_but_pinned_bases_and_packages() -> None:
    bases = values("FROM")

    assert len(bases) == 2
    for base in bases:
        assert re.match(r"python:3\.\d+\.\d+-slim-\w+( AS build)?$", base), base
    assert {base.split()[0] for base in bases} == {bases[0].split()[0]}
    assert values("ADD") == values("ARG") == []
    assert not re.search(r"curl|wget|https?://|git ", " ".join(values("RUN")))


def test_it_runs_as_nobody_in_particular() -> None:
    order = [step["instruction"] for step in STEPS]

    assert values("USER") == ["10001:10001"]
    assert order.index("USER") < order.index("ENTRYPOINT")
    assert "RUN" not in order[order.index("USER") :]
    assert json.loads(values("ENTRYPOINT")[0]) == ["cius-pt"]


def test_no_secret_is_part_of_it() -> None:
    said = " ".join(
        step["content"] for step in STEPS if step["instruction"] != "COMMENT"
    )

    assert not re.search(r"secret|token|password|CIUS_PT_ILINK", said, re.IGNORECASE)


def test_what_is_copied_makes_the_same_wheel_as_the_whole_tree(tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in copied():
        source = REPOSITORY / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(source, alone / name, ignore=ignore)
        else:
            shutil.copy(source, alone / name)

    ours, whole = (contents(tree, tmp_path) for tree in (alone, REPOSITORY))

    assert ours == whole
    assert any(name.endswith("share/man/man1/cius-pt.1") for name in ours)
    assert "cius_pt/_shipped/schematron/SOURCES.toml" in ours


def contents(tree: Path, folder: Path) -> dict[str, int]:
    """Build a wheel of a tree and return its files with their checksums."""
    out = folder / f"wheel-of-{tree.name}"
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation")
    done = subprocess.run(
        [*build, "--outdir", str(out), str(tree)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: info.CRC for info in archive.infolist()}
