# SPDX-License-Identifier: MIT

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from cius_pt.schematron import engine
from cius_pt.schematron.cache import KEPT, stored
from cius_pt.schematron.compiler import compile_lean
from cius_pt.schematron.merged import Merged
from cius_pt.schematron.source import read

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.schematron.stylesheet import Stylesheet
    from tests.schematron.conftest import Write

PATHS = ("b", "b/c", "d", "e", "f", "g", "h", "i")
BODY = (
    '<pattern><rule context="a">'
    + "".join(f'<assert id="{p}" test="not({p})">no {p}</assert>' for p in PATHS)
    + '<report id="R" flag="warning" test="n"><value-of select="n"/></report>'
    "</rule></pattern>"
)


def lean(files: Merged) -> Stylesheet:
    return compile_lean(read(files))


def _never(_files: Merged) -> Stylesheet:
    raise AssertionError


def test_what_was_kept_is_what_was_compiled(tmp_path: Path, write: Write) -> None:
    files = Merged(write(BODY))
    first = stored(tmp_path / "new" / "cache", files, lean)
    assert first == lean(files)
    assert stored(tmp_path / "new" / "cache", files, _never) == first


def test_kept_rules_judge_like_compiled_ones(tmp_path: Path, write: Write) -> None:
    document = b"<a><b><c/></b><b/><n>1</n></a>"
    path = write(BODY)
    plain = engine.load(path, "x").run(document)
    for _ in range(2):
        assert engine.load(path, "x", cache=tmp_path / "c").run(document) == plain
    assert len(list((tmp_path / "c").iterdir())) == 1


def test_another_content_is_another_file(tmp_path: Path, write: Write) -> None:
    for flag in ("warning", "fatal"):
        engine.load(write(BODY.replace("warning", flag)), "x", cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:0],
        lambda data: data.replace(b"not(", b"yes("),
        lambda data: data.replace(b"no b", b"no x"),
        lambda data: b"0" + data[1:] if data[:1] != b"0" else b"1" + data[1:],
    ],
)
def test_a_damaged_file_is_compiled_anew(
    tmp_path: Path, write: Write, damage: object
) -> None:
    files = Merged(write(BODY))
    folder = tmp_path / "cache"
    first = stored(folder, files, lean)
    (file,) = folder.iterdir()
    good = file.read_bytes()
    assert callable(damage)
    file.write_bytes(damage(good))
    assert stored(folder, files, lean) == first
    assert file.read_bytes() == good


def test_only_the_newest_files_are_kept(tmp_path: Path, write: Write) -> None:
    files = Merged(write(BODY))
    for number in range(KEPT + 4):
        old = tmp_path / f"{number:064x}.json"
        old.write_text("")
        os.utime(old, (number, number))
    (tmp_path / "somebody's.json").write_text("")
    for name, when in (("left.part", 0.0), ("young.part", time.time())):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (when, when))
    before = {path.name for path in tmp_path.iterdir()}
    stored(tmp_path, files, lean)
    after = {path.name for path in tmp_path.iterdir()}

    assert before - after == {*(f"{n:064x}.json" for n in range(5)), "left.part"}
    assert len(after - before) == 1
    assert stored(tmp_path, files, _never) == lean(files)


def test_a_folder_that_cannot_be_written_does_no_harm(
    tmp_path: Path, write: Write
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    files = Merged(write(BODY))
    assert stored(blocked / "cache", files, lean) == lean(files)
