"""The upload journey, step by step, with every answer in a script."""

from __future__ import annotations

import asyncio
import hashlib
import traceback
from email import message_from_bytes
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import write
from cius_pt.broker.client import AsyncBroker, Broker
from cius_pt.broker.environment import Environment
from cius_pt.broker.identity import identity
from cius_pt.broker.journal import Journal, Standing
from cius_pt.broker.preflight import Sending
from cius_pt.broker.replies import Outcome
from cius_pt.broker.states import State
from cius_pt.errors import (
    BrokerError,
    BrokerRefused,
    BrokerUnauthorised,
    BrokerUnreachable,
    FindingsError,
    InvalidValue,
    OutcomeUnknown,
)
from cius_pt.xmlio import parse
from tests import samples, scripted, uploading
from tests.scripted import LOST, UNSENT, World, answer, created, listed, refused

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.broker.wire import Request, Response

DATA = uploading.document("FT 1/1")
UPLOAD = "POST /apps/documentsUBL"
SEARCH = (
    "GET /apps/documents?document_type=issued&document_number=FT+1%2F1&rows=50&page=1"
)
EXISTS = refused("number", "e200", "Documento já existe.")
ID = "60796c3c2a6fa2.53909016"
FOUND = {
    "id": ID,
    "number": "FT 1/1",
    "emission_date": "2026-01-31",
    "type_document_fact": {"code": "380", "type": "FT"},
    "supplier": {"number": uploading.SELLER},
    "state_document": {"alias": "sent"},
}


def upload(world: World, tmp_path: Path, data: bytes = DATA, **settings: Any) -> Any:
    broker = scripted.broker(world, tmp_path, retries=(1.0, 2.0))
    return broker.upload(data, **{"check": False, **settings})


def standing(world: World, tmp_path: Path) -> Standing:
    broker = scripted.broker(world, tmp_path)
    (entry,) = broker.session.journal.by_number("FT 1/1")
    return entry.standing


def parts(request: Request) -> dict[str, tuple[str | None, str, bytes]]:
    """Read a form as Python's own parser does."""
    kind = (request.header("content-type") or "").encode()
    message = message_from_bytes(
        b"Content-Type: " + kind + b"\r\n\r\n" + request.body, policy=HTTP
    )
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename(),
            part.get_content_type(),
            bytes(part.get_payload(decode=True)),
        )
        for part in message.iter_parts()
    }


def test_the_documented_request(tmp_path: Path) -> None:
    world = World(created())
    sending = Sending(
        send_by_email=True,
        additional_emails=("a@b.pt", "c@d.pt"),
        disable_xml_sign=True,
        disable_pdf_sign=True,
    )
    upload(world, tmp_path, sending=sending)

    request = world.requests[-1]
    assert world.asked == [UPLOAD]
    assert request.header("accept") == "application/json"
    assert request.header("entity") == "key164836573"
    assert request.header("authorization") == f"Bearer {scripted.TOKEN['access_token']}"
    found = parts(request)
    assert found.pop("document") == ("FT-1-1.xml", "application/xml", DATA)
    assert {name: value for name, (_, _, value) in found.items()} == {
        "send_by_email": b"1",
        "additional_emails[0]": b"a@b.pt",
        "additional_emails[1]": b"c@d.pt",
        "disable_xml_sign": b"1",
        "disable_pdf_sign": b"1",
    }


def test_what_is_not_wanted_is_not_sent(tmp_path: Path) -> None:
    world = World(created())
    upload(world, tmp_path)

    assert [*parts(world.requests[-1])] == ["document"]


