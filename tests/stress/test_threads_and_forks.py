"""Many threads, forked children, asyncio and sudden ends: Saxon survives them all."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stress.conftest import Script

pytestmark = pytest.mark.slow
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def test_sixteen_threads_get_their_own_verdicts(script: Script, full: bool) -> None:
    each = 500 if full else 40
    body = f"""
import threading
barrier = threading.Barrier(16)
wrong, done = [], []
def work(first):
    barrier.wait()
    for number in range(first, first + {each}):
        (done if judge(number) else wrong).append(number)
threads = [threading.Thread(target=work, args=(n * {each},)) for n in range(16)]
[t.start() for t in threads]
[t.join() for t in threads]
print(len(done), len(set(done)), wrong)
"""
    total = 16 * each

    assert script(body) == (0, f"{total} {total} []\n", "")


@forks
def test_children_forked_after_use_have_engines_of_their_own(script: Script) -> None:
    body = """
assert judge(0)
children = []
for child in range(8):
    pid = os.fork()
    if not pid:
        good = all(judge(n) for n in range(child * 20, child * 20 + 20))
        os._exit(0 if good else 1)
    children.append(pid)
    assert judge(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
print(codes, judge(7))
"""

    assert script(body) == (0, f"{[0] * 8} True\n", "")


@forks
def test_children_may_be_forked_while_threads_are_at_work(script: Script) -> None:
    body = """
import threading, time
stop = threading.Event()
wrong = []
def work(first):
    number = first
    while not stop.is_set():
        number += 2
        if not judge(number):
            wrong.append(number)
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]
codes = []
for child in range(8):
    pid = os.fork()
    if not pid:
        # A thread that takes over the stack of one that is not there any more.
        threading.Thread(target=lambda: time.sleep(60), daemon=True).start()
        os._exit(0 if all(judge(n) for n in range(50)) else 1)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
stop.set()
[t.join() for t in threads]
print(codes, wrong)
"""

    assert script(body) == (0, f"{[0] * 8} []\n", "")


def test_threads_may_come_and_go(script: Script) -> None:
    body = """
import threading
done = []
for start in range(0, 200, 4):
    threads = [
        threading.Thread(target=lambda n=n: done.append((n, judge(n))))
        for n in range(start, start + 4)
    ]
    [t.start() for t in threads]
    [t.join() for t in threads]
print(sorted(n for n, good in done) == list(range(200)), all(g for _, g in done))
"""

    assert script(body) == (0, "True True\n", "")


def test_asyncio_gathers_five_hundred_checks(script: Script) -> None:
    body = """
import asyncio
async def main():
    jobs = [asyncio.to_thread(judge, n) for n in range(500)]
    return await asyncio.gather(*jobs)
print(sum(asyncio.run(main())))
"""

    assert script(body) == (0, "500\n", "")


def test_an_event_loop_goes_on_while_documents_are_checked(script: Script) -> None:
    body = """
import asyncio
async def main():
    ticks = 0
    checks = asyncio.gather(*(asyncio.to_thread(judge, n) for n in range(100)))
    while not checks.done():
        await asyncio.sleep(0.005)
        ticks += 1
    return all(await checks), ticks > 3
print(asyncio.run(main()))
"""

    assert script(body) == (0, "(True, True)\n", "")


@pytest.mark.parametrize(
    ("ending", "code"), [("", 0), ("sys.exit(5)", 5), ("os._exit(6)", 6)]
)
def test_the_interpreter_may_end_in_the_middle(
    script: Script, ending: str, code: int
) -> None:
    body = f"""
import threading, time
def work():
    number = 0
    while True:
        number += 1
        judge(number)
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
assert judge(0)
time.sleep(0.2)
print("end", flush=True)
{ending}
"""

    assert script(body) == (code, "end\n", "")


def test_a_batch_may_be_left_in_the_middle(script: Script) -> None:
    body = """
from cius_pt import check_many
if __name__ == "__main__":
    found = check_many(map(document, range(500)), rules=RULES, processes=2)
    print(all(right(next(found), n) for n in range(20)))
    sys.exit(5)
"""

    assert script(body) == (5, "True\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_ctrl_c_during_threads_leaves_a_usable_engine(script: Script) -> None:
    body = """
import signal, threading
assert judge(0)
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
number = 0
try:
    while True:
        number += 1
        assert judge(number)
except KeyboardInterrupt:
    pass
print(all(judge(n) for n in range(20)))
"""

    assert script(body) == (0, "True\n", "")
