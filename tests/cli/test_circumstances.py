"""Every command under every circumstance: exit code, streams and the way out.

Real processes, because streams, homes, locales and disks belong to them.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests import signing_keys as keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no /bin/sh")

ROOT = Path(__file__).resolve().parents[2]
SECRET = "CIUS_PT_TEST_SECRET"  # noqa: S105 - the name of a variable
P12 = f"--p12 selo.p12 --password-env {SECRET}"
CODE = "A:500000000*B:999999990*C:PT*D:FT*E:N*F:20200101*G:FT 1/1*H:0*I1:0*N:0.00"
CODE += "*O:0.00*Q:abcd*R:1234"
PATTERN = '<pattern><rule context="/*"><assert id="R" test="true()">no</assert></rule>'
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    f"{20 * (PATTERN + '</pattern>')}</schema>"
)
MADE = "--certificate 1234 --hash abcd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line: its exit code, what it writes to and whether it has data."""

    line: str
    code: int = 0
    out: str | None = None
    data: bool = True


COMMANDS: Final[Mapping[str, Command]] = {
    "build": Command(line="build a.json"),
    "build -o": Command(line="build a.json -o out/b.xml", out="b.xml", data=False),
    "show": Command(line="show a.xml --format json"),
    "check": Command(line="check --format json a.xml"),
    "check --output": Command(
        line="check a.xml --output sarif=out/s", out="s", data=False
    ),
    "check --svrl": Command(
        line="check a.xml --rules r.sch --svrl out/v", out="v", data=False
    ),
    "check --resume": Command(line="check a.xml --resume out/j", out="j", data=False),
    "check --jobs": Command(line="check --jobs 2 a.xml none.xml", code=2, data=False),
    "explain": Command(line="explain BR-CO-25"),
    "codes": Command(line="codes"),
    "nif": Command(line="nif 123456788", code=1),
    "qr decode": Command(line=f"qr decode {shlex.quote(CODE)}"),
    "qr encode": Command(line=f"qr encode a.json {MADE} -o out/q.png", out="q.png"),
    "rules list": Command(line="rules list"),
    "rules export": Command(
        line="rules export rulebook-2.1.2 out/r.sch", out="r.sch", data=False
    ),
    "sign": Command(line=f"sign a.xml {P12} -o out/s.xml", out="s.xml", data=False),
    "verify": Command(line="verify a.xml --format json", code=1),
    "upload": Command(line="upload --dry-run --format json a.xml"),
}
EVERY = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A folder to work in, the environment, and as whom."""

    folder: Path
    before: str = ""
    environment: Mapping[str, str | None] = field(default_factory=dict)

    def run(
        self, line: str, redirections: str = ""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command line of ours in a shell."""
        chosen = {
            **os.environ,
            SECRET: keys.PASSWORD,
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.environment,
        }
        # Whoever may not write has no place for what is measured either.
        for name in ("PYTHONUNBUFFERED", "COVERAGE_PROCESS_CONFIG"):
            chosen.pop(name, None)
        python = shlex.quote(sys.executable)
        script = f"{self.before} {python} -m cius_pt {line} {redirections}"
        return subprocess.run(
            ["/bin/sh", "-c", script],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
            cwd=self.folder,
            env={key: value for key, value in chosen.items() if value is not None},
        )


@pytest.fixture(scope="module")
def key() -> bytes:
    """Return a key to sign with by today's clock."""
    return keys.p12("p256", until=keys.NOW + 3000 * keys.DAY)


@pytest.fixture(scope="module", autouse=True)
def home() -> Iterator[None]:
    """Share what is kept of the rules: translating them takes seconds."""
    with (
        tempfile.TemporaryDirectory(prefix="cius-pt-test-") as name,
        pytest.MonkeyPatch.context() as patch,
    ):
        Path(name).chmod(0o755)
        patch.setenv("CIUS_PT_HOME", name)
        yield


@pytest.fixture
def folder(key: bytes) -> Iterator[Path]:
    """Give a folder with documents and a key that every user can reach."""
    with tempfile.TemporaryDirectory(prefix="cius-pt-test-") as name:
        path = Path(name)
        path.chmod(0o755)
        for ending in ("xml", "json"):
            fixture = ROOT / "fixtures" / f"withholding.{ending}"
            (path / f"a.{ending}").write_bytes(fixture.read_bytes())
        (path / "selo.p12").write_bytes(key)
        (path / "selo.p12").chmod(0o644)
        (path / "r.sch").write_text(RULES)
        (path / "out").mkdir()
        yield path


