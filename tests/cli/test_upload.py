"""``cius-pt upload`` and ``cius-pt status`` against the local iLink, as users do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.cli import main
from cius_pt.testing.fake_ilink import Entity, Quirks
from tests import uploading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cius_pt.testing.fake_ilink import FakeIlink

SECRETS = ("fake-client-secret", f"key{uploading.SELLER}")
Run = "Callable[..., tuple[int, str, str]]"


@pytest.fixture
def fake() -> Iterator[FakeIlink]:
    with uploading.ilink() as found:
        yield found
        assert found.problems == []


@pytest.fixture
def run(
    fake: FakeIlink,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """Run a command line whose settings are those of the local iLink."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C")
    for name, value in (
        ("BASE_URL", fake.url),
        ("CLIENT_ID", "fake-client"),
        ("CLIENT_SECRET", SECRETS[0]),
        ("ENTITY", SECRETS[1]),
        ("JOURNAL", str(tmp_path / "journal.sqlite3")),
    ):
        monkeypatch.setenv(f"CIUS_PT_ILINK_{name}", value)

    def do(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(a) for a in arguments])
        output = capsys.readouterr()
        assert not any(s in output.out + output.err for s in SECRETS)
        assert "Traceback" not in output.err
        return code, output.out, output.err

    return do


def a_file(tmp_path: Path, number: str = "FT 1/1", data: bytes | None = None) -> Path:
    path = tmp_path / f"{number.replace('/', '-').replace(' ', '_')}.xml"
    path.write_bytes(uploading.document(number) if data is None else data)
    return path


def test_one_document(run: Any, fake: FakeIlink, tmp_path: Path) -> None:
    code, out, err = run("upload", a_file(tmp_path))

    (stored,) = fake.documents()
    assert code == 0, err
    first = out.splitlines()[0]
    assert first.endswith(f"created FT 1/1 {stored.id} sent")


def test_the_json_of_the_contract(run: Any, fake: FakeIlink, tmp_path: Path) -> None:
    fake.add(Entity(nif=uploading.BUYER, to_send="no_connection"))
    path = a_file(tmp_path)
    code, out, _ = run("upload", path, "--format", "json")

    said = json.loads(out)
    (upload,) = said["uploads"]
    assert code == 0
    assert said["schema"] == 1
    assert upload["delivery"].pop("text")
    assert upload == {
        "file": str(path),
        "outcome": "created",
        "id": fake.documents()[0].id,
        "number": "FT 1/1",
        "state": "to-send",
        "delivery": {"code": "no_connection"},
        "message": None,
        "findings": [],
    }