def test_it_is_in_the_journal_before_the_first_byte_leaves(tmp_path: Path) -> None:
    seen = []

    class Looking(World):
        def __call__(self, request: Request) -> Response:
            if request.url.endswith("documentsUBL"):
                seen.append(standing(self, tmp_path))
            return super().__call__(request)

    world = Looking(created())
    upload(world, tmp_path)

    assert seen == [Standing.SENDING]
    assert standing(world, tmp_path) is Standing.THERE


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        ("s011", 201, Outcome.CREATED),
        ("s011", 200, Outcome.CREATED),
        ("s012", 200, Outcome.UPDATED),
    ],
)
def test_taken(code: str, status: int, outcome: Outcome, tmp_path: Path) -> None:
    receipt = upload(World(created(code, status)), tmp_path)

    assert (receipt.outcome, receipt.id, receipt.number) == (outcome, ID, "FT 1/1")


def test_what_is_there_is_not_sent_again(tmp_path: Path) -> None:
    world = World(created(state_document={"alias": "sent"}))
    upload(world, tmp_path)
    receipt = upload(world, tmp_path)

    assert world.asked == [UPLOAD]
    assert (receipt.outcome, receipt.id) == (Outcome.ALREADY_THERE, ID)
    assert receipt.state is State.SENT


@pytest.mark.parametrize(
    "lost",
    [
        LOST,
        answer(500, "<html>"),
        answer(502, "<html>"),
        answer(503, ""),
        answer(504, {"success": True}),
        answer(201, "<html>"),
        answer(201, ""),
        answer(201, '{"success":true,"mess'),
        answer(200, [{"ok": 1}]),
        answer(302, ""),
        answer(400, ""),
    ],
)
def test_an_outcome_nobody_knows_is_looked_up(lost: Any, tmp_path: Path) -> None:
    world = World(lost, listed(FOUND))
    receipt = upload(world, tmp_path)

    assert world.asked == [UPLOAD, SEARCH]
    assert (receipt.outcome, receipt.id) == (Outcome.ALREADY_THERE, ID)
    assert standing(world, tmp_path) is Standing.THERE


def test_what_is_not_found_is_sent_again(tmp_path: Path) -> None:
    world = World(LOST, listed(), created())

    assert upload(world, tmp_path).outcome is Outcome.CREATED
    assert world.asked == [UPLOAD, SEARCH, UPLOAD]


def test_an_e200_after_a_lost_answer_is_a_success(tmp_path: Path) -> None:
    world = World(LOST, listed(), EXISTS, listed(FOUND))
    receipt = upload(world, tmp_path)

    assert (receipt.outcome, receipt.id) == (Outcome.ALREADY_THERE, ID)


def test_an_e200_after_a_lost_answer_without_an_id_is_a_success(
    tmp_path: Path,
) -> None:
    world = World(LOST, listed(), EXISTS, LOST)
    receipt = upload(world, tmp_path)

    assert (receipt.outcome, receipt.id) == (Outcome.ALREADY_THERE, None)
    assert standing(world, tmp_path) is Standing.THERE


def test_an_e200_without_doubt_before_it_is_a_duplicate(tmp_path: Path) -> None:
    world = World(EXISTS)

    with pytest.raises(BrokerRefused, match="CP-ILINK-12") as caught:
        upload(world, tmp_path)
    assert caught.value.code == "e200"
    assert standing(world, tmp_path) is Standing.REFUSED


@pytest.mark.parametrize("lost", [LOST, answer(503, "")])
def test_when_all_tries_are_lost_the_outcome_is_unknown(
    lost: Any, tmp_path: Path
) -> None:
    world = World(lost, listed(), lost, listed(), lost)

    with pytest.raises(OutcomeUnknown, match="may or may not have arrived"):
        upload(world, tmp_path)
    assert standing(world, tmp_path) is Standing.UNKNOWN
    assert world.waits == [1.0, 2.0]
    world.answers = [listed(FOUND)]
    assert upload(world, tmp_path).id == ID
    assert world.asked[-1] == SEARCH


def test_after_a_crash_it_is_looked_up_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    class Killed(BaseException):
        pass

    class Dying(World):
        def __call__(self, request: Request) -> Response:
            if request.url.endswith("documentsUBL"):
                raise Killed
            return super().__call__(request)

    with pytest.raises(Killed):
        upload(Dying(), tmp_path)
    world = World(listed(FOUND))

    assert upload(world, tmp_path).outcome is Outcome.ALREADY_THERE
    assert world.asked == [SEARCH]