@pytest.fixture(scope="module")
def stranger() -> str:
    """Return what runs a command as somebody without rights, name and home."""
    program = shutil.which("setpriv")
    if program is None or os.geteuid() != 0:
        pytest.skip("only root can become somebody else, with setpriv")
    before = f"{program} --reuid 54321 --regid 54321 --clear-groups"
    tried = f"{before} {shlex.quote(sys.executable)} -c 'import cius_pt'"
    if subprocess.run(tried, shell=True, cwd="/", check=False).returncode:  # noqa: S602
        pytest.skip("this checkout is not readable by others")
    return before


Done = subprocess.CompletedProcess[bytes]


def last(done: Done) -> str:
    lines = done.stderr.decode(errors="replace").splitlines()
    return lines[-1] if lines else ""


def orderly(done: Done) -> None:
    """Hold what is so whatever happens."""
    assert b"Traceback" not in done.stderr + done.stdout
    assert b"internal error" not in done.stderr + done.stdout


@EVERY
def test_as_it_should_be(folder: Path, command: Command) -> None:
    done = World(folder=folder).run(command.line)

    orderly(done)
    assert (done.returncode, bool(done.stdout)) == (command.code, command.data)
    assert [p.name for p in (folder / "out").iterdir()] == (
        [command.out] if command.out else []
    )


@EVERY
def test_all_streams_are_closed(folder: Path, command: Command) -> None:
    done = World(folder=folder).run(command.line, "<&- >&- 2>&-")

    assert (done.returncode, done.stdout, done.stderr) == (command.code, b"", b"")
    if command.out:  # what would have gone to a stream is not in the file
        written = (folder / "out" / command.out).read_bytes()
        (folder / "out" / command.out).unlink()
        World(folder=folder).run(command.line)
        again = (folder / "out" / command.out).read_bytes()
        assert len(written) == pytest.approx(len(again), abs=40)  # times differ


@EVERY
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_the_disk_of_standard_output_is_full(folder: Path, command: Command) -> None:
    done = World(folder=folder).run(command.line, ">/dev/full")

    orderly(done)
    if command.data:
        assert done.returncode == 2
        assert last(done).startswith("Error: standard output: No space left on device")
        assert last(done).endswith("(make room there, or choose another place)")
    else:
        assert done.returncode == command.code


def limits() -> str:
    """Return what keeps every file below 512 bytes and tells it as an error."""
    return "trap '' XFSZ; ulimit -f 1; exec"


@EVERY
def test_a_file_cannot_be_written_to_its_end(folder: Path, command: Command) -> None:
    if command.out and command.out != "j":
        (folder / "out" / command.out).write_bytes(b"old")
    done = World(folder=folder, before=limits()).run(command.line)

    orderly(done)
    if command.out is None:
        assert done.returncode == command.code
        return
    assert done.returncode == 2
    assert f"out/{command.out}: File too large (make room" in last(done)
    if command.out != "j":
        assert (folder / "out" / str(command.out)).read_bytes() == b"old"
        assert len(list((folder / "out").iterdir())) == 1


@EVERY
def test_nobody_reads(folder: Path, command: Command) -> None:
    # `true` ends at once; its exit code would hide ours.
    line = f"{{ sleep 0.2; {shlex.quote(sys.executable)} -m cius_pt {command.line}; "
    line += "echo $? >code; } | true"
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        capture_output=True,
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, SECRET: keys.PASSWORD},
    )

    orderly(done)
    code = int((folder / "code").read_text())
    assert code == (141 if command.data else command.code)


@pytest.mark.parametrize(
    ("command", "home"),
    [
        *((command, None) for command in COMMANDS.values()),
        (COMMANDS["check"], "/nonexistent"),
        (COMMANDS["check"], "/dev/null"),
    ],
    ids=[*COMMANDS, "nothing there", "a file"],
)
def test_there_is_no_home(
    folder: Path, stranger: str, command: Command, home: str | None
) -> None:
    (folder / "out").chmod(0o777)
    nothing = {"CIUS_PT_HOME": None, "HOME": home, "TMPDIR": "/nonexistent"}
    done = World(folder=folder, before=stranger, environment=nothing).run(command.line)

    orderly(done)
    assert (done.returncode, bool(done.stdout)) == (command.code, command.data)


