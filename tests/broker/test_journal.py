"""What the journal remembers, who may hold a document, how often may be asked."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cius_pt.broker.claims import claim, let_go
from cius_pt.broker.credentials import Credentials
from cius_pt.broker.environment import Environment
from cius_pt.broker.identity import Identity
from cius_pt.broker.journal import Journal, Standing
from cius_pt.broker.limiter import Limiter
from cius_pt.broker.secret import Secret
from cius_pt.broker.steps import Wait, drive
from cius_pt.errors import BrokerError

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.broker.steps import Steps
    from cius_pt.broker.wire import Request, Response


def identity(number: str = "1", content: str = "a") -> Identity:
    return Identity(
        seller="500000000",
        number=number,
        kind="FT",
        issued="2026-01-31",
        sha256=content,
        aim=f"aim-{number}",
    )


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "folder" / "j.sqlite3", "https://a", lambda: 1.0)


def standing(journal: Journal, who: Identity) -> tuple[Standing, bool]:
    entry = next(e for e in journal.history(who) if e.sha256 == who.sha256)
    return entry.standing, entry.doubtful


def test_it_is_for_its_owner_alone_and_in_wal_mode(journal: Journal) -> None:
    journal.begin(identity())

    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert journal.path.read_bytes()[18:20] == b"\2\2"  # the file format says WAL


def test_what_was_begun_and_never_ended_is_in_doubt(journal: Journal) -> None:
    journal.begin(identity())
    assert standing(journal, identity()) == (Standing.SENDING, False)
    journal.begin(identity())

    assert standing(journal, identity()) == (Standing.SENDING, True)


def test_what_was_not_sent_now_may_have_been_sent_before(journal: Journal) -> None:
    journal.begin(identity())
    journal.settle(identity(), Standing.UNKNOWN)
    journal.begin(identity())
    journal.settle(identity(), Standing.NOT_SENT)

    assert standing(journal, identity()) == (Standing.UNKNOWN, True)


def test_what_was_never_sent_is_not_in_doubt(journal: Journal) -> None:
    journal.begin(identity())
    journal.settle(identity(), Standing.NOT_SENT)
    journal.begin(identity())

    assert standing(journal, identity()) == (Standing.SENDING, False)


@pytest.mark.parametrize("later", [Standing.REFUSED, Standing.NOT_SENT])
def test_what_is_there_stays_there_when_it_is_refused_again(
    later: Standing, journal: Journal
) -> None:
    journal.begin(identity())
    journal.settle(identity(), Standing.THERE, id="1.2")
    journal.begin(identity())
    journal.settle(identity(), later)

    assert standing(journal, identity())[0] is Standing.THERE


STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from([*Standing, None])), max_size=12
)


@settings(deadline=None, max_examples=25)  # each writes to a disk
@given(STEPS)
def test_nothing_that_may_have_arrived_is_forgotten(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, Standing | None]],
) -> None:
    journal = Journal(tmp_path_factory.mktemp("j") / "j", "https://a", lambda: 1.0)
    maybe: dict[str, bool] = {}
    for content, outcome in steps:
        who = identity(content=content)
        journal.begin(who)
        if outcome is not None and outcome is not Standing.SENDING:
            journal.settle(who, outcome)
        if outcome in {None, Standing.SENDING, Standing.UNKNOWN}:
            maybe[content] = True
        elif outcome in {Standing.THERE, Standing.REFUSED}:
            maybe[content] = False

    for content, in_doubt in maybe.items():
        now, doubtful = standing(journal, identity(content=content))
        open_ = now in {Standing.SENDING, Standing.UNKNOWN} or doubtful
        assert open_ or not in_doubt


def test_the_newest_content_that_ilink_took_is_known(journal: Journal) -> None:
    for content in ("a", "b"):
        journal.begin(identity(content=content))
        journal.settle(identity(content=content), Standing.THERE, id="1.2")
    journal.begin(identity(content="a"))
    journal.settle(identity(content="a"), Standing.REFUSED)

    newest = max(journal.history(identity()), key=lambda e: e.confirmed)
    assert newest.sha256 == "b"


def test_places_do_not_know_each_other(tmp_path: Path) -> None:
    tests = Journal(tmp_path / "j", "https://tests", lambda: 1.0)
    production = Journal(tmp_path / "j", "https://production", lambda: 1.0)
    tests.begin(identity())

    assert production.history(identity()) == ()
    assert production.entries() == ()


def test_a_document_is_found_by_its_names(journal: Journal) -> None:
    journal.begin(identity())
    journal.settle(identity(), Standing.THERE, id="60796c3c2a6fa2.53909016")

    found = journal.by_id("60796c3c2a6fa2.53909016")
    assert found == journal.by_aim("aim-1") == journal.by_number("1")[0]
    assert journal.by_id("x") is journal.by_aim("x") is None


def test_an_event_is_new_once(journal: Journal) -> None:
    assert [journal.first_time("a") for _ in range(2)] == [True, False]


def test_a_state_moves_only_when_it_is_another(tmp_path: Path) -> None:
    now = [1.0]
    journal = Journal(tmp_path / "j", "https://a", lambda: now[0])
    journal.begin(identity())
    journal.settle(identity(), Standing.THERE, id="1", state="sent")
    for now[0], state in ((2.0, "sent"), (3.0, "accepted"), (4.0, "accepted")):
        journal.track("1", state, None)

    found = journal.by_id("1")
    assert found is not None
    assert found.moved == 3.0


@pytest.mark.parametrize("what", [b"this is no database, it is a text", b"\0" * 5000])
def test_a_file_that_is_something_else_is_said_and_left(
    what: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "j"
    path.write_bytes(what)

    with pytest.raises(BrokerError, match="cannot be used"):
        Journal(path, "https://a", lambda: 1.0).begin(identity())
    assert path.read_bytes() == what


# --- claims ---


def held(steps: Steps[int]) -> int:
    return drive(steps, transport=nobody, sleep=time.sleep)


def nobody(request: Request) -> Response:
    raise AssertionError(request)


def test_a_second_claim_waits_for_the_first(tmp_path: Path) -> None:
    first = held(claim(tmp_path, "a"))
    second = claim(tmp_path, "a")

    assert isinstance(next(second), Wait)
    let_go(first)
    with pytest.raises(StopIteration) as done:
        second.send(None)
    let_go(done.value.value)


def test_threads_hold_a_document_one_after_the_other(tmp_path: Path) -> None:
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(10):
            handle = held(claim(tmp_path, "a"))
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.001)
            inside[0] -= 1
            let_go(handle)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1]


def test_a_claim_goes_with_the_process_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path;"
        "from cius_pt.broker.claims import claim; steps = claim(Path(sys.argv[1]), 'a')"
        "\ntry: next(steps)\nexcept StopIteration: print('held', flush=True)"
        "\ntime.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        waiting = claim(tmp_path, "a")
        assert isinstance(next(waiting), Wait)
        waiting.close()
        process.kill()
        process.wait()

    let_go(held(claim(tmp_path, "a")))


def test_a_claim_given_up_leaves_nothing_open(tmp_path: Path) -> None:
    first = held(claim(tmp_path, "a"))
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc") else 0  # noqa: PTH110, PTH208
    waiting = claim(tmp_path, "a")
    next(waiting)
    waiting.close()

    if before:
        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    let_go(first)


# --- the limit ---


def limiter(path: Path, clock: list[float], most: int = 200) -> Limiter:
    return Limiter(
        path,
        Environment(base_url="https://a.pt", requests_per_minute=most),
        Credentials(client_id="a", client_secret=Secret("b")),
        lambda: clock[0],
    )


def take(one: Limiter, clock: list[float]) -> float:
    """Take a turn and return when it was given."""

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    drive(one.turn(), transport=nobody, sleep=sleep)
    return clock[0]


def test_never_more_than_allowed_in_any_minute_for_all_together(
    tmp_path: Path,
) -> None:
    clock = [1_000.0]
    several = [limiter(tmp_path / "l", clock, most=20) for _ in range(3)]
    times = [take(several[i % 3], clock) for i in range(70)]

    for i, begin in enumerate(times):
        assert sum(begin <= t < begin + 60 for t in times[i:]) <= 20
    assert times[-1] - times[0] < 4 * 61.1  # and not much slower than that


def test_a_block_holds_for_everybody_for_two_minutes(tmp_path: Path) -> None:
    clock = [1_000.0]
    one, other = (limiter(tmp_path / "l", clock) for _ in range(2))
    one.block()

    assert take(other, clock) >= 1_120.0


def test_a_longer_block_that_ilink_names_is_kept(tmp_path: Path) -> None:
    clock = [1_000.0]
    one = limiter(tmp_path / "l", clock)
    one.block(300.0)
    one.block(10.0)

    assert take(one, clock) >= 1_300.0


def test_a_clock_that_was_set_back_does_not_stop_us(tmp_path: Path) -> None:
    clock = [1_000_000.0]
    one = limiter(tmp_path / "l", clock, most=1)
    take(one, clock)
    one.block()
    clock[0] = 1_000.0

    assert take(one, clock) < 1_070.0
