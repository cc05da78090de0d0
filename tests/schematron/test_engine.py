# SPDX-License-Identifier: MIT
"""The engine around Saxon: threads, processes, signals, what is said and where."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cius_pt import xmlio
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Outcome, Severity
from cius_pt.schematron import engine
from cius_pt.schematron.numbers import MAX_DIGITS

if TYPE_CHECKING:
    from tests.schematron.conftest import Write

ROOT = Path(__file__).parents[2]
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = (
    f'<Invoice xmlns="{UBL}Invoice-2" xmlns:b="{UBL}CommonBasicComponents-2" '
    f'xmlns:a="{UBL}CommonAggregateComponents-2">\n'
    '  <b:ID>1</b:ID><a:InvoiceLine><b:ID schemeID="é">2</b:ID></a:InvoiceLine>'
    "{extra}</Invoice>"
).replace("{UBL}", UBL)
NS = "".join(
    f'<ns prefix="{p}" uri="{UBL}{n}-2"/>'
    for p, n in (
        ("ubl", "Invoice"),
        ("cbc", "CommonBasicComponents"),
        ("cac", "CommonAggregateComponents"),
    )
)
BODY = f"""{NS}
  <pattern>
    <rule context="cac:InvoiceLine/cbc:ID">
      <assert id="ONE" flag="fatal" test=". = /ubl:Invoice/cbc:ID"> [ONE] - no </assert>
      <assert id="NUM" flag="warning" test="xs:decimal(.) le 2">too big</assert>
    </rule>
    <rule context="@schemeID"><report id="AT" flag="warning" test=". = 'é'"/></rule>
  </pattern>
  <pattern>
    <rule context="cac:InvoiceLine/cbc:ID/@schemeID">
      <report id="AT" flag="warning" test=". = 'é'">é!</report>
    </rule>
  </pattern>"""


def invoice(extra: str = "") -> bytes:
    return INVOICE.replace("{extra}", extra).encode()


@pytest.fixture
def rules(write: Write) -> engine.Rules:
    return engine.load(write(BODY), "ours 1.0")


def test_a_check_says_what_where_and_how_bad(rules: engine.Rules) -> None:
    check = rules.check(xmlio.parse(invoice()))
    assert (check.name, check.version) == ("rules", "ours 1.0")
    assert check.outcome is Outcome.FAILED
    assert check.seconds > 0
    one, at, again = sorted(check.findings, key=lambda f: (f.rule != "ONE", f.message))
    assert (one.rule, one.severity, one.message) == (
        "ONE",
        Severity.FATAL,
        "[ONE] - no",
    )
    assert one.location.xpath == "/Invoice/cac:InvoiceLine/cbc:ID"
    assert (one.location.line, one.location.column) == (2, 32)
    assert again.message == "é!"
    assert at.location.xpath == "/Invoice/cac:InvoiceLine/cbc:ID/@schemeID"


def test_warnings_alone_pass(rules: engine.Rules) -> None:
    data = invoice().replace(b">1<", b">2<")
    check = rules.check(xmlio.parse(data))
    assert check.outcome is Outcome.PASSED
    assert {f.severity for f in check.findings} == {Severity.WARNING}


def test_a_dynamic_error_is_a_finding_and_a_skipped_step(
    rules: engine.Rules, capfd: pytest.CaptureFixture[str]
) -> None:
    check = rules.check(xmlio.parse(invoice().replace(b">2<", b">x<")))
    assert check.outcome is Outcome.SKIPPED
    assert check.reason
    (finding,) = check.findings
    assert (finding.rule, finding.severity) == ("CP-RULES-01", Severity.FATAL)
    assert "FORG0001" in finding.message
    assert "NUM" in finding.message
    assert capfd.readouterr() == ("", "")
    assert rules.check(xmlio.parse(invoice())).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("old", "new"), [("<xsl:text>#3</xsl:text>", ""), (">#3<", ">#2<")]
)
def test_an_output_without_its_last_line_is_never_clean(
    rules: engine.Rules, old: str, new: str
) -> None:
    text = rules.stylesheet.xslt
    assert len(rules.stylesheet.assertions) != 3 or old in text
    total = len(rules.stylesheet.assertions)
    cut = text.replace(old.replace("3", str(total)), new.replace("2", "0"))
    assert cut != text
    broken = replace(rules, stylesheet=replace(rules.stylesheet, xslt=cut))
    check = broken.check(xmlio.parse(invoice()))
    assert check.outcome is Outcome.SKIPPED
    assert check.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_every_encoding_we_read_gives_the_same_hits(
    rules: engine.Rules, encoding: str
) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{name}"?>\n{invoice().decode()}'
    hits = rules.run(text.encode(encoding)).hits
    assert {(hit.rule, hit.element, hit.attribute) for hit in hits} == {
        ("ONE", 3, None),
        ("AT", 3, "schemeID"),
    }


def test_what_saxon_refuses_is_skipped_with_a_reason(rules: engine.Rules) -> None:
    # The XML parser inside Saxon takes 200 attributes, libxml2 any number.
    extra = "".join(f' x{number}=""' for number in range(300))
    check = rules.check(xmlio.parse(invoice(f"<b:Note{extra}/>")))
    assert check.outcome is Outcome.SKIPPED
    assert check.findings == ()
    assert "attributes" in str(check.reason)


@pytest.mark.parametrize(
    "digits",
    [
        "9" * (MAX_DIGITS + 1),
        "&#57;" * (MAX_DIGITS + 1),
        f"{'9' * (MAX_DIGITS // 2)}<!-- -->" * 3,
        f"<![CDATA[{'9' * (MAX_DIGITS // 2)}]]>" * 3,
        f"{'9' * (MAX_DIGITS // 2)}<?x y?>" * 3,
    ],
    ids=["plain", "references", "comments", "CDATA", "instructions"],
)
def test_a_number_without_an_end_is_not_calculated_with(
    rules: engine.Rules, digits: str
) -> None:
    check = rules.check(xmlio.parse(invoice().replace(b">2<", f">{digits}<".encode())))
    (finding,) = check.findings

    assert check.outcome is Outcome.SKIPPED
    assert "5,000 digits" in str(check.reason)
    assert (finding.rule, finding.severity) == ("CP-RULES-02", Severity.FATAL)
    assert finding.location.xpath == "/Invoice/cac:InvoiceLine/cbc:ID"


def test_a_number_without_an_end_in_an_attribute_is_seen(rules: engine.Rules) -> None:
    data = invoice().replace("é".encode(), b"9" * 2 * MAX_DIGITS)
    (finding,) = rules.check(xmlio.parse(data)).findings

    assert finding.rule == "CP-RULES-02"


@pytest.mark.parametrize(
    "text",
    [
        "A1B2" * MAX_DIGITS,
        "9" * MAX_DIGITS,
        "&#57;" * MAX_DIGITS,
        f"{'9' * MAX_DIGITS} {'9' * MAX_DIGITS}<!-- -->",
    ],
    ids=["base64", "plain", "references", "two numbers"],
)
def test_what_is_no_endless_number_is_judged(rules: engine.Rules, text: str) -> None:
    data = invoice(f"<b:Note>{text}</b:Note>")

    assert rules.check(xmlio.parse(data)).outcome is Outcome.FAILED


def test_line_ends_are_those_of_a_normal_parse(write: Write) -> None:
    body = """<pattern><rule context="a">
      <assert id="LF" test="string-length(.) = 1 and . = codepoints-to-string(10)"/>
      <assert id="AT" test="@x = ' '"/>
    </rule></pattern>"""
    rules = engine.load(write(body), "x")
    for end in ("\r\n", "\r", "\n"):
        assert rules.run(f"<a x='{end}'>{end}</a>".encode()).hits == ()


def test_a_document_type_declaration_never_reaches_saxon(rules: engine.Rules) -> None:
    data = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    with pytest.raises(UnreadableDocument):
        rules.run(data)


def test_sixteen_threads_share_one_engine(rules: engine.Rules) -> None:
    bad = xmlio.parse(invoice())
    good = xmlio.parse(invoice().replace(b">1<", b">2<"))
    barrier = threading.Barrier(16)

    def work(number: int) -> list[Outcome]:
        barrier.wait()
        document = bad if number % 2 else good
        return [rules.check(document).outcome for _ in range(20)]

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(work, range(16)))
    for number, outcomes in enumerate(results):
        expected = Outcome.FAILED if number % 2 else Outcome.PASSED
        assert outcomes == [expected] * 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_has_an_engine_of_its_own(tmp_path: Path, write: Write) -> None:
    script = f"""