def test_a_folder_goes_on_where_it_stopped(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for number in range(4):
        a_file(folder, f"FT 1/{number}")
    fake.faults.set("upload:drop-before@3+", "search:drop-before@*")
    code, out, err = run("upload", folder, "--no-check", "--config", fast(tmp_path))
    assert code == 3
    assert [line.rpartition(".xml: ")[2][:7] for line in out.splitlines()] == [
        "created",
        "created",
        "outcome",
        "not sen",
    ]
    assert "not tried" in err
    fake.faults.clear()

    code, out, _ = run("upload", folder, "--format", "json")

    said = [upload["outcome"] for upload in json.loads(out)["uploads"]]
    assert code == 0
    assert said == ["already-there", "already-there", "created", "created"]
    assert set(fake.created().values()) == {1}
    assert len(fake.documents()) == 4


def fast(tmp_path: Path) -> Path:
    """Write settings that do not wait long."""
    path = tmp_path / "fast.toml"
    path.write_text("[ilink.environment]\nretries = [0.01, 0.01]\n")
    path.chmod(0o600)
    return path


def test_a_dry_run_sends_nothing_and_says_everything(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    options = ("--send-by-email", "--additional-email", "a@b.pt", "--disable-xml-sign")
    code, out, _ = run("upload", "--dry-run", a_file(tmp_path), *options)

    assert code == 0
    assert fake.requests == {}
    assert not (tmp_path / "journal.sqlite3").exists()
    for part in (
        f"POST {fake.url}/apps/documentsUBL",
        "entity: ********",
        "Authorization: Bearer ********",
        "multipart/form-data; boundary=",
        "document = FT_1-1.xml (application/xml",
        "send_by_email = 1",
        "additional_emails[0] = a@b.pt",
        "disable_xml_sign = 1",
        "transactions: 0",
        "CP-ILINK-01 BT-19 commitment",
        "CP-ILINK-08 BT-71 deliveries",
    ):
        assert part in out, part


def test_a_dry_run_needs_no_account(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "ENTITY"):
        monkeypatch.delenv(f"CIUS_PT_ILINK_{name}")
    code, out, _ = run("upload", "--dry-run", a_file(tmp_path), "--format", "json")

    request = json.loads(out)["uploads"][0]["request"]
    assert code == 0
    assert request["headers"]["Authorization"] == "Bearer ********"
    assert [part["name"] for part in request["parts"]] == ["document"]


def test_what_does_not_conform_is_not_sent(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    wrong = uploading.document("FT 1/1").replace(b">24.60<", b">99.60<")
    path = a_file(tmp_path, data=wrong)
    code, out, _ = run("upload", path, "--format", "json")

    (upload,) = json.loads(out)["uploads"]
    assert (code, upload["outcome"]) == (1, "not-sent")
    assert upload["findings"]
    assert fake.requests == {}
    code, _, _ = run("upload", path, "--no-check")
    assert code == 0


def test_a_refusal_is_a_finding_with_our_hint(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    fake.add(Entity(nif=uploading.BUYER, requires=("commitment_number",)))
    code, out, _ = run("upload", a_file(tmp_path), "--format", "json", "--lang", "pt")

    (upload,) = json.loads(out)["uploads"]
    (finding,) = upload["findings"]
    assert (code, upload["outcome"]) == (1, "refused")
    assert finding["rule"] == "CP-ILINK-13"
    assert finding["message"].startswith("O número de compromisso é obrigatório.")
    assert finding["location"]["path"] == "commitment"
    assert "`commitment`" in finding["hint"]


# --- the list of bad input: message, exit code, journal intact ---


def expired(fake: FakeIlink) -> None:
    fake.faults.set("upload:expired@*")


def skewed(fake: FakeIlink) -> None:
    fake.clock.advance(-7200)


BAD: list[tuple[str, Any, bytes | None, int, str]] = [
    ("wrong secret", {"CLIENT_SECRET": "another"}, None, 2, "no token"),
    ("wrong key", {"ENTITY": "key999999990"}, None, 2, "public key"),
    ("key of another NIF", {"NIF": "164836573"}, None, 1, "CP-ILINK-11"),
    ("two words", {"ENTITY": "two words"}, None, 2, "entity"),
    ("expired for ever", expired, None, 2, "refuses the credentials"),
    ("clock", skewed, None, 2, "token"),
    ("no network", {"BASE_URL": "http://127.0.0.1:9"}, None, 3, "cannot be reached"),
    ("listened to", {"BASE_URL": "http://ilink.pt"}, None, 2, "use https"),
    ("no iLink", {"BASE_URL": "@/nothing"}, None, 3, "CIUS_PT_ILINK_BASE_URL"),
    ("BOM", {}, b"\xef\xbb\xbf@", 1, "CP-ILINK-09"),
    ("not UTF-8", {}, b"@\xe9", 1, "CP-XML"),
    ("empty", {}, b"", 1, "CP-XML-02"),
    ("a PDF", {}, b"%PDF-1.7", 1, "CP-XML-03"),
    ("a DTD", {}, b"<!DOCTYPE a><a/>", 1, "CP-XML"),
]


@pytest.mark.parametrize(
    ("how", "data", "code", "says"),
    [pytest.param(*row[1:], id=row[0]) for row in BAD],
)
def test_bad_input_is_said_and_nothing_is_lost(  # noqa: PLR0913, PLR0917
    how: Any,
    data: bytes | None,
    code: int,
    says: str,
    run: Any,
    fake: FakeIlink,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = uploading.document("FT 1/1")
    path = a_file(tmp_path, data=None if data is None else data.replace(b"@", good))
    with monkeypatch.context() as patch:
        if callable(how):
            how(fake)
        else:
            for name, value in how.items():
                patch.setenv(f"CIUS_PT_ILINK_{name}", value.replace("@", fake.origin))
        found, out, err = run("upload", path, "--no-check")

    assert found == code, out + err
    assert says in out + err
    assert fake.documents() == []
    fake.faults.clear()
    fake.clock.offset = 0.0
    path.write_bytes(good)
    found, out, err = run("upload", path, "--no-check")
    assert found == 0, err
    assert fake.created() == {"FT 1/1": 1}


def test_too_large_for_ilink(run: Any, fake: FakeIlink, tmp_path: Path) -> None:
    fake.change(max_bytes=1000)
    code, out, _ = run("upload", a_file(tmp_path), "--no-check")

    assert code == 1
    assert "CP-ILINK-16" in out


def test_a_signature_that_is_not_valid(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    fake.change(signature_verdict=lambda _: False)
    code, out, _ = run("upload", a_file(tmp_path), "--no-check")

    assert code == 1
    assert "CP-ILINK-14" in out


def test_a_file_that_is_not_there_and_one_that_is(run: Any, tmp_path: Path) -> None:
    code, out, err = run("upload", "nothing.xml", a_file(tmp_path), "--no-check")

    assert code == 2
    assert "nothing.xml" in err
    assert "created" in out


@pytest.mark.parametrize("wrong", ["--client-secret", "--token", "--key"])
def test_no_secret_is_taken_from_the_command_line(
    wrong: str, run: Any, tmp_path: Path
) -> None:
    assert run("upload", a_file(tmp_path), wrong, "x")[0] == 2


def test_a_wrong_address_is_said(run: Any, tmp_path: Path) -> None:
    code, _, err = run("upload", a_file(tmp_path), "--additional-email", "nobody")

    assert code == 2
    assert "additional_emails[0]: is no e-mail address" in err


def test_a_file_of_settings_that_others_may_read(run: Any, tmp_path: Path) -> None:
    config = fast(tmp_path)
    config.chmod(0o644)
    code, _, err = run("upload", a_file(tmp_path), "--config", config)

    assert code == 2
    assert "chmod 600" in err


# --- status ---


def test_states_are_followed_to_the_end(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    run("upload", a_file(tmp_path), a_file(tmp_path, "FT 1/2"), "--no-check")
    first, second = fake.documents()
    fake.move(first.id, "11")
    fake.move(second.id, "14", "Falta o compromisso")

    code, out, _ = run("status", "--format", "json")

    said = json.loads(out)
    one, two = said["documents"]
    assert code == 1
    assert (one["number"], one["state"], one["final"]) == ("FT 1/1", "processed", True)
    assert (two["state"], two["resendable"]) == ("regularise", True)
    assert two["reasons"] == ["Falta o compromisso"]
    code, out, _ = run("status", "--format", "json")
    assert [d["number"] for d in json.loads(out)["documents"]] == ["FT 1/2"]


def test_a_document_by_its_number_or_its_id(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    run("upload", a_file(tmp_path), "--no-check")
    (stored,) = fake.documents()
    by_number, by_id = run("status", "FT 1/1"), run("status", stored.id)

    assert by_number == by_id
    assert by_id[1] == f"FT 1/1 {stored.id} sent\n"


def test_a_watch_ends_when_nothing_more_can_come(
    run: Any, fake: FakeIlink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("upload", a_file(tmp_path), "--no-check")
    (stored,) = fake.documents()
    codes = ["ACCEPTED", "11"]
    monkeypatch.setattr(
        "cius_pt.cli.status.time.sleep", lambda _: fake.move(stored.id, codes.pop(0))
    )
    code, out, _ = run("status", "--watch")

    assert code == 0
    states = [line.split()[-1] for line in out.splitlines()]
    assert states == ["sent", "forwarded", "processed"]


def test_a_document_without_news_is_said_to_be_stuck(run: Any, tmp_path: Path) -> None:
    run("upload", a_file(tmp_path), "--no-check")
    code, out, _ = run("status", "--stuck-after", "0", "--lang", "pt")

    assert code == 0
    assert "há demasiado tempo sem novidade" in out


def test_nothing_to_ask_for(run: Any) -> None:
    code, out, err = run("status", "--lang", "pt")

    assert (code, out) == (0, "")
    assert "não há documentos" in err


def test_a_document_ilink_does_not_know(run: Any) -> None:
    code, _, err = run("status", "60796c3c2a6fa2.53909016")

    assert code == 2
    assert "CP-ILINK-15" in err


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(success_text=True),
        Quirks(plain_states=True),
        Quirks(to_send_alias="to_send", to_send_style="alias"),
        Quirks(listed_errors=True),
        Quirks(created_status=200),
    ],
)
def test_every_shape_of_its_answers_is_understood(
    quirks: Quirks, run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    fake.change(quirks=quirks)
    fake.faults.set("upload:drop-after")
    path = a_file(tmp_path)
    for expected in ("already there", "already there"):
        code, out, err = run("upload", path, "--no-check", "--config", fast(tmp_path))
        assert code == 0, err
        assert expected in out
    assert run("status", "FT 1/1")[0] == 0
    corrected = a_file(tmp_path, data=uploading.document("FT 1/1", " novo"))
    assert run("upload", corrected, "--no-check")[0] == 1
    assert fake.created() == {"FT 1/1": 1}


def test_nothing_that_was_written_holds_a_secret(
    run: Any, fake: FakeIlink, tmp_path: Path
) -> None:
    fake.faults.set("upload:drop-after", "search:wrong-json")
    run("upload", a_file(tmp_path), "--no-check", "--config", fast(tmp_path))
    run("status")

    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(written) > 3
    for path in written:
        data = path.read_bytes()
        assert not any(secret.encode() in data for secret in SECRETS), path