@EVERY
def test_a_folder_may_not_be_written_to(
    folder: Path, stranger: str, command: Command
) -> None:
    done = World(folder=folder, before=stranger).run(command.line)

    orderly(done)
    if command.out is None:
        assert done.returncode == command.code
        return
    assert (done.returncode, done.stdout) == (2, b"")
    said = f"Error: out/{command.out}: Permission denied"
    assert last(done) == f"{said} (get the right to it, or choose another place)"


@EVERY
def test_the_locale_is_not_of_utf_8(folder: Path, command: Command) -> None:
    poor = {
        "LC_ALL": "C",
        "PYTHONIOENCODING": "latin-1",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    done = World(folder=folder, environment=poor).run(command.line)

    orderly(done)
    assert (done.returncode, bool(done.stdout)) == (command.code, command.data)
    if command.line.startswith("build"):
        assert done.stdout == World(folder=folder).run(command.line).stdout
    else:
        done.stdout.decode("latin-1")


def test_the_current_folder_is_gone(folder: Path) -> None:
    (folder / "gone").mkdir()
    done = World(folder=folder, before="cd gone; rmdir ../gone; exec").run("check x")

    orderly(done)
    assert (done.returncode, done.stdout) == (2, b"")
    assert last(done) == (
        "Error: the current folder is gone: change to one that is there (cd)"
    )


@pytest.mark.parametrize(
    "line", ["build -", "show -", "qr decode", "verify -", "check -", "upload -"]
)
def test_standard_input_is_closed(folder: Path, line: str) -> None:
    line = line.replace("upload", "upload --dry-run")
    done = World(folder=folder).run(line, "<&-")

    orderly(done)
    assert done.returncode == 2
    assert "standard input is closed: name a file" in done.stderr.decode()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check closed", "closed: Permission denied (get the right to it"),
        ("check closed.xml", "cannot be read: Permission denied (get the right to it"),
        ("verify closed", "closed: Permission denied (get the right to it"),
        ("verify closed.xml", "closed.xml: Permission denied (get the right to it"),
        ("show closed.xml", "closed.xml: Permission denied (get the right to it"),
        ("build closed.xml", "closed.xml: Permission denied (get the right to it"),
        ("upload --dry-run closed.xml", "Permission denied (get the right to it"),
        (f"sign closed.xml {P12} -o b", "Permission denied (get the right to it"),
        ("qr encode closed.xml " + MADE, "File 'closed.xml' is not readable."),
        ("check --rules closed/x.sch a.xml", "there is no rule set at closed/x.sch"),
        ("rules install closed", "closed: Permission denied (get the right to it"),
    ],
)
def test_what_may_not_be_read_is_said(
    folder: Path, stranger: str, line: str, said: str
) -> None:
    (folder / "closed").mkdir(mode=0)
    (folder / "closed.xml").write_bytes(b"<a/>")
    (folder / "closed.xml").chmod(0)
    done = World(folder=folder, before=stranger).run(line)

    orderly(done)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_without_a_home_rules_are_not_installed_and_the_way_out_is_said(
    folder: Path, stranger: str
) -> None:
    nothing: dict[str, str | None] = {"CIUS_PT_HOME": None, "HOME": None}
    world = World(folder=folder, before=stranger, environment=nothing)
    for line in ("rules install r.sch --trust", "upload a.xml"):
        done = world.run(line)

        orderly(done)
        assert done.returncode == 2
    assert "set HOME, or CIUS_PT_HOME to a folder" in last(
        world.run("rules install r.sch --trust")
    )


def test_a_killed_command_leaves_nothing_in_the_temporary_folder(
    folder: Path,
) -> None:
    (folder / "t").mkdir()
    environment = {**os.environ, "TMPDIR": str(folder / "t")}
    environment |= {"CIUS_PT_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "cius_pt", "check", "a.xml"]

    def killed_after(seconds: float) -> Callable[[], bool]:
        def ended() -> bool:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return False
            return True

        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return ended

    seconds = 0.1
    while not killed_after(seconds)():
        assert list((folder / "t").iterdir()) == []
        seconds += 0.07
    assert list((folder / "t").iterdir()) == []