import os, sys, threading
from pathlib import Path
from cius_pt.schematron import engine
rules = engine.load(Path({str(write(BODY))!r}), "x")
data = {invoice()!r}
long = data.replace(b"</Invoice>", b"<x><y/></x>" * 100_000 + b"</Invoice>")
stop = threading.Event()
def busy():
    while not stop.is_set():
        rules.run(long)
thread = threading.Thread(target=busy)
thread.start()
codes = []
for number in range(6):
    child = os.fork()
    if not child:
        fired = sorted(hit.rule for hit in rules.run(data).hits)
        if number % 2:
            os._exit(0 if fired == ["AT", "AT", "ONE"] else 1)
        stop.set()
        sys.exit(0 if fired == ["AT", "AT", "ONE"] else 1)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
stop.set()
thread.join()
sys.exit(0 if codes == [0] * 6 and rules.run(data).complete else str(codes))
"""
    assert _python(script, tmp_path) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_forked_while_another_thread_reads_can_read(tmp_path: Path) -> None:
    # lxml's XPath objects have a lock each; a fork in the middle of an evaluation left
    # the one that measures the depth locked for ever in the child.
    script = """
import os, signal, sys, threading
from cius_pt import xmlio
long = b"<a>" + b"<x><y/></x>" * 20_000 + b"</a>"
stop = threading.Event()
def busy():
    while not stop.is_set():
        xmlio.tree(long)