def test_what_was_not_sent_is_said_so_and_sent_the_next_time(tmp_path: Path) -> None:
    world = World(UNSENT, created())

    with pytest.raises(BrokerUnreachable):
        upload(world, tmp_path)
    assert standing(world, tmp_path) is Standing.NOT_SENT
    assert upload(world, tmp_path).outcome is Outcome.CREATED
    assert world.asked == [UPLOAD, UPLOAD]  # nothing to look up


def test_not_sent_after_a_lost_answer_stays_unknown(tmp_path: Path) -> None:
    world = World(LOST, listed(), UNSENT)

    with pytest.raises(OutcomeUnknown):
        upload(world, tmp_path)
    assert standing(world, tmp_path) is Standing.UNKNOWN


@pytest.mark.parametrize(
    "other",
    [
        {"number": "FT 1/10"},
        {"emission_date": "2026-02-01"},
        {"type_document_fact": {"code": "381", "type": "NC"}},
        {"type_document_fact": {"code": "380", "type": "FR"}},
        {"type_document_fact": "Nota de crédito"},
        {"type_document_fact": "NC"},
        {"supplier": {"number": "999999990"}},
    ],
)
def test_another_document_is_not_taken_for_it(
    other: dict[str, Any], tmp_path: Path
) -> None:
    world = World(LOST, listed({**FOUND, **other}), created())

    assert upload(world, tmp_path).outcome is Outcome.CREATED


@pytest.mark.parametrize(
    "same",
    [
        {"type_document_fact": "Fatura"},
        {"type_document_fact": "FT"},
        {"supplier": None},
        {"supplier": {"number": f"PT{uploading.SELLER}"}},
    ],
)
def test_it_is_recognised_in_all_its_shapes(
    same: dict[str, Any], tmp_path: Path
) -> None:
    world = World(LOST, listed({**FOUND, **same}))

    assert upload(world, tmp_path).id == ID


def test_what_a_list_leaves_out_is_asked_of_the_document(tmp_path: Path) -> None:
    whole = answer(200, {"success": "true", "response": {"data": FOUND}})
    world = World(LOST, listed({"id": ID, "number": "FT 1/1"}), whole)

    assert upload(world, tmp_path).id == ID
    assert world.asked[-1] == f"GET /apps/documents/{ID}"


def test_every_page_is_looked_through(tmp_path: Path) -> None:
    full = [{**FOUND, "id": f"{i}", "emission_date": "2020-01-01"} for i in range(50)]
    world = World(LOST, listed(*full), listed(FOUND))

    assert upload(world, tmp_path).id == ID
    assert world.asked[-1] == SEARCH.replace("page=1", "page=2")


def test_a_service_without_pages_does_not_keep_us_for_ever(tmp_path: Path) -> None:
    full = [{**FOUND, "id": f"{i}", "emission_date": "2020-01-01"} for i in range(50)]
    world = World(LOST, listed(*full), listed(*full), created())

    assert upload(world, tmp_path).outcome is Outcome.CREATED


def test_with_another_content_in_doubt_a_document_found_proves_nothing(
    tmp_path: Path,
) -> None:
    world = World(LOST, listed(), LOST, listed(), LOST)
    with pytest.raises(OutcomeUnknown):
        upload(world, tmp_path)
    corrected = uploading.document("FT 1/1", " novo")
    world.answers = [LOST, EXISTS]

    with pytest.raises(OutcomeUnknown, match="which of its contents"):
        upload(world, tmp_path, corrected)
    world.answers = [created("s012", 200)]
    assert upload(world, tmp_path, corrected).outcome is Outcome.UPDATED


