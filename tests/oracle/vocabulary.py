# SPDX-License-Identifier: MIT
"""The words that mutants are made of: values at, just inside and beyond the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


def _words(text: str) -> list[str]:
    return text.split()


_LENGTHS = (1, 2, 5, 6, 10, 11, 20, 21, 50, 51, 125, 126, 150, 151, 200, 201, 500, 501)
_TEXTS = ["", " ", "\n", "a\nb", "a\tb", " x", "x ", "a  b", "É", "\U0001f600" * 50]
_TEXTS += ["\U0001f600" * 51, "#", "##", "\r", "a\u2028b", "\u0661"]
_TEXTS += ["x" * n for n in _LENGTHS]
CODES = _words(
    "PT EL XI GR pt EUR USD MRU VAT vat BOL AA S E RED INT NOR ISE OUT NA Z AE IC G O "
    "K FT NC ND 380 383 381 386 80 83 81 0 130 50 3 35 5 432 32 30 58 10 20 49 TB MB "
    "31 97 9946 0088 0160 0195 SEPA ANG AIM STI CPV C62 EA H87 UN text/plain "
    "application/pdf application/txt 95 41 ST ADF AAA ZZZ M07 M99 "
)
CODES += ["", " ", "EUR USD", " EUR ", "S NOR", "|", "EUR|USD", "AAA  BBB", "P", "P T"]
CODES += ["PT123456789", "GR1", "X", "x" * 20, "x" * 21, "x" * 50, "x" * 51]
CODES += ["urn:cen.eu:en16931:2017#compliant#urn:feap.gov.pt:CIUS-PT:2.1.2"]
CODES += ["urn:cenXeu:en16931:2017#compliant#urn:feapXgov.pt:CIUS-PT:9"]
CODES += [
    "#ENTITY@ATMPAYMENT#15652#",
    "#ENTITY@ATMPAYMENT#15652",
    " #ENTITY@ATMPAYMENT#1#",
]
CODES += ["#ENTITY@ATMPAYMENT##", f"#ENTITY@ATMPAYMENT#{'1' * 21}#"]
CODES += [
    "#REFERENCE@ATMPAYMENT#1#",
    "#REFERENCE@DUCPAYMENT#1#",
    "#REFERENCE@ATMPAYMENT##",
]
CODES += [f"#REFERENCE@DUCPAYMENT#{'1' * 21}#", "#DESCRIPTION@ATMPAYMENT#x#"]
CODES += [f"#DESCRIPTION@ATMPAYMENT#{'x' * 125}#", "#DESCRIPTION@ATMPAYMENT#x"]
CODES += [f"#DESCRIPTION@ATMPAYMENT#{'x' * 126}#"]
_NUMBERS = _words(
    "0 0.0 0.00 0.000 1 1.0 1.00 1.000 1.001 1.12345678 1.123456789 -1.00 -0.00 +1.00 "
    "01.00 .50 5. 99.99 100.00 100.01 101.00 999.00 1000.00 -5.00 23.00 6.50 0.01 "
    "1234567890123.00 12345678901234.00 -1234567890123.00 1.00001 0.005 1234.123"
)
_NUMBERS += [" 5.00 ", "\n5.00"]
_DATES = "2026-01-31 2020-02-29 2099-12-31 2026-01-31Z 2026-01-31+01:00 -2026-01-31"
ATTRIBUTES = ["", "X", "x" * 21, "x" * 51, "x" * 151, *CODES[:12], *CODES[-24:]]
_VALUES = {
    "Amount": _NUMBERS,
    "Measure": _NUMBERS,
    "Numeric": _NUMBERS,
    "Percent": _NUMBERS,
    "Quantity": _NUMBERS,
    "Rate": _NUMBERS,
    "Date": [*_DATES.split(), "12026-01-31", " 2026-01-31"],
    "Time": ["12:00:00", "12:00:00Z"],
    "Indicator": ["true", "false", "1", "0", " true "],
    "Code": [*CODES, *_TEXTS],
    "Identifier": [*CODES, *_TEXTS],
    "BinaryObject": ["", "QQ==", "QUJD", " QUJD "],
}
CATEGORIES = _words("AA S E RED INT NOR ISE OUT NA Z AE IC G O K X")
CATEGORIES += [" S ", "", "S NOR", "nor"]
RATES = _words("0.00 6.00 13.00 23.00 6.50 16.50 22.60 100.00 6 -6.00 0.40")
ALLOWANCE = {
    "cbc:ChargeIndicator": ["true", "false", "false", "1", "0"],
    "cbc:AllowanceChargeReasonCode": ["95", "41", "AA", "ST", "ADF", "ZZZ", ""],
    "cbc:AllowanceChargeReason": ["x", "", "x" * 201],
    "cbc:MultiplierFactorNumeric": ["10.00", "10", "100.01", "0.00", "50.00"],
    "cbc:Amount": ["10.00", "1.00", "0.00", "-1.00", "5", "11.01", "9.00"],
    "cbc:BaseAmount": ["100.00", "10.00", "0.00", "11.00", "12.5"],
    "cac:TaxCategory/cbc:ID": ["S", "NOR", "AA", "RED", "INT", "E", "ISE", "Z", "K"],
    "cac:TaxCategory/cbc:Percent": RATES,
    "cac:TaxCategory/cac:TaxScheme/cbc:ID": ["VAT", "BOL", "X"],
}
PERIOD = {
    "cbc:TaxPointDate": ["2026-01-31"],
    "cac:InvoicePeriod/cbc:StartDate": ["2026-01-31", "2026-02-28"],
    "cac:InvoicePeriod/cbc:EndDate": ["2026-01-31", "2026-02-28"],
    "cac:InvoicePeriod/cbc:DescriptionCode": ["3", "35", "432", "32", "5", "x"],
}
_ITEM = "@CLASSIFIEDTAXCATEGORY#"
PROPERTIES = [
    (f"#TAXEXEMPTIONREASONCODE{_ITEM}", "M07"),
    (f"#TAXEXEMPTIONREASONCODE{_ITEM}", "M01"),
    (f"#TAXEXEMPTIONREASONCODE{_ITEM}", "m07"),
    (f"#TAXEXEMPTIONREASONCODE{_ITEM}", ""),
    (f" #TAXEXEMPTIONREASONCODE{_ITEM}", "M07"),
    (f"#TAXEXEMPTIONREASONCODE{_ITEM}x", "M07"),
    (f"#TAXEXEMPTIONREASON{_ITEM}", "x"),
    (f"#TAXEXEMPTIONREASON{_ITEM} ", "x"),
    (f"#TAXEXEMPTIONREASON{_ITEM}x", "x"),
    ("#LINEID@COMMITMENTLINEREFERENCE#", "1"),
    ("#LINEID@COMMITMENTLINEREFERENCE#1", "1"),
    ("#ID@INVOICEDOCUMENTREFERENCE@BILLINGREFERENCE-001#", "F 1"),
    ("#ID@INVOICEDOCUMENTREFERENCE@BILLINGREFERENCE-1#", "F 1"),
    (" #ID@INVOICEDOCUMENTREFERENCE@BILLINGREFERENCE-001#", "F 1"),
    ("CPE", "PT0002"),
    ("x" * 201, "x"),
    ("x", "x" * 201),
]
_SINGLE = {
    "SOURCECURRENCYCODE": ["USD", "MRU", "usd", "", " USD ", "USD EUR", "U#D"],
    "CALCULATIONRATE": ["0.91", "0.9", "1.123456", "1,23", "", "1234567890.00", "1.5#"],
    "DESCRIPTION@INVOICEPERIOD": ["x", "", "x" * 150, "x" * 151, "a\nb"],
    "ADDITIONALPROPERTY": [
        "a#b",
        "a",
        "",
        "#",
        f"{'a' * 51}#b",
        f"a#{'b' * 51}",
        "a#b#c",
    ],
    "NUMBER@ATCERTIFIEDPROGRAM": ["1234/AT", "", "x" * 20, "x" * 21],
    "HASHCODE@ATCERTIFIEDPROGRAM": ["ABc1", "", "x" * 21],
    "DESCRIPTION@ATCERTIFIEDPROGRAM": ["x", "", "x" * 151],
}
_GROUPED = {
    "WITHHOLDINGTAXDESCRIPTION@WITHHOLDINGTAX": ["x", "", "x" * 151],
    "WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX": ["10.00", "10,00", "1000000", "1.0", ""],
    "WITHHOLDINGTAXTYPE@WITHHOLDINGTAX": ["IRF", "RF", "F", "IRS", "", "irf"],
    "ENTITY@ATMPAYMENT": ["12345", "", "1" * 21],
    "REFERENCE@ATMPAYMENT": ["123456789", "", "1" * 21],
    "AMOUNT@ATMPAYMENT": ["3264.10", "3264,10", "1", ""],
    "DESCRIPTION@ATMPAYMENT": ["x", "", "x" * 151],
}
_GROUPS = ["001", "001", "001", "002", "1", "", "01A", " 001"]
FOREIGN = _words(
    "schemeName schemeAgencyName schemeDataURI schemeURI format "
    "unitCodeListIdentifier unitCodeListAgencyIdentifier unitCodeListAgencyName "
    "listAgencyName listName name languageID listURI listSchemeURI languageLocaleID "
    "uri currencyCodeListVersionID characterSetCode encodingCode"
)
_DECLARED = 'xmlns:cac="{cac}" xmlns:cbc="{cbc}"'
ODDITIES = [
    f"<cac:Other {_DECLARED}><cbc:PictureBinaryObject/></cac:Other>",
    f"<cac:PayeeParty {_DECLARED}/>",
    f"<cac:InvoicePeriod {_DECLARED}/>",
    f"<cac:Delivery {_DECLARED}/>",
]


def values(kind: str) -> list[str]:
    """Return values worth trying in a basic element of a kind."""
    return _VALUES.get(kind, _TEXTS)


def few(kind: str) -> list[str]:
    """Return the values that break most rules on a basic element."""
    if kind in _VALUES and kind not in {"Code", "Identifier"}:
        return ["1", "1.123456789", "-1.00", "101.00", *_VALUES[kind][-2:]]
    return ["", "a\nb", "x" * 21, "x" * 51, "x" * 501]


def notes(rng: random.Random) -> list[str]:
    """Return tagged notes: a mixture of whole and broken groups."""
    found = []
    for key in rng.sample(list(_SINGLE), rng.randrange(4)):
        value = rng.choice(_SINGLE[key][:1] * 3 + _SINGLE[key])
        found += [f"#{key}#{value}#"] * rng.choice((1, 1, 1, 2))
    keys = list(_GROUPED)[: rng.choice((0, 3, 7))]
    group = rng.choice(_GROUPS)
    for key in keys:
        if rng.random() < _MOSTLY:
            value = rng.choice(_GROUPED[key][:1] * 3 + _GROUPED[key])
            found += [f"#{key}-{group}#{value}#"] * rng.choice((1, 1, 1, 1, 2))
    if found and rng.random() < 1 - _MOSTLY:
        place = rng.randrange(len(found))
        broken = found[place]
        found[place] = rng.choice(
            (f" {broken}", broken[:-1], f"{broken} ", f"x{broken}")
        )
    rng.shuffle(found)
    return found


_MOSTLY = 0.85