threads = [threading.Thread(target=busy) for _ in range(2)]
[thread.start() for thread in threads]
codes = set()
for _ in range(100):
    child = os.fork()
    if not child:
        signal.alarm(10)
        os._exit(0 if xmlio.tree(b"<a/>").tag == "a" else 1)
    codes.add(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
stop.set()
[thread.join() for thread in threads]
sys.exit(0 if codes == {0} else str(codes))
"""
    assert _python(script, tmp_path) == (0, "", "")


@pytest.mark.parametrize("ending", ["", "raise SystemExit(7)", "1 / 0"])
def test_a_script_that_used_the_engine_leaves_with_its_own_exit_code(
    tmp_path: Path, write: Write, ending: str
) -> None:
    script = f"""
from pathlib import Path
from cius_pt.schematron import engine
rules = engine.load(Path({str(write(BODY))!r}), "x")
print(rules.run({invoice()!r}).complete)
{ending}
"""
    code, out, err = _python(script, tmp_path)
    assert out == "True\n"
    if "0" in ending:
        assert (code, "ZeroDivisionError" in err) == (1, True)
    else:
        assert (code, err) == (7 if ending else 0, "")


def test_rules_are_not_waited_for_when_python_has_ended(
    tmp_path: Path, write: Write
) -> None:
    script = f"""
import atexit
from pathlib import Path
from cius_pt.schematron import engine
atexit.register(lambda: print(rules.run({invoice()!r}).failure))
rules = engine.load(Path({str(write(BODY))!r}), "x")
"""
    code, out, err = _python(script, tmp_path)
    assert (code, err) == (0, "")
    assert "shutting down" in out


def test_rules_travel_to_other_processes(rules: engine.Rules) -> None:
    again = pickle.loads(pickle.dumps(rules))  # noqa: S301 - our own bytes
    assert again == rules
    assert again.run(invoice()) == rules.run(invoice())


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_reaches_the_caller_and_the_engine_goes_on(
    tmp_path: Path, write: Write
) -> None:
    slow = """<pattern><rule context="b">
      <assert id="SLOW" test="count(//b[. = current()]) = 0"/></rule></pattern>"""
    script = f"""
import os, subprocess, sys
from pathlib import Path
from cius_pt.schematron import engine
rules = engine.load(Path({str(write(slow))!r}), "x")
data = b"<a>" + b"<b>1</b>" * 8000 + b"</a>"
# From outside: Saxon keeps the interpreter lock, a thread of ours would come too late.
kill = "import os, time; time.sleep(0.3); os.kill(" + str(os.getpid()) + ", 2)"
subprocess.Popen([sys.executable, "-c", kill])
try:
    rules.run(data)
    print("finished")
except KeyboardInterrupt:
    print("interrupted")
print(len(rules.run(b"<a><b>1</b></a>").hits))
"""
    assert _python(script, tmp_path) == (0, "interrupted\n1\n", "")


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, write: Write) -> None:
    script = f"""
import os
from pathlib import Path
from cius_pt.schematron import engine
engine.load(Path({str(write(BODY))!r}), "x").run({invoice()!r})
os._exit(0)
"""
    folder = tmp_path / "temporary"
    folder.mkdir()
    assert _python(script, tmp_path, TMPDIR=str(folder)) == (0, "", "")
    assert list(folder.iterdir()) == []


def test_the_locale_of_the_process_is_left_alone(tmp_path: Path, write: Write) -> None:
    script = f"""
import locale
from pathlib import Path
from cius_pt.schematron import engine
import os
os.environ["LC_ALL"] = "C"
before = locale.setlocale(locale.LC_CTYPE), locale.getencoding()
engine.load(Path({str(write(BODY))!r}), "x").run({invoice()!r})
print(before == (locale.setlocale(locale.LC_CTYPE), locale.getencoding()))
"""
    assert _python(script, tmp_path, LC_ALL="C.UTF-8") == (0, "True\n", "")


def test_importing_the_engine_does_not_load_saxon(tmp_path: Path) -> None:
    script = """
import sys
import cius_pt.schematron.engine
print(sorted({"saxonche", "elementpath"} & set(sys.modules)))
"""
    assert _python(script, tmp_path) == (0, "[]\n", "")


def _python(script: str, folder: Path, **environment: str) -> tuple[int, str, str]:
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    found = subprocess.run(
        [sys.executable, path],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        text=True,
        timeout=120,
    )
    return found.returncode, found.stdout, found.stderr
