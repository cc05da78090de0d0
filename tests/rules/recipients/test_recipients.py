# SPDX-License-Identifier: MIT
from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cius_pt import xmlio
from cius_pt.errors import ArtefactError, InvalidValue
from cius_pt.findings import Outcome, Severity
from cius_pt.model import Address, Contact, Delivery, Identifier, Kind
from cius_pt.rules import recipients
from cius_pt.rules.recipients import DEMANDS, check, judge, load, names
from cius_pt.rules.tables import sections
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.rules.own.documents import BUYER, PDF, SELLER, attached, correcting, plain
from tests.samples import PLACE, line

if TYPE_CHECKING:
    from cius_pt.model import Invoice

GLN = Identifier(value="5600000000007", scheme="0088")
FOLDER = Path(recipients.__file__).parent

CONTENT = attached(PDF, description="INVOICE_REPRESENTATION").attachments
GIVEN = plain(
    kind=Kind.FT,
    commitment="2026/118",
    order_reference="NE 2026/118",
    contract_reference="C 7",
    attachments=CONTENT,
    seller=replace(SELLER, share_capital="5.000,00 EUR"),
    buyer=replace(
        BUYER,
        electronic_address=GLN,
        contact=Contact(email="compras@example.org"),
    ),
    deliveries=(Delivery(address=PLACE, location=GLN),),
)
ZERO_NOTE = replace(
    correcting(),
    totals=replace(correcting().totals, with_vat=Decimal("0.00")),  # type: ignore[type-var]
)
# A demand, the document that breaks it alone, and its rule.
BREACHES: tuple[tuple[str, Invoice, str], ...] = (
    ("commitment", replace(GIVEN, commitment=None), "CP-RECIPIENT-01"),
    ("order", replace(GIVEN, order_reference=None), "CP-RECIPIENT-02"),
    ("pdf", replace(GIVEN, attachments=()), "CP-RECIPIENT-03"),
    (
        "seller-address",
        replace(
            GIVEN,
            seller=replace(
                GIVEN.seller, address=Address(street="Rua", city="Braga", country="PT")
            ),
        ),
        "CP-RECIPIENT-04",
    ),
    ("share-capital", replace(GIVEN, seller=SELLER), "CP-RECIPIENT-05"),
    (
        "buyer-gln",
        replace(GIVEN, buyer=replace(GIVEN.buyer, electronic_address=None)),
        "CP-RECIPIENT-06",
    ),
    (
        "delivery-gln",
        replace(GIVEN, deliveries=(Delivery(address=PLACE),)),
        "CP-RECIPIENT-07",
    ),
    (
        "buyer-email",
        replace(GIVEN, buyer=replace(GIVEN.buyer, contact=None)),
        "CP-RECIPIENT-08",
    ),
    ("credit-note-above-zero", ZERO_NOTE, "CP-RECIPIENT-09"),
    ("contract", replace(GIVEN, contract_reference=None), "CP-RECIPIENT-10"),
)


def profile(tmp_path: Path, text: str) -> recipients.Profile:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load(str(path))


def test_there_is_a_breach_for_every_demand_and_every_rule() -> None:
    assert [word for word, _, _ in BREACHES] == list(DEMANDS)
    assert [*(rule for _, _, rule in BREACHES), "CP-RECIPIENT-11"] == list(
        sections("recipients.toml")
    )


@pytest.mark.parametrize(("word", "broken", "rule"), BREACHES)
@pytest.mark.parametrize("severity", Severity)
def test_a_demand_is_broken_alone_and_as_badly_as_the_profile_takes_it(
    tmp_path: Path, word: str, broken: Invoice, rule: str, severity: Severity
) -> None:
    only = profile(tmp_path, f'[demands]\n{word} = "{severity}"\n')
    (found,) = judge(broken, only)

    assert (found.rule, found.severity) == (rule, severity)
    assert judge(GIVEN, only) == ()


@pytest.mark.parametrize("name", names())
def test_a_document_with_everything_passes_every_profile(name: str) -> None:
    document = xmlio.parse(write(GIVEN))
    done = check(read(document), load(name), document=document)

    assert done.outcome is Outcome.PASSED
    assert done.findings == ()
    assert done.version.startswith(name)


