from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from importlib.metadata import entry_points, version
from pathlib import Path
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

import click
import pytest

from cius_pt import errors, findings
from cius_pt.cli import exit_codes, main, program, streams

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
COMMANDS = [
    "build",
    "check",
    "codes",
    "completion",
    "doctor",
    "explain",
    "fake-ilink",
    "nif",
    "qr",
    "rules",
    "show",
    "sign",
    "status",
    "upload",
    "verify",
]
NO_ROOM = (
    "Error: standard output: No space left on device "
    "(make room there, or choose another place)\n"
)
Answer = tuple[int, str, str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a data directory with no rule set, and output that is buffered."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run the command line in this process."""

    def do(*arguments: str) -> Answer:
        code = main(arguments)
        out, err = capfd.readouterr()
        return code, out, err

    return do


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make the command `show` raise."""

    def do(error: BaseException) -> None:
        @click.command("show")
        def show() -> None:
            raise error

        monkeypatch.setattr("cius_pt.cli.show.show", show)

    return do


def spawn(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments],
        timeout=60,
        check=False,
        **{"stdout": PIPE, "stderr": PIPE, **options},
    )


# --- finding the way -------------------------------------------------------------


def test_the_version_is_that_of_the_distribution(run: Callable[..., Answer]) -> None:
    assert run("--version") == (0, f"cius-pt {version('cius-pt')}\n", "")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command_and_the_exit_codes(
    run: Callable[..., Answer], option: str
) -> None:
    code, out, err = run(option)

    assert (code, err) == (0, "")
    for command in COMMANDS:
        assert f"\n  {command} " in out
    assert "Exit codes: 0 did it" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    # A process of its own: click keeps the names of help from a command's first use.
    done = spawn("-m", "cius_pt", command, "-h")

    assert (done.returncode, done.stderr) == (0, b"")
    assert f"Usage: cius-pt {command}" in done.stdout.decode()


def test_without_a_command_the_help_is_an_error(run: Callable[..., Answer]) -> None:
    code, out, err = run()

    assert (code, out) == (2, "")
    assert err.startswith("Usage: cius-pt ")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["--nonsense"], ["rules", "nonsense"], ["show"]]
)
def test_wrong_usage_is_2(run: Callable[..., Answer], arguments: list[str]) -> None:
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith("Usage: cius-pt ")


def test_the_console_script_is_main() -> None:
    (script,) = entry_points(group="console_scripts", name="cius-pt")

    assert script.load() is main


def test_python_dash_m_is_the_same_program() -> None:
    done = spawn("-m", "cius_pt", "--version")

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().split() == ["cius-pt", version("cius-pt")]


def test_a_command_is_imported_when_it_is_used() -> None:
    code = (
        "import sys; from cius_pt.cli import main; assert 'click' not in sys.modules;"
        "main(['rules', 'list']);"
        "print(*sorted(m for m in sys.modules if m.startswith('cius_pt.cli.')))"
    )
    used = spawn("-c", code).stdout.decode().split()

    assert "cius_pt.cli.rules" in used
    assert not {"cius_pt.cli.check", "cius_pt.cli.build", "cius_pt.cli.show"} & {*used}


def test_a_shell_can_ask_how_to_go_on() -> None:
    environment = {
        **os.environ,
        "_CIUS_PT_COMPLETE": "bash_complete",
        "COMP_WORDS": "cius-pt ch",
        "COMP_CWORD": "1",
    }
    done = spawn("-m", "cius_pt", env=environment)

    assert (done.returncode, done.stdout) == (0, b"plain,check\n")


# --- what becomes of errors ---------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (errors.CiusPtError("no\nway"), 2, "Error: no way\n"),
        (errors.InvalidValue("odd", path="lines[2]"), 2, "Error: lines[2]: odd\n"),
        (errors.UnreadableDocument("x", rule="CP-XML-04"), 2, "Error: x\n"),
        (errors.ArtefactError("gone"), 2, "Error: gone\n"),
        (errors.ArtefactError("far", unreachable=True), 3, "Error: far\n"),
        (errors.FindingsError(findings.Report()), 2, "Error: nothing was checked\n"),
        (errors.CiusPtError("\x1b[2J"), 2, "Error: \\x1b[2J\n"),
        (
            FileNotFoundError(2, "No such file", "a\nb"),
            2,
            (
                "Error: a\\nb: No such file "
                "(look at the name, and whether its folder is there)\n"
            ),
        ),
        (OSError("plain"), 2, "Error: plain\n"),
        (OSError(), 2, "Error: OSError\n"),
        (click.ClickException("clicked"), 2, "Error: clicked\n"),
        (click.FileError("f", "hint"), 2, "Error: Could not open file 'f': hint\n"),
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (
            ZeroDivisionError("a\nb"),
            2,
            "internal error: ZeroDivisionError: a b (run with cius-pt -v)\n",
        ),
        (
            MemoryError(),
            2,
            "internal error: MemoryError (run with cius-pt -v)\n",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_error_is_one_line_and_an_exit_code(
    run: Callable[..., Answer],
    raising: Callable[[BaseException], None],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    before = signal.getsignal(signal.SIGINT)
    raising(error)
    try:
        assert run("show") == (code, "", said)
    finally:
        signal.signal(signal.SIGINT, before)


def test_verbose_shows_where_an_internal_error_arose(
    run: Callable[..., Answer], raising: Callable[[BaseException], None]
) -> None:
    raising(ZeroDivisionError("oh"))
    code, out, err = run("-v", "show")

    assert (code, out) == (2, "")
    assert err.startswith("Traceback (most recent call last):\n")
    assert err.endswith("internal error: ZeroDivisionError: oh (run with cius-pt -v)\n")


def test_verbose_does_not_make_a_known_error_longer(
    run: Callable[..., Answer], raising: Callable[[BaseException], None]
) -> None:
    raising(errors.ArtefactError("gone"))

    assert run("--verbose", "show") == (2, "", "Error: gone\n")


def test_the_exit_code_of_a_command_is_kept(
    run: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command("show")
    @click.pass_context
    def show(context: click.Context) -> None:
        context.exit(1)

    monkeypatch.setattr("cius_pt.cli.show.show", show)

    assert run("show") == (exit_codes.FINDINGS, "", "")


def test_after_ctrl_c_a_second_one_ends_the_process_at_once(
    run: Callable[..., Answer], raising: Callable[[BaseException], None]
) -> None:
    before = signal.getsignal(signal.SIGINT)
    raising(KeyboardInterrupt())
    try:
        assert run("show")[0] == 130
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_while_it_is_still_loading_is_130(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "run", interrupted)

    assert main([]) == 130


def test_it_runs_in_any_thread(raising: Callable[[BaseException], None]) -> None:
    codes = []
    raising(KeyboardInterrupt())
    thread = threading.Thread(target=lambda: codes.append(main(["show"])))
    thread.start()
    thread.join()

    assert codes == [130]


def test_a_url_that_cannot_be_reached_is_3(run: Callable[..., Answer]) -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/rules.zip"
        code, out, err = run("rules", "install", url)

    assert (code, out) == (3, "")
    assert err.startswith("Error: ")
    assert len(err.splitlines()) == 1


def test_a_rule_set_that_is_not_there_is_2(run: Callable[..., Answer]) -> None:
    code, out, err = run("rules", "info", "nonsense")

    assert (code, out) == (2, "")
    assert err.startswith("Error: the rule set nonsense is not installed")


def test_a_document_that_is_none_is_2_for_show(
    run: Callable[..., Answer], tmp_path: Path
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"%PDF-1.7")

    assert run("show", str(path)) == (
        2,
        "",
        "Error: this is a PDF, not an XML document\n",
    )


# --- streams that are closed, full or gone ------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /bin/sh")
@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_do_no_harm(redirection: str) -> None:
    line = f"{sys.executable} -m cius_pt rules list {redirection}"
    done = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, timeout=60, check=False
    )

    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["rules", "list", "--format", "json"],
        ["build", str(FIXTURES / "withholding.json")],
    ],
)
def test_a_reader_that_has_gone_is_no_error_message(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = spawn("-m", "cius_pt", *arguments, stdout=writing)
    finally:
        os.close(writing)

    assert done.returncode == 141
    assert b"rror" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "arguments", [["--version"], ["build", str(FIXTURES / "withholding.json")]]
)
def test_a_full_disk_is_2_and_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = spawn("-m", "cius_pt", *arguments, stdout=full)

    assert done.returncode == 2
    assert NO_ROOM.endswith(done.stderr.decode().removeprefix("Error: "))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_an_error_that_cannot_be_told_is_still_an_exit_code() -> None:
    with Path("/dev/full").open("wb") as full:
        nonsense = ["rules", "info", "nonsense"]
        done = spawn("-m", "cius_pt", *nonsense, stdout=full, stderr=full)

    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_what_a_command_left_in_the_buffer_is_written_before_the_verdict(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    @click.command("show")
    def show() -> None:
        sys.stdout.write("not flushed")

    monkeypatch.setattr("cius_pt.cli.show.show", show)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        code = main(["show"])

    assert code == 2
    assert capfd.readouterr().err == NO_ROOM


def test_streams_that_are_not_there_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)

    streams.put("a")
    streams.tell("b")
    streams.flush()
    streams.let_go()


_GARBAGE = """
import gc, sys
from cius_pt.cli import main

usual = gc.get_threshold()
main(["nif", "123456789"])
assert gc.get_threshold() == usual, "a caller's own collector was changed"
sys.argv = ["cius-pt", "nif", "123456789"]
main()
assert gc.get_threshold() > usual
held = [[] for _ in range(2 * gc.get_threshold()[0])]
assert gc.get_threshold() == usual
assert gc.callbacks == []
"""


def test_garbage_is_collected_as_usual_when_there_may_be_some() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _GARBAGE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
