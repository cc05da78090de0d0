"""The examinations behind ``cius-pt doctor``, in good and broken surroundings."""

from __future__ import annotations

import os
import ssl
import sys
import time
from email.utils import formatdate
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cius_pt import artefacts, checking, loaded
from cius_pt.broker.environment import TESTS_URL, Environment
from cius_pt.broker.wire import Request, Response, Unanswered
from cius_pt.checkup import examine, places, rule_sets, saxon, trust
from cius_pt.checkup.answer import answer_lines
from cius_pt.checkup.line import Line, State
from cius_pt.errors import ArtefactError
from cius_pt.findings import Check, Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = 1_790_000_000.0
NAMES = [
    "cius-pt",
    "python",
    "platform",
    "libraries",
    "libxml2",
    "schema",
    "rules:rulebook-2.1.2",
    "auto",
    "saxon",
    "data",
    "cache",
    "trust",
    "config",
    "ilink",
    "credentials",
    "reach",
    "clock",
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a data directory that is not there yet, and no settings."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    for name in ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "TOKEN", "ENTITY"):
        monkeypatch.delenv(f"CIUS_PT_ILINK_{name}", raising=False)
    return tmp_path / "home"


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials for the tests environment."""
    monkeypatch.setenv("CIUS_PT_ILINK_BASE_URL", TESTS_URL)
    monkeypatch.setenv("CIUS_PT_ILINK_CLIENT_ID", "demoapp")
    monkeypatch.setenv("CIUS_PT_ILINK_CLIENT_SECRET", "s3cret-" + "x" * 36)
    monkeypatch.setenv("CIUS_PT_ILINK_ENTITY", "k3y-" + "y" * 38)


def nobody(_: Request) -> Response:
    raise AssertionError("the network was used")


def answering(status: int = 404, skew: float = 0.0) -> Callable[[Request], Response]:
    """Answer with a status, by a clock that is `skew` seconds behind."""
    date = formatdate(NOW - skew, usegmt=True)
    return lambda _: Response(status=status, headers=(("Date", date),), body=b"")


def lines(transport: Callable[[Request], Response] = nobody) -> dict[str, Line]:
    found = list(examine(transport=transport, clock=lambda: NOW))
    assert len({line.name for line in found}) == len(found)
    return {line.name: line for line in found}


def states(found: dict[str, Line]) -> dict[str, str]:
    return {name: line.state.value for name, line in found.items()}


# --- a fresh machine -----------------------------------------------------------------


def test_a_fresh_machine_is_healthy_uses_no_network_and_stays_as_it_is(
    home: Path,
) -> None:
    found = lines()

    assert list(found) == NAMES
    assert set(states(found).values()) <= {"ok", "skip"}
    assert [n for n in found if found[n].state is State.SKIP] == NAMES[-5:]
    # Compiled rules are kept, as a check keeps them; nothing else appears.
    assert [path.name for path in home.glob("*")] in ([], ["cache"])


def test_what_is_not_well_says_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "rules" / "half").mkdir(parents=True)
    monkeypatch.setenv("CIUS_PT_ILINK_TOKEN", "t")

    bad = [n for n in lines().values() if n.state in {State.WARN, State.FAIL}]

    assert [line.name for line in bad] == ["rules:half", "ilink", "credentials"]
    for line in bad:
        assert line.advice is not None
        assert line.advice.pt != line.advice.en


# --- what can be broken here ---------------------------------------------------------


def test_a_missing_library_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version

    def version(name: str) -> str:
        if name == "segno":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)

    line = lines()["libraries"]
    assert (line.state, line.said.en) == (State.FAIL, "missing: segno")


def test_changed_schemas_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(_: str) -> artefacts.SchemaInfo:
        raise ArtefactError("a file has another sha256; install it again")

    monkeypatch.setattr(artefacts, "schema", changed)

    (line,) = rule_sets.schema()

    assert line.state is State.FAIL
    assert "another sha256" in line.said.pt
    assert line.advice is not None


def test_the_age_of_a_set_is_that_on_this_machine(shared: Path, home: Path) -> None:
    artefacts.install(shared / "espap" / "2.1.2")
    manifest = home / "rules" / "espap-2.1.2" / artefacts.MANIFEST
    before = time.time() - 100 * 86_400 - 60
    os.utime(manifest, (before, before))

    (line,) = (n for n in rule_sets.lines() if n.name == "rules:espap-2.1.2")

    assert line.facts["installed_days_ago"] == 100
    assert "100 d" in line.said.pt


def test_an_older_libxml2_than_expected_is_worth_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(etree, "LIBXML_VERSION", (2, 9, 1))

    assert lines()["libxml2"].state is State.WARN


def test_a_changed_published_set_fails_and_auto_with_it(
    shared: Path, home: Path
) -> None:
    artefacts.install(shared / "espap" / "2.1.2")
    assert states(lines())["rules:espap-2.1.2"] == "ok"
    changed = next((home / "rules" / "espap-2.1.2").rglob("*.sch"))
    changed.write_bytes(changed.read_bytes() + b" ")

    found = lines()

    assert found["rules:espap-2.1.2"].state is State.FAIL
    assert found["auto"].state is State.FAIL
    assert found["saxon"].state is State.OK
    assert found["saxon"].facts["rules"] == "rulebook-2.1.2"


def test_an_older_published_set_is_worth_a_word(shared: Path) -> None:
    artefacts.install(shared / "espap" / "2.1.1")

    assert lines()["auto"].state is State.WARN


def test_a_set_that_nobody_vouches_for_is_worth_a_word(tmp_path: Path) -> None:
    (tmp_path / "own.sch").write_text(
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern>'
        '<rule context="/*"><assert id="A" test="true()">a</assert></rule></pattern>'
        "</schema>"
    )
    artefacts.install(tmp_path / "own.sch", name="own", trust=True)

    found = lines()
    assert found["rules:own"].state is State.WARN
    assert found["rules:own"].facts["installed_days_ago"] == 0
    assert found["auto"].facts["name"] == "rulebook-2.1.2"


def test_saxon_that_finds_nothing_wrong_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = Report(checks=(Check(name="rules", outcome=Outcome.PASSED),))
    monkeypatch.setattr(checking, "check", lambda *_, **__: blind)

    (line,) = saxon.lines()

    assert line.state is State.FAIL
    assert line.facts["good_conforms"] is True
    assert line.facts["broken_is_caught"] is False


def test_saxon_that_is_not_there_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "saxonche", None)
    monkeypatch.setattr(loaded, "_loaded", {})
    monkeypatch.setattr("cius_pt.schematron.worker._worker", None)

    (line,) = saxon.lines()

    assert line.state is State.FAIL
    assert "saxonche" in line.said.en


def test_only_the_rules_make_the_second_document_a_bad_one() -> None:
    for document, outcome in zip(saxon.documents(), ("passed", "failed"), strict=True):
        report = checking.check(document, rules=artefacts.RULEBOOK)
        found = {check.name: check.outcome.value for check in report.checks}
        assert found["schema"] == "passed"
        assert found["rules"] == outcome


def test_a_file_where_the_folder_should_be_is_told(home: Path) -> None:
    home.write_text("")

    found = lines()

    assert found["data"].state is found["cache"].state is State.WARN
    assert found["saxon"].state is State.OK
    assert found["config"].state is State.SKIP
    assert list(found) == NAMES


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system of Linux")
def test_what_cannot_be_written_even_by_root_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIUS_PT_HOME", "/proc/nowhere")

    assert lines()["data"].facts["writable"] is False


def test_folders_made_for_the_trial_are_taken_away(tmp_path: Path) -> None:
    assert places.unwritable(tmp_path / "a" / "b" / "c") is None
    assert list(tmp_path.iterdir()) == []


def test_without_authorities_there_is_no_https(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    if ssl.create_default_context().cert_store_stats()["x509_ca"]:
        pytest.skip("this system's authorities do not come from files")

    assert [line.state for line in trust.lines()] == [State.FAIL]


@pytest.mark.usefixtures("configured")
def test_an_examination_that_breaks_is_a_line_without_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> Iterator[Line]:
        raise RuntimeError("secret words")

    monkeypatch.setattr(trust, "lines", broken)

    found = lines(answering())

    assert found["trust"].said.en == "could not be looked at (RuntimeError)"
    assert found["clock"].state is State.OK


def test_a_disk_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[Line]:
        raise OSError(5, "Input/output error", "/data/x")

    monkeypatch.setattr(trust, "lines", broken)

    said = lines()["trust"].said
    assert said.en == "could not be looked at (/data/x: Input/output error)"


# --- iLink ---------------------------------------------------------------------------


@pytest.mark.usefixtures("configured")
def test_credentials_are_named_and_neither_shown_nor_measured() -> None:
    found = lines(answering())

    assert found["credentials"].state is State.OK
    assert found["credentials"].facts == {
        "client_id": True,
        "client_secret": True,
        "token": False,
        "entity": True,
        "entities": False,
    }
    said = repr(
        [line.to_dict(lang) for line in found.values() for lang in ("pt", "en")]
    )
    for secret in ("demoapp", "s3cret", "k3y", "xxxx", "yyyy", "43", "42"):
        assert secret not in said.partition("'credentials'")[2]


@pytest.mark.usefixtures("configured")
def test_the_question_carries_no_credentials() -> None:
    asked: list[Request] = []

    def transport(request: Request) -> Response:
        asked.append(request)
        return answering()(request)

    lines(transport)

    (request,) = asked
    assert (request.method, request.url) == ("GET", TESTS_URL)
    assert (request.headers, request.query, request.body) == ((), (), b"")


@pytest.mark.usefixtures("configured")
def test_offline_asks_nothing() -> None:
    found = {n.name: n for n in examine(offline=True, transport=nobody)}

    assert found["credentials"].state is State.OK
    assert found["reach"].state is found["clock"].state is State.SKIP


@pytest.mark.parametrize(
    ("missing", "wrong", "says"),
    [
        ("BASE_URL", ["ilink"], "for which iLink"),
        ("CLIENT_SECRET", ["credentials"], "present: client_id, entity"),
        ("ENTITY", ["credentials"], "present: client_id, client_secret"),
    ],
)
@pytest.mark.usefixtures("configured")
def test_what_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
    wrong: list[str],
    says: str,
) -> None:
    monkeypatch.delenv(f"CIUS_PT_ILINK_{missing}")

    found = lines(answering())

    assert [n for n in found if found[n].state is State.FAIL] == wrong
    assert says in found[wrong[0]].said.en


@pytest.mark.usefixtures("configured")
def test_an_unsafe_address_is_refused_and_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIUS_PT_ILINK_BASE_URL", "https://u:pass@ilink.example/x")

    found = lines()

    assert found["ilink"].state is State.FAIL
    assert "pass@" not in repr(found)


@pytest.mark.usefixtures("configured")
def test_credentials_that_no_header_can_carry_are_told_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIUS_PT_ILINK_ENTITY", "k3y with space")

    found = lines(answering())

    assert found["credentials"].state is State.FAIL
    assert found["credentials"].said.en.startswith("cannot be used: entity: ")
    assert "k3y" not in repr(found)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o604, 0o644])
def test_a_settings_file_must_be_private(home: Path, mode: int) -> None:
    home.mkdir()
    path = home / "ilink.toml"
    path.write_text('[ilink]\ntoken = "t0ken"\nentity = "k"\n')
    path.chmod(mode)

    found = lines()

    private = not mode & 0o077
    assert found["config"].facts["mode"] == f"{mode:04o}"
    assert found["config"].state is (State.OK if private else State.FAIL)
    assert found["credentials"].state is (State.OK if private else State.SKIP)
    assert "t0ken" not in repr(found)


def test_a_settings_file_that_cannot_be_read_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    (home / "ilink.toml").write_text("")
    (home / "ilink.toml").chmod(0o600)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cius_pt.checkup.ilink.settings", refuse)

    found = lines()

    assert found["settings"].state is State.FAIL
    assert "cannot be read (Permission denied)" in found["settings"].said.en
    assert states(found)["credentials"] == "skip"


def test_a_settings_file_that_makes_no_sense_is_told(home: Path) -> None:
    home.mkdir()
    (home / "ilink.toml").write_text('[ilink]\nsecert = "s3cret"\n')
    (home / "ilink.toml").chmod(0o600)

    found = lines()

    assert found["settings"].state is State.FAIL
    assert "secert" in found["settings"].said.en
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("status", "state", "outside"),
    [
        (200, "ok", False),
        (401, "ok", False),
        (404, "ok", False),
        (403, "warn", False),
        (500, "fail", True),
        (503, "fail", True),
    ],
)
@pytest.mark.usefixtures("configured")
def test_any_answer_but_a_broken_one_shows_a_way(
    status: int, state: str, outside: bool
) -> None:
    line = lines(answering(status))["reach"]

    assert (line.state.value, line.outside) == (state, outside)
    assert line.facts["status"] == status


@pytest.mark.usefixtures("configured")
def test_no_answer_is_the_outside() -> None:
    def transport(_: Request) -> Response:
        raise Unanswered("ilink cannot be reached", sent=False)

    found = lines(transport)

    assert (found["reach"].state, found["reach"].outside) == (State.FAIL, True)
    assert found["clock"].state is State.SKIP


@given(st.integers(-100_000, 100_000))
def test_the_clock_is_judged_by_its_distance(skew: int) -> None:
    place = Environment(base_url=TESTS_URL)
    *_, line = answer_lines(place, answering(skew=skew), lambda: NOW)

    far = abs(skew)
    wanted = State.OK if far < 5 else State.WARN if far < 60 else State.FAIL
    assert line.state is wanted
    assert line.facts["skew_seconds"] == skew
    assert ("ahead" in line.said.en) == (skew > 0)


@pytest.mark.usefixtures("configured")
def test_an_answer_without_a_date_says_nothing_of_the_clock() -> None:
    found = lines(lambda _: Response(status=200, headers=(), body=b""))

    assert found["clock"].state is State.SKIP