@pytest.mark.parametrize("alias", ["regularization", "reception", "error"])
def test_a_correction_is_sent_when_ilink_waits_for_it(
    alias: str, tmp_path: Path
) -> None:
    state = {**FOUND, "state_edi_document": {"alias": alias}}
    whole = answer(200, {"success": True, "response": {"data": state}})
    world = World(created(), whole, created("s012", 200))
    upload(world, tmp_path)

    again = upload(world, tmp_path, uploading.document("FT 1/1", " novo"))

    assert again.outcome is Outcome.UPDATED
    assert world.asked == [UPLOAD, f"GET /apps/documents/{ID}", UPLOAD]


@pytest.mark.parametrize("resend", [True, False])
def test_what_was_delivered_is_not_sent_again(resend: bool, tmp_path: Path) -> None:
    whole = answer(200, {"success": True, "response": {"data": FOUND}})
    world = World(created(), whole)
    upload(world, tmp_path)
    data = DATA if resend else uploading.document("FT 1/1", " novo")

    with pytest.raises(BrokerRefused, match="CP-ILINK-12"):
        upload(world, tmp_path, data, resend=resend)
    assert world.asked[-1].startswith("GET")


def test_too_many_requests_are_waited_for_two_minutes(tmp_path: Path) -> None:
    world = World(answer(429, "<html>"), created())

    assert upload(world, tmp_path).outcome is Outcome.CREATED
    assert sum(world.waits) >= 120


def test_being_blocked_twice_is_given_up(tmp_path: Path) -> None:
    world = World(answer(429, ""), answer(429, ""))

    with pytest.raises(BrokerUnreachable, match="blocked"):
        upload(world, tmp_path)
    assert standing(world, tmp_path) is Standing.NOT_SENT


@pytest.mark.parametrize("status", [403, 404, 405])
def test_a_place_that_is_no_ilink_is_named(status: int, tmp_path: Path) -> None:
    with pytest.raises(BrokerUnreachable, match="CIUS_PT_ILINK_BASE_URL"):
        upload(World(answer(status, "<html>")), tmp_path)


@pytest.mark.parametrize("content", ["<html>", {"success": False}])
def test_too_large_for_ilink(content: Any, tmp_path: Path) -> None:
    with pytest.raises(BrokerRefused, match="CP-ILINK-16"):
        upload(World(answer(413, content)), tmp_path)


def test_other_refusals_are_not_tried_again(tmp_path: Path) -> None:
    world = World(refused("document", "e217", "[BR-CO-25]-texto"))

    with pytest.raises(BrokerRefused) as caught:
        upload(world, tmp_path)
    (finding,) = caught.value.report.findings
    assert (finding.rule, finding.bt) == ("BR-CO-25", "BT-9")
    assert world.asked == [UPLOAD]


def test_a_document_is_let_go_whatever_happens(tmp_path: Path) -> None:
    world = World(EXISTS, EXISTS)
    for _ in range(2):
        with pytest.raises(BrokerRefused):
            upload(world, tmp_path)


def test_a_journal_that_cannot_be_written_before_stops_the_upload(
    tmp_path: Path,
) -> None:
    (tmp_path / "journal.sqlite3").write_bytes(b"not a database at all")
    world = World()

    with pytest.raises(BrokerError, match="cannot be used"):
        upload(world, tmp_path)
    assert world.requests == []


def test_a_journal_that_cannot_be_written_afterwards_leaves_it_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise BrokerError("the disk is full")

    world = World(created(), listed(FOUND))
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "settle", full)
        with pytest.raises(OutcomeUnknown, match=f"calls it {ID}.*disk is full"):
            upload(world, tmp_path)

    assert upload(world, tmp_path).outcome is Outcome.ALREADY_THERE
    assert world.asked == [UPLOAD, SEARCH]


def test_production_with_and_without_www_is_one_place(tmp_path: Path) -> None:
    world = World(created())
    for host in ("ilink.pt", "www.ilink.pt"):
        broker = Broker(
            Environment(base_url=f"https://{host}/ilink-api/api/v1/pt"),
            scripted.OAUTH,
            transport=world,
            journal=tmp_path / "j",
            limits=tmp_path / "l",
        )
        broker.upload(DATA, check=False)

    assert world.answers == []  # the second was known