@pytest.mark.parametrize("name", names())
def test_a_profile_says_where_it_comes_from(name: str) -> None:
    given = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))

    assert given["source"]
    assert given["status"]
    assert isinstance(given["checked"], dt.date)
    assert isinstance(given["source-date"], dt.date)
    assert load(name).title.pt != load(name).title.en


def test_feap_refuses_a_document_without_commitment_and_pdf() -> None:
    document = xmlio.parse(write(plain()))
    done = check(read(document), load("feap"), document=document, lang="pt")
    fatal = {f.rule for f in done.findings if f.severity is Severity.FATAL}

    assert done.name == "recipient"
    assert done.outcome is Outcome.FAILED
    assert fatal == {"CP-RECIPIENT-01", "CP-RECIPIENT-03"}
    assert all(f.location.line for f in done.findings)
    assert done.findings[0].message.startswith("O documento, ou cada uma")


def test_commitments_on_every_line_are_as_good_as_one_on_the_document() -> None:
    feap = load("feap")
    both = (line(commitment="1"), line(id="2", commitment="2"))
    one = (both[0], line(id="2"))

    assert judge(replace(GIVEN, commitment=None, lines=both), feap) == ()
    (found,) = judge(replace(GIVEN, commitment=None, lines=one), feap)
    assert found.location.path == "lines[1].commitment"


def test_madeira_wants_what_feap_wants_and_the_e_mail() -> None:
    assert set(load("madeira").demands) - set(load("feap").demands) == {"buyer-email"}


def test_a_profile_for_others_says_so(tmp_path: Path) -> None:
    text = 'buyers = ["600000001"]\n[demands]\norder = "info"\n'.replace(
        "600000001", "501442600"
    )
    (found,) = judge(GIVEN, profile(tmp_path, text))

    assert found.rule == "CP-RECIPIENT-11"
    assert "501442600" in found.message


def test_an_own_profile_may_extend_one_and_soften_it(tmp_path: Path) -> None:
    text = 'extends = "feap"\n[demands]\npdf = "info"\n'
    own = profile(tmp_path, text)

    assert own.demands["pdf"] is Severity.INFO
    assert own.demands["commitment"] is Severity.FATAL
    assert own.label == "own"


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ('demand = 1\n[demands]\norder = "info"', "demand", "title, source"),
        ('[demands]\nordr = "info"', "demands.ordr", "commitment, order"),
        ('[demands]\norder = "error"', "demands.order", "fatal, warning, info"),
        ("[demands]\norder = 1", "demands.order", "fatal, warning, info"),
        ("demands = 1", "demands", "table"),
        ("", "demands", "known demands: commitment"),
        ('extends = "nobody"', "extends", "feap, madeira"),
        ('extends = ["feap"]', "extends", "feap, madeira"),
        ('extends = "feap"\nbuyers = "501442600"', "buyers", "list"),
        ('extends = "feap"\nbuyers = ["501442601"]', "buyers[0]", "check digit"),
        ('extends = "feap"\nbuyers = [501442600]', "buyers[0]", "text"),
        ('extends = "feap"\ntitle = "x"', "title", "table"),
        ('extends = "feap"\ntitle.fr = "x"', "title.fr", "pt, en"),
        ('extends = "feap"\ntitle.pt = 1', "title.pt", "text"),
        ('extends = "feap"\nsource = []', "source", "text"),
    ],
)
def test_what_no_profile_says_is_named_with_what_there_is(
    tmp_path: Path, text: str, path: str, said: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        profile(tmp_path, text)
    assert refused.value.path == path
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody", "feap, madeira"),
        ("nobody.toml", "No such file"),
        ("./", "directory"),
        ("../feap", "No such file"),
    ],
)
def test_a_profile_that_is_not_there_is_said(name: str, said: str) -> None:
    with pytest.raises(ArtefactError, match=said):
        load(name)


@pytest.mark.parametrize("data", [b"a = ", b"\xff", b"#" * 100_001])
def test_a_file_that_is_no_profile_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(data)

    with pytest.raises(ArtefactError, match=r"own\.toml"):
        load(str(path))


def test_an_invoice_that_cannot_be_read_is_not_passed() -> None:
    data = write(GIVEN).replace(b"<cbc:IssueDate>2026-01-31</cbc:IssueDate>", b"")
    done = check(read(data), load("feap"))

    assert done.outcome is Outcome.SKIPPED
    assert done.explained
