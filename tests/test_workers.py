"""`workers.run` with `eval` as the work: each item says what happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.workers import Lost, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DIE = "__import__('os')._exit(3)"
HANG = "__import__('time').sleep(600)"
PID = "__import__('os').getpid()"


def answers(items: list[str], **options: Any) -> list[Any]:
    settings: dict[str, Any] = {"workers": 2, "seconds": 60.0, "ahead": 8} | options
    return list(run(eval, items, **settings))


def test_answers_come_in_the_order_of_the_items() -> None:
    slow = "__import__('time').sleep(0.3) or 'slow'"

    assert answers([slow, *map(str, range(20))]) == ["slow", *range(20)]


def test_nothing_to_do_needs_no_process() -> None:
    assert answers([]) == []


def test_the_work_is_done_in_as_many_processes_as_were_asked_for() -> None:
    pid = f"__import__('time').sleep(0.05) or {PID}"
    found = set(answers([pid] * 20, workers=2))

    assert len(found) == 2
    assert os.getpid() not in found


def test_an_item_whose_process_dies_is_lost_and_no_other() -> None:
    found = answers(["1", DIE, "2", DIE, "3"])

    assert [x if isinstance(x, int) else None for x in found] == [1, None, 2, None, 3]
    assert "ended unexpectedly (exit code 3)" in found[1].reason


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_the_signal_that_ended_a_process_is_named() -> None:
    (lost,) = answers([f"__import__('os').kill({PID}, 9)"])

    assert "SIGKILL" in lost.reason


def test_an_item_that_hangs_is_stopped_and_the_rest_goes_on() -> None:
    begin = time.monotonic()
    found = answers(["1", HANG, "2", "3"], seconds=3.0)

    assert (found[0], found[2:]) == (1, [2, 3])
    assert "took more than 3 s" in found[1].reason
    assert time.monotonic() - begin < 30


def test_an_error_of_the_work_is_a_lost_item() -> None:
    assert answers(["1 / 0", "1"]) == [
        Lost(reason="ZeroDivisionError: division by zero"),
        1,
    ]


def test_what_cannot_be_pickled_is_a_lost_item() -> None:
    items: list[Any] = ["1", lambda: 2, "3"]
    found = answers(items)

    assert (found[0], found[2]) == (1, 3)
    assert "cannot be handed" in found[1].reason
    (lost,) = answers(["lambda: 1"])
    assert isinstance(lost, Lost)


@pytest.mark.parametrize("ahead", [2, 5])
def test_items_are_taken_only_as_they_are_needed(ahead: int) -> None:
    taken = 0

    def items() -> Iterator[str]:
        nonlocal taken
        for taken in range(1, 101):  # noqa: B007 - counted outside
            yield "1"

    found = run(eval, items(), workers=2, seconds=60.0, ahead=ahead)
    for given, _ in enumerate(found, start=1):
        assert taken - given <= ahead
    assert given == 100


def test_processes_end_when_the_caller_stops_asking() -> None:
    found = run(eval, [PID] * 9, workers=2, seconds=60.0, ahead=8)
    pid = next(found)
    assert isinstance(pid, int)
    found.close()  # type: ignore[attr-defined]

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_a_process_writes_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    answers(["__import__('os').system('echo out; echo err >&2')", "print(1)"])

    assert capfd.readouterr() == ("", "")


def test_an_unguarded_script_gets_its_answers_or_the_reason(tmp_path: Path) -> None:
    """Each process runs such a script again, and there can start none of its own."""
    script = tmp_path / "unguarded.py"
    script.write_text(
        "import multiprocessing\n"
        "from cius_pt.workers import Lost, run\n"
        "found = list(run(eval, ['1'] * 9, workers=2, seconds=60.0, ahead=8))\n"
        "if multiprocessing.parent_process() is None:\n"
        "    print(len(found), *{getattr(x, 'reason', x) for x in found})\n"
        "else:\n"
        "    assert all('__main__' in x.reason for x in found), found\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "9 1\n" or "__main__" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_ends_everything_without_a_word(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from cius_pt.workers import run\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        f"        for pid in run(eval, [{PID!r}, {HANG!r}, {HANG!r}],\n"
        "                       workers=2, seconds=60.0, ahead=8):\n"
        "            print(pid, flush=True)\n"
        "    except KeyboardInterrupt:\n"
        "        sys.exit(7)\n"
    )
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (7, "", "")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from cius_pt.workers import run\n"
        "if __name__ == '__main__':\n"
        f"    found = run(eval, [{PID!r}] * 9, workers=1, seconds=60.0, ahead=8)\n"
        "    print(next(found), flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    end = time.monotonic() + 20
    while _alive(pid) and time.monotonic() < end:
        time.sleep(0.05)

    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
