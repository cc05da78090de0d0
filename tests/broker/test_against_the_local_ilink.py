"""Every call against the local iLink, which was written without looking at them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.broker.client import AsyncBroker, Broker
from cius_pt.broker.connections import ExternalEntity
from cius_pt.broker.credentials import Credentials
from cius_pt.broker.identity import identity
from cius_pt.broker.preflight import Sending
from cius_pt.broker.replies import Outcome
from cius_pt.broker.secret import Secret
from cius_pt.broker.states import State
from cius_pt.errors import BrokerRefused, BrokerUnauthorised
from cius_pt.testing.fake_ilink import Entity, Kind
from cius_pt.xmlio import parse
from tests import samples, uploading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cius_pt.testing.fake_ilink import FakeIlink

NAMES = {"read_field": "ids", "accept_field": "accepted", "reason_field": "reason"}


@pytest.fixture
def fake() -> Iterator[FakeIlink]:
    with uploading.ilink() as found:
        yield found
        assert found.problems == []


@pytest.fixture
def issuer(fake: FakeIlink, tmp_path: Path) -> Iterator[Broker]:
    with uploading.broker(fake, tmp_path / "j", **NAMES) as found:
        yield found


@pytest.fixture
def receiver(fake: FakeIlink, tmp_path: Path) -> Iterator[Broker]:
    who = Credentials(
        client_id=fake.settings.client_id,
        client_secret=Secret(fake.settings.client_secret),
        entity=Secret(f"key{uploading.BUYER}"),
    )
    where = uploading.environment(fake.url, **NAMES)
    with Broker(
        where, who, journal=tmp_path / "r", limits=tmp_path / "limits.sqlite3"
    ) as found:
        yield found


def sent(issuer: Broker, number: str = "FT 1/1", **settings: Any) -> str:
    data = uploading.document(number)
    receipt = issuer.upload(data, check=False, **settings)
    assert receipt.id is not None
    return receipt.id


def test_the_issuers_side(issuer: Broker, fake: FakeIlink) -> None:
    id_ = sent(
        issuer, sending=Sending(send_by_email=True, additional_emails=("a@b.pt",))
    )

    (found,) = issuer.search(number="FT 1/1", issued=True)
    assert (found.id, found.kind, found.issued) == (id_, "FT", "2026-01-31")
    assert issuer.document(id_).emails[0].addresses == ("a@b.pt",)
    (xml,) = (f for f in issuer.document(id_).files if f.type == "xml")
    assert issuer.download(xml) == uploading.document("FT 1/1")
    fake.change(files_need_token=True)
    assert issuer.download(xml) == uploading.document("FT 1/1")
    assert issuer.history(id_)


def test_the_states_report_is_told_once(issuer: Broker, fake: FakeIlink) -> None:
    id_ = sent(issuer)
    fake.move(id_, "11")
    kept: list[Any] = []

    def keep(event: Any) -> str:
        kept.append(event)
        return str(event["id"])

    assert issuer.follow_report(keep) == len(kept) > 0
    assert {event["document_id"] for event in kept} == {id_}
    assert issuer.follow_report(keep) == 0


def test_the_receivers_side(issuer: Broker, receiver: Broker) -> None:
    first, second = sent(issuer), sent(issuer, "FT 1/2")
    assert {d.id for d in receiver.search()} == {first, second}

    receiver.accept(first)
    receiver.confirm_import(first)
    receiver.reject(second, "Falta o compromisso")

    assert receiver.search() == ()
    assert issuer.status(first).document.state is State.PROCESSED
    assert issuer.status("FT 1/2").document.reasons == ("Falta o compromisso",)


def test_states_of_processing(issuer: Broker, receiver: Broker) -> None:
    id_ = sent(issuer)
    code = receiver.process_states()[0]["identification_code"]

    receiver.set_process_state(id_, code)

    assert receiver.document(id_).raw["process_state"]


def test_structured_data(issuer: Broker, fake: FakeIlink) -> None:
    receipt = issuer.send_structured(samples.invoice(number="FT 1/9"))

    assert receipt.id == fake.documents("FT 1/9")[0].id


def test_external_connections(issuer: Broker) -> None:
    made = issuer.connect(
        [ExternalEntity(name="Loja", nif="501451676")],
        nif=uploading.SELLER,
        operator_email="a@b.pt",
    )

    (id_,) = made.values()
    found = issuer.connection(id_)
    listed, pages = issuer.connections()
    assert (found.id, pages) == (id_, 1)
    assert [one.id for one in listed] == [id_]
    with pytest.raises(BrokerRefused):
        issuer.connection("605369246b3412.00000000")


@pytest.mark.parametrize("legacy", [True, False])
def test_the_handshake_is_done_when_it_is_asked_for(
    legacy: bool, fake: FakeIlink, tmp_path: Path
) -> None:
    fake.change(handshake=True)
    with uploading.broker(fake, tmp_path / "other") as other:
        other.revoke(uploading.SELLER)
    pair: dict[str, Any] = {
        "client_id": fake.settings.client_id,
        "client_secret": Secret(fake.settings.client_secret),
    }
    if legacy:
        pair = {"token": Secret(fake.settings.platform_token)}
    who = Credentials(**pair, entity=Secret(f"key{uploading.SELLER}"))
    where = uploading.environment(fake.url)
    with Broker(where, who, journal=tmp_path / "j", limits=tmp_path / "l") as broker:
        sent(broker)

        assert fake.requests["handshake"] == 1
        broker.revoke(uploading.SELLER)
        broker.register(uploading.SELLER)
        sent(broker, "FT 1/2")
        assert fake.requests["handshake"] == 2


def test_the_key_of_another_entity(receiver: Broker, fake: FakeIlink) -> None:
    with pytest.raises(BrokerRefused, match="CP-ILINK-11"):
        sent(receiver)
    assert fake.documents() == []


def test_a_secret_that_is_wrong(fake: FakeIlink, tmp_path: Path) -> None:
    who = Credentials(
        client_id="fake-client", client_secret=Secret("x"), entity=Secret("k")
    )
    where = uploading.environment(fake.url)
    with (
        Broker(where, who, journal=tmp_path / "j", limits=tmp_path / "l") as broker,
        pytest.raises(BrokerUnauthorised, match="gives no token"),
    ):
        broker.search()


def test_the_limit_is_kept_without_ever_being_blocked(
    fake: FakeIlink, issuer: Broker
) -> None:
    before = fake.clock.now()
    for _ in range(450):
        issuer.process_states()

    assert fake.clock.now() - before > 120  # by the clock that waiting puts forward
    assert fake.requests["process-states"] == 450  # none was answered with a block


def test_coroutines(fake: FakeIlink, tmp_path: Path) -> None:
    fake.faults.set(f"upload:{Kind.DROP_AFTER}")

    async def run() -> list[Outcome]:
        where = uploading.environment(fake.url)
        async with AsyncBroker(
            where,
            uploading.credentials(fake),
            journal=tmp_path / "j",
            limits=tmp_path / "l",
        ) as broker:
            numbers = [f"FT 1/{number % 5}" for number in range(15)]
            found = await asyncio.gather(
                *[broker.upload(uploading.document(n), check=False) for n in numbers]
            )
            return [receipt.outcome for receipt in found]

    outcomes = asyncio.run(run())
    assert outcomes.count(Outcome.CREATED) == 4
    assert outcomes.count(Outcome.ALREADY_THERE) == 11
    assert set(fake.created().values()) == {1}
    assert len(fake.documents()) == 5


def test_the_published_examples_are_taken_after_all_checks(
    shared: Path, tmp_path: Path
) -> None:
    paths = sorted((shared / "examples" / "ilink").glob("*.xml"))
    assert len(paths) == 6
    with uploading.ilink(validate=True) as fake:
        for path in paths:
            data = path.read_bytes()
            who = identity(parse(data))
            assert who is not None
            fake.add(Entity(nif=who.seller))
            account = replace(
                uploading.credentials(fake), entity=Secret(f"key{who.seller}")
            )
            with Broker(
                uploading.environment(fake.url),
                account,
                journal=tmp_path / "j",
                limits=tmp_path / "l",
            ) as broker:
                assert broker.upload(data).outcome is Outcome.CREATED

        assert len(fake.documents()) == len(paths)
        assert fake.problems == []