# --- before anything is sent ---


def refused_at_home(data: bytes, tmp_path: Path, **settings: Any) -> list[str]:
    world = World()
    with pytest.raises(FindingsError) as caught:
        upload(world, tmp_path, data, **settings)
    assert world.requests == []
    return [f.rule for f in caught.value.report.findings if f.severity == "fatal"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"\xef\xbb\xbf" + DATA, "CP-ILINK-09"),
        (
            DATA.decode().replace("UTF-8", "ISO-8859-1", 1).encode("iso-8859-1")
            if b"UTF-8" in DATA[:60]
            else DATA,
            "CP-ILINK-10",
        ),
        (DATA.replace(b"Caderno", "Ação".encode("cp1252")), "CP-XML-06"),
        (DATA.replace(b"FT 1/1", b" "), "CP-ILINK-17"),
        (DATA.replace(b">2026-01-31<", b">31-01-2026<"), "CP-ILINK-17"),
        (b"", "CP-XML-02"),
        (b"%PDF-1.7", "CP-XML-03"),
    ],
)
def test_what_ilink_cannot_take_is_refused_even_without_a_check(
    data: bytes, rule: str, tmp_path: Path
) -> None:
    if rule == "CP-ILINK-10":
        data = data.replace(b"Caderno", "Ação".encode("iso-8859-1"))

    assert rule in refused_at_home(data, tmp_path)


def test_what_does_not_conform_is_not_sent(tmp_path: Path) -> None:
    wrong = DATA.replace(b"20.00</cbc:LineExtension", b"91.00</cbc:LineExtension")

    assert refused_at_home(wrong, tmp_path, check=True)
    assert upload(World(created()), tmp_path, wrong).id == ID


def test_too_large_for_the_setting(tmp_path: Path) -> None:
    world = World()
    broker = scripted.broker(world, tmp_path, max_bytes=100)

    with pytest.raises(FindingsError, match="CP-ILINK-16"):
        broker.upload(DATA, check=False)


def test_a_key_that_is_known_to_be_of_another_nif(tmp_path: Path) -> None:
    broker = scripted.broker(World(), tmp_path, credentials=scripted.LEGACY)

    with pytest.raises(FindingsError, match="CP-ILINK-11"):
        broker.upload(DATA, check=False)


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "a b@c.pt", "a@b.pt\r\nx: y", "a,b@c"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidValue, match=r"additional_emails\[0\]"):
        Sending(additional_emails=(address,))


def test_the_checklist_and_the_estimate(tmp_path: Path) -> None:
    ready = scripted.broker(World(), tmp_path).prepare(DATA, check=False)

    assert [f.rule for f in ready.report.findings] == [
        "CP-ILINK-01",
        "CP-ILINK-02",
        "CP-ILINK-03",
        "CP-ILINK-04",
        "CP-ILINK-07",
        "CP-ILINK-08",
    ]
    assert {f.severity for f in ready.report.findings} == {"info"}
    assert ready.transactions == 0


def test_what_makes_a_document_itself() -> None:
    found = identity(parse(write(samples.invoice(aim="a-1"))))

    assert found is not None
    assert (found.seller, found.number, found.kind, found.issued, found.aim) == (
        uploading.SELLER,
        "FT 1/1",
        "FT",
        "2026-01-31",
        "a-1",
    )


# --- the same among coroutines ---


def asynchronous(world: World, tmp_path: Path) -> AsyncBroker:
    async def transport(request: Request) -> Response:
        await asyncio.sleep(0)
        return world(request)

    async def sleep(seconds: float) -> None:
        world.sleep(seconds)
        await asyncio.sleep(0)

    return AsyncBroker(
        Environment(base_url=scripted.BASE, retries=(1.0, 2.0)),
        scripted.OAUTH,
        transport=transport,
        clock=world.clock,
        sleep=sleep,
        nonce=lambda: "aYb89a8yf10",
        journal=tmp_path / "journal.sqlite3",
        limits=tmp_path / "limits.sqlite3",
    )


