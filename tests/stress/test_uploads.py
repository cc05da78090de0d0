# SPDX-License-Identifier: MIT
"""No upload is lost and none is doubled, whatever goes wrong and whenever.

Against the local iLink, which counts how often each number was created. The matrix
has every kind of fault at every request of an upload; the crowd has two clients over
the same documents that are killed and started again. ``CIUS_PT_STRESS=full`` makes it
2,000 documents.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from cius_pt.broker.journal import Standing
from cius_pt.broker.replies import Outcome
from cius_pt.errors import BrokerError, BrokerUnauthorised
from cius_pt.testing.fake_ilink import Entity, Kind
from tests import uploading
from tests.stress.conftest import FULL, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cius_pt.broker.client import Broker
    from cius_pt.testing.fake_ilink import FakeIlink

# Every request that an upload can be made of.
STEPS = ("token", "upload", "search", "document")
# The first, the second, the first two, and all until it is repaired.
WHENS = ("@1", "@2", "@1-2", "@*") if FULL else ("@1", "@*")
# Those that leave it open whether the document has arrived.
LOST = (Kind.DROP_AFTER, Kind.STATUS_AFTER, Kind.HALF, Kind.OTHER_JSON)
SLOW = 0.25  # longer than the client waits for an answer
THERE = {Outcome.CREATED, Outcome.UPDATED, Outcome.ALREADY_THERE}


@pytest.fixture(scope="module", params=["delivered", "undelivered"])
def fake(request: pytest.FixtureRequest) -> Iterator[FakeIlink]:
    """Run a local iLink that answers a second upload with e200, or with s012."""
    with uploading.ilink() as found:
        if request.param == "undelivered":
            buyer = Entity(nif=uploading.BUYER, to_send="no_connection")
            found.add(buyer)
        yield found
        assert found.problems == []


@pytest.fixture(scope="module")
def broker(
    fake: FakeIlink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    journal = tmp_path_factory.mktemp("journal") / "journal.sqlite3"
    with uploading.broker(fake, journal, timeout=SLOW * 0.6) as found:
        yield found


def fault(step: str, kind: Kind, when: str) -> str:
    """Write down a fault; slow answers come later than the client waits."""
    value = f"={SLOW}" if kind in {Kind.LATENCY, Kind.LATENCY_AFTER} else ""
    return f"{step}:{kind}{value}{when}"


def upload_until_there(broker: Broker, fake: FakeIlink, data: bytes) -> None:
    """Upload, and again after the faults have ended, as a user would."""
    with suppress(BrokerError):
        broker.upload(data, check=False)
    fake.faults.clear()
    fake.advance(300)  # a block of the rate limit is over
    errors = []
    for _ in range(5):  # the machine may be slower than the client waits
        try:
            assert broker.upload(data, check=False).outcome in THERE
        except BrokerError as error:
            errors.append(str(error))
            time.sleep(1)
        else:
            return
    pytest.fail(f"it does not arrive: {errors}")


def once(broker: Broker, fake: FakeIlink, number: str) -> None:
    """Require that a document is there exactly once, and the journal knows."""
    assert len(fake.documents(number)) == 1
    assert fake.created().get(number) == 1
    (entry,) = broker.session.journal.by_number(number)
    assert entry.standing is Standing.THERE
    assert not entry.doubtful


def cells() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every fault at every request, and every pair of upload and look-up."""
    for step, kind, when in itertools.product(STEPS, Kind, WHENS):
        yield f"{step}-{kind}{when}", (fault(step, kind, when),)
    for sent, asked in itertools.product(
        Kind if FULL else LOST, Kind if FULL else LOST
    ):
        both = fault("upload", sent, "@1"), fault("search", asked, "@1")
        yield f"{sent}-and-{asked}", both


CELLS = dict(cells())


@pytest.mark.slow
def test_every_fault_at_every_step_leaves_one_document(
    broker: Broker, fake: FakeIlink
) -> None:
    began, wrong = len(fake.documents()), []
    for name, faults in CELLS.items():
        number = f"M {name}"[:50]
        # A new token for each, else nothing could go wrong with tokens.
        broker.session.tokens._token = None  # noqa: SLF001
        fake.faults.set(*faults)
        try:
            upload_until_there(broker, fake, uploading.document(number))
            once(broker, fake, number)
        except (AssertionError, pytest.fail.Exception) as error:
            wrong.append(f"{name}: {type(error).__name__} {error}")
        fake.faults.clear()

    assert wrong == []
    assert len(fake.documents()) - began == len(CELLS)


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_is_really_injected(
    kind: Kind, broker: Broker, fake: FakeIlink
) -> None:
    before = fake.faults.hits.get(f"upload:{kind}", 0)
    fake.faults.set(fault("upload", kind, "@1"))

    upload_until_there(broker, fake, uploading.document(f"I {kind}"))

    assert fake.faults.hits[f"upload:{kind}"] == before + 1


