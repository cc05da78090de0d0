# SPDX-License-Identifier: MIT
"""What the peers on a JVM share: archives by Maven coordinates, one run, its answers.

A peer is one Java file that takes a list of documents and prints, by tabs, a line
``document FILE MILLISECONDS`` for each and below it what was found.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HERE = Path(__file__).parent


@dataclass(slots=True)
class Answer:
    """What a peer said of one document: the best time, then its lines by kind."""

    milliseconds: float
    lines: list[tuple[str, ...]] = field(default_factory=list)

    def of(self, kind: str) -> list[tuple[str, ...]]:
        """Return the lines of a kind, without the kind."""
        return [line[1:] for line in self.lines if line[0] == kind]


def libraries(pom: str, what: str, folder: Path) -> Path:
    """Return a folder with the archives; leave with the reason if there are none."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise SystemExit(f"skipped: there is no {tool} on this machine")
    target = folder / "lib"
    done = subprocess.run(
        [  # noqa: S607 - found above
            "mvn",
            "--quiet",
            "--batch-mode",
            "--file",
            str(HERE / pom),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={target}",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "ERROR" in line]
        first = lines[0] if lines else "no word of why"
        raise SystemExit(f"skipped: Maven could not get {what}: {first[:300]}")
    return target


def run(
    source: str,
    archives: Path,
    arguments: Sequence[str],
    *,
    options: Sequence[str] = (),
) -> str:
    """Run a Java file of this folder and return what it printed."""
    done = subprocess.run(
        [  # noqa: S607 - found by `libraries`
            "java",
            *options,
            "-cp",
            f"{archives}/*",
            str(HERE / source),
            *arguments,
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{source} failed: {done.stderr[-1000:]}")
    return done.stdout


def listed(folder: Path, documents: Iterable[tuple[int, str, Path]]) -> Path:
    """Write the list a peer takes: how many runs, which kind, which file."""
    path = folder / "documents.txt"
    path.write_text(
        "".join(f"{runs}\t{kind}\t{file}\n" for runs, kind, file in documents),
        encoding="utf-8",
    )
    return path


def answers(printed: str) -> list[Answer]:
    """Return what a peer said, in the order of the documents."""
    found: list[Answer] = []
    for line in printed.splitlines():
        kind, *rest = line.split("\t")
        if kind == "document":
            found.append(Answer(float(rest[1])))
        elif found:
            found[-1].lines.append((kind, *rest))
    return found