@pytest.mark.parametrize(
    "answers",
    [
        (created(),),
        (LOST, listed(FOUND)),
        (LOST, listed(), EXISTS, listed(FOUND)),
        (EXISTS,),
        (UNSENT,),
        (answer(401, scripted.UNAUTHORISED),) * 2,
    ],
)
def test_coroutines_do_exactly_what_threads_do(answers: Any, tmp_path: Path) -> None:
    one, two = World(*answers), World(*answers)
    said = []

    async def run() -> Any:
        async with asynchronous(two, tmp_path / "b") as broker:
            return await broker.upload(DATA, check=False)

    def in_a_thread() -> Any:
        return upload(one, tmp_path / "a")

    def in_a_loop() -> Any:
        return asyncio.run(run())

    for do in (in_a_thread, in_a_loop):
        try:
            said.append(repr(do()))
        except (BrokerRefused, BrokerUnreachable, BrokerUnauthorised) as error:
            said.append(repr(error))

    assert said[0] == said[1]
    assert [(r.method, r.target, r.headers, r.body) for r in one.requests] == [
        (r.method, r.target, r.headers, r.body) for r in two.requests
    ]


def test_coroutines_that_upload_the_same_document_send_it_once(
    tmp_path: Path,
) -> None:
    world = World(created())

    async def run() -> list[Outcome]:
        broker = asynchronous(world, tmp_path)
        found = await asyncio.gather(
            *[broker.upload(DATA, check=False) for _ in range(5)]
        )
        return sorted(receipt.outcome for receipt in found)

    assert asyncio.run(run()) == [*[Outcome.ALREADY_THERE] * 4, Outcome.CREATED]
    assert world.asked == [UPLOAD]


def test_a_coroutine_that_is_cancelled_lets_go_and_is_in_doubt(
    tmp_path: Path,
) -> None:
    world = World(listed(FOUND))

    async def hang(request: Request) -> Response:
        if request.url.endswith("documentsUBL"):
            await asyncio.sleep(60)
        return world(request)

    async def run() -> Any:
        broker = asynchronous(world, tmp_path)
        ready, broker._transport = broker._transport, hang  # noqa: SLF001
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(broker.upload(DATA, check=False), 0.5)
        broker._transport = ready  # noqa: SLF001
        return await broker.upload(DATA, check=False)

    assert asyncio.run(run()).id == ID
    assert world.asked == [SEARCH]


# --- secrets ---


@pytest.mark.parametrize("last", [created(), EXISTS, LOST, answer(400, "?"), UNSENT])
@pytest.mark.parametrize("who", [scripted.OAUTH, scripted.LEGACY])
def test_no_secret_is_in_a_log_a_journal_a_repr_or_a_traceback(
    last: Any, who: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(last, *[answer(401, scripted.UNAUTHORISED)] * 3)
    broker = scripted.broker(world, tmp_path, credentials=who, retries=(1.0,))
    shown = [repr(who), repr(broker.session)]
    caplog.set_level(0)
    nif = "164836573" if who is scripted.LEGACY else uploading.SELLER
    data = DATA.replace(uploading.SELLER.encode(), nif.encode())
    try:
        shown.append(repr(broker.upload(data, check=False)))
    except Exception as error:  # noqa: BLE001 - what it shows is the point
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        shown.append("".join(whole.format()))
    ready = broker.prepare(data, check=False)
    shown += [repr(ready), repr(ready.to_dict()), caplog.text]
    shown += [repr(request) for request in world.requests]
    written = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]

    secrets = ["qwerty", "7r8y44h5s5h4a74g88a4", "key164836573", "vv6zhq"]
    assert [(s, text) for s in secrets for text in shown if s in text] == []
    assert [s for s in secrets for data in written if s.encode() in data] == []
    digests = [hashlib.sha256(s.encode()).hexdigest()[:16] for s in secrets]
    assert [d for d in digests for data in written if d.encode() in data] == []
