"""`cius-pt check` that is cut off: by a reader, a signal or a disk, in every format.

What was in the files of ``--output`` is still there, and what was written to standard
output is no whole document.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cius_pt import xmlio
from cius_pt.cli.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "fixtures" / "withholding.xml").read_bytes()
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    f'<ns prefix="cbc" uri="{xmlio.CBC}"/><pattern><rule context="cbc:AccountingCost">'
    '<assert id="R-F" flag="fatal" test="false()">bad cost</assert>'
    "</rule></pattern></schema>"
)
COMMAND: Final = [sys.executable, "-m", "cius_pt", "check", "--rules", "rules.sch"]
OUTPUTS: Final = [f"--output={form}=out/{form}" for form in FORMATS]
FORM = pytest.mark.parametrize("form", FORMATS)
EVERY_WAY = pytest.mark.parametrize("jobs", [[], ["--jobs", "2"]], ids=["one", "two"])


def _xml(text: str) -> object:
    return ET.fromstring(text.encode())  # noqa: S314 - ours


def _lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def _page(text: str) -> str:
    if not text.endswith("</footer>\n</body>\n</html>\n"):
        raise ValueError(text[-100:])
    return text


# What reads a format whole; text and annotations have no end of their own.
READ: Final[Mapping[str, Callable[[str], object]]] = {
    "json": json.loads,
    "sarif": json.loads,
    "junit": _xml,
    "ndjson": _lines,
    "text": str.splitlines,
    "github": str.splitlines,
    "html": _page,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with documents, a rule set, and outputs of an earlier run."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.sch").write_text(RULES)
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    for number in range(40):
        (tmp_path / "in" / f"{number:02}.xml").write_bytes(DOCUMENT)
    for form in FORMATS:
        (tmp_path / "out" / form).write_text("old")


def untouched(folder: Path = Path("out")) -> bool:
    """Whether the outputs are those of before, and nothing else is there."""
    found = {path.name: path.read_text() for path in folder.iterdir()}
    return found == dict.fromkeys(FORMATS, "old")


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


@FORM
def test_nothing_matches(form: str) -> None:
    done = subprocess.run(
        [*COMMAND, "none*.xml", "--format", form, *OUTPUTS],
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert b"none*.xml: no file matches; look at the folder" in done.stderr
    for text in (done.stdout.decode(), Path("out", form).read_text()):
        READ[form](text)
        assert "R-F" not in text
    if form in {"sarif", "junit", "github", "html"}:  # those have a place for it
        assert b"no file matches" in done.stdout


@FORM
def test_a_reader_goes_after_the_first_line(form: str) -> None:
    with started("in", "--format", form, *OUTPUTS) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert process.returncode == 141
    assert b"rror" not in said
    assert untouched()


@EVERY_WAY
@FORM
def test_ctrl_c_comes_in_the_middle(form: str, jobs: list[str]) -> None:
    # The last is a pipe that nobody writes to, so that there is a middle.
    os.mkfifo("wait.xml")
    line = ["in", "wait.xml", "--format", form, *OUTPUTS, *jobs]
    with started(*line, start_new_session=True) as process:
        assert process.stdout is not None
        begin = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        out, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert b"Traceback" not in said
    assert untouched()
    if form in {"json", "sarif", "junit", "html"}:  # half must not look whole
        with pytest.raises((ValueError, ET.ParseError)):
            READ[form]((begin + out).decode())
    elif form == "ndjson":
        assert len(_lines((begin + out).decode())) <= 40


@FORM
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_standard_output_is_full_and_the_files_stay_as_they_were(form: str) -> None:
    with Path("/dev/full").open("wb") as full:
        process = started("in", "--format", form, *OUTPUTS, stdout=full)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 2
    assert said.decode().splitlines()[-1] == (
        "Error: standard output: No space left on device "
        "(make room there, or choose another place)"
    )
    assert untouched()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Give a file system of 64 KiB with the outputs of an earlier run."""
    path = Path("small")
    path.mkdir()
    program = shutil.which("mount")
    mount = [program or "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(path)]
    if program is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        for form in FORMATS:
            (path / form).write_text("old")
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)  # noqa: S607


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "text"])
def test_the_disk_of_an_output_is_full(form: str, small_disk: Path) -> None:
    file = small_disk / form
    for number in range(200):
        Path("in", f"{number:03}.xml").write_bytes(DOCUMENT)
    if form == "github":  # a short format
        (small_disk / "filler").write_bytes(bytes(36_000))
    done = subprocess.run(
        [*COMMAND, "in", "--output", f"{form}={file}"], capture_output=True, check=False
    )
    (small_disk / "filler").unlink(missing_ok=True)

    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == (
        f"Error: {file}: No space left on device "
        "(make room there, or choose another place)"
    )
    assert untouched(small_disk)


@FORM
@pytest.mark.skipif(sys.platform != "linux", reason="others refuse such names")
def test_a_name_that_is_no_text_in_a_locale_that_has_none(form: str) -> None:
    Path("odd").mkdir()
    name = b"odd/a\xff\xe7.xml"
    Path(os.fsdecode(name)).write_bytes(DOCUMENT)
    poor = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    output = b"--output=%s=odd/\xe7" % form.encode()
    done = subprocess.run(
        [*COMMAND, "odd", "--format", form, output],
        capture_output=True,
        check=False,
        env={**os.environ, **poor},
    )

    assert done.returncode == 1
    READ[form](done.stdout.decode("latin-1"))
    assert b"internal error" not in done.stderr
    assert READ[form](Path(os.fsdecode(b"odd/\xe7")).read_text(encoding="utf-8"))


def test_what_saxon_says_is_in_no_file_when_standard_error_is_closed() -> None:
    Path("rules.sch").write_text(RULES.replace("false()", "1 idiv 0"))
    line = f"{' '.join(COMMAND)} in/00.xml --output json=out/json 2>&-"
    done = subprocess.run(["/bin/sh", "-c", line], check=False, capture_output=True)

    assert done.returncode == 1
    (report,) = json.loads(Path("out/json").read_text())["reports"]
    assert report["checks"][2]["findings"][0]["rule"] == "CP-RULES-01"
