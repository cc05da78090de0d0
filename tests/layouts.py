# SPDX-License-Identifier: MIT
"""One invoice in the encodings and layouts that XML allows."""

from __future__ import annotations

import re
from pathlib import Path

PLAIN = (
    Path(__file__).resolve().parents[1] / "fixtures" / "withholding.xml"
).read_bytes()
CRLF = PLAIN.replace(b"\n", b"\r\n")
BOM = b"\xef\xbb\xbf" + PLAIN
TEXT = PLAIN.decode().replace("FT 2026A/8", "FT 2026Ã/8", 1)
UTF16 = TEXT.replace("UTF-8", "UTF-16").encode("utf-16")
UTF16_BE = b"\xfe\xff" + TEXT.replace("UTF-8", "UTF-16").encode("utf-16-be")
LATIN = TEXT.replace("UTF-8", "ISO-8859-1").encode("latin-1", "xmlcharrefreplace")
PROLOG = re.sub(
    rb"(<Invoice|<CreditNote)", rb'<?xml-stylesheet href="x.xsl"?><!-- > -->\n\1', PLAIN
)
EPILOG = PLAIN + b"<!-- </Invoice> --><?after this?>\n"
QUOTED = re.sub(rb"(<Invoice|<CreditNote)", rb"\1 odd='a>b'", PLAIN)
LAYOUTS = {
    "LF": PLAIN,
    "CRLF": CRLF,
    "BOM": BOM,
    "UTF-16": UTF16,
    "UTF-16 BE": UTF16_BE,
    "Latin-1": LATIN,
    "prolog": PROLOG,
    "epilog": EPILOG,
    "a > in a value": QUOTED,
}