@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.STATUS_AFTER, Kind.HALF])
def test_a_corrected_document_replaces_the_first_whatever_happens(
    kind: Kind, broker: Broker, fake: FakeIlink
) -> None:
    number = f"C {kind}"
    first = broker.upload(uploading.document(number), check=False)
    assert first.id is not None
    fake.move(first.id, "14", "corrija")  # so that it may be sent again
    fake.faults.set(fault("upload", kind, "@1"))
    corrected = uploading.document(number, " novo")

    try:
        broker.upload(corrected, check=False)
    except BrokerError:
        # Taken and delivered, and its answer lost: nobody can tell it from the first.
        assert fake.attempts(number)[-1].code == "e200"
    fake.faults.clear()

    (stored,) = fake.documents(number)
    assert stored.sha256 == fake.attempts(number)[1].sha256
    assert fake.created()[number] == 1


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_is_looked_up_even_where_nothing_keeps_documents_single(
    kind: Kind, tmp_path: Path
) -> None:
    # Should iLink's key be another than we think, the search is what is left.
    with (
        uploading.ilink(identity=()) as fake,
        uploading.broker(fake, tmp_path / "j") as one,
    ):
        fake.faults.set(fault("upload", kind, "@1"))
        one.upload(uploading.document("FT 1/1"), check=False)
        one.upload(uploading.document("FT 1/1"), check=False)

        assert fake.created() == {"FT 1/1": 1}


def test_wrong_credentials_send_nothing_and_lose_nothing(
    fake: FakeIlink, tmp_path: Path
) -> None:
    with uploading.broker(fake, tmp_path / "j") as found:
        fake.faults.set("upload:expired@*")
        with pytest.raises(BrokerUnauthorised):
            found.upload(uploading.document("K 1"), check=False)
        fake.faults.clear()
        assert fake.documents("K 1") == []

        found.upload(uploading.document("K 1"), check=False)

        once(found, fake, "K 1")


# --- clients that die ---

CLIENT = """
import sys, random, time
from pathlib import Path
from cius_pt.broker.client import Broker
from cius_pt.broker.credentials import Credentials
from cius_pt.broker.secret import Secret
from cius_pt.errors import BrokerError
from tests import uploading
url, journal = sys.argv[1], Path(sys.argv[2])
count, seed = int(sys.argv[3]), sys.argv[4]
who = Credentials(client_id="fake-client", client_secret=Secret("fake-client-secret"),
                  entity=Secret("key" + uploading.SELLER))
where = uploading.environment(url, requests_per_minute=10**6, timeout=0.5)
numbers = list(range(count))
random.Random(seed).shuffle(numbers)
print("ready", flush=True)
limits = journal.with_name("limits")
with Broker(where, who, journal=journal, limits=limits) as broker:
    left = numbers
    while left:
        again = []
        for number in left:
            try:
                broker.upload(uploading.document(f"K {number}"), check=False)
            except BrokerError:
                again.append(number)
        left = again
print("done", flush=True)
"""


class Client:
    """One client process; it is killed and started again."""

    def __init__(self, fake: FakeIlink, journal: Path, count: int, seed: int) -> None:
        self._arguments = [fake.url, str(journal), str(count), str(seed)]
        self.kills = 0
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, *self._arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def kill_and_start(self) -> None:
        """Kill it with a signal that nothing can be done against."""
        self.process.send_signal(signal.SIGKILL)
        if self.process.wait() == -signal.SIGKILL:
            self.kills += 1
            self._close()
            self._start()

    def end(self) -> str:
        """Wait for it and return the rest of what it said."""
        output, _ = self.process.communicate(timeout=600)
        return output

    def _close(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.mark.slow
def test_two_clients_that_are_killed_again_and_again_send_everything_once(
    tmp_path: Path,
) -> None:
    count, kills = (2_000, 150) if FULL else (60, 5)
    random_source = random.Random(20260131)  # noqa: S311 - reproducible
    with uploading.ilink(rate_limit=None) as fake:
        journal = tmp_path / "journal.sqlite3"
        clients = [Client(fake, journal, count, seed) for seed in (1, 2)]
        faults = [
            f"{step}:{kind}{'=0.6' if kind.startswith('latency') else ''}"
            for step, kind in itertools.product(STEPS[:3], Kind)
            if kind is not Kind.BLOCK  # two real minutes
        ]
        while any(c.running for c in clients) and kills:
            fake.faults.set(random_source.choice(faults))
            time.sleep(random_source.uniform(0.0, 0.4))
            victim = random_source.choice(clients)
            if victim.running:
                victim.kill_and_start()
                kills -= 1
        fake.faults.clear()
        said = [client.end() for client in clients]
        problems, stored, created = fake.problems, fake.documents(), fake.created()
        uploads, hits = fake.requests["upload"], fake.faults.hits

    killed = sum(client.kills for client in clients)
    print(  # noqa: T201 - the figures of the report
        f"\n{count} documents, {uploads} uploads, {killed} kills, faults {hits}"
    )
    assert said == ["done\n"] * 2
    assert problems == []
    assert killed > 0
    assert len(stored) == count
    assert sorted(one.number for one in stored) == sorted(created)
    assert set(created.values()) == {1}


def test_two_clients_at_once_send_each_document_once(tmp_path: Path) -> None:
    count = 400 if FULL else 25
    with uploading.ilink(rate_limit=None) as fake:
        clients = [Client(fake, tmp_path / "j", count, seed) for seed in (3, 3)]

        assert [client.end() for client in clients] == ["done\n"] * 2

        assert len(fake.attempts()) == count  # no second attempt anywhere
        assert set(fake.created().values()) == {1}
