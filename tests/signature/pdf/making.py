"""PDFs made, signed and tampered with for the tests; pyhanko signs, as others would."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from unittest import mock

from asn1crypto import cms, keys
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
)
from pyhanko.sign.signers import pdf_signer
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cius_pt.signature.trust import TrustStore
from tests.signature.trust_pki import (
    DAY,
    NOW,
    STAMPING,
    YEAR,
    Holder,
    digest_for,
    issue,
    revoke,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = issue("Raiz", ca=True, start=NOW - 9 * YEAR, end=NOW + 9 * YEAR)
INTER = issue("Emissora", ROOT, ca=True, start=NOW - 8 * YEAR, end=NOW + 8 * YEAR)
SEAL = issue("Selo", INTER, identifier="VATPT-500000000")
OTHER = issue("Outro selo", INTER, identifier="VATPT-509999999")
RSA = issue("Selo RSA", INTER, key_name="rsa2048 selo")
OLD = issue("Selo velho", INTER, end=NOW - 30 * DAY)
TSA = issue(
    "TSA",
    INTER,
    purposes=STAMPING,
    key_name="rsa2048 tsa",
    start=NOW - 5 * YEAR,
    end=NOW + 5 * YEAR,
)
STORE = TrustStore(
    roots=(ROOT.der,),
    intermediates=(INTER.der,),
    crls=(revoke(ROOT), revoke(INTER)),
)
RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]")


def numbered(*objects: str, trailer: str = "/Root 1 0 R") -> bytes:
    """Return a PDF of these objects, numbered from 1, with a proper table."""
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode()
    for offset in offsets:
        out += f"{offset:010d} 00000 n \n".encode()
    size = len(offsets) + 1
    out += f"trailer\n<< /Size {size} {trailer} >>\nstartxref\n{start}\n".encode()
    return bytes(out + b"%%EOF\n")


def page(form: str = "", extra: tuple[str, ...] = ()) -> bytes:
    """Return a PDF of one page that says what there is to pay."""
    text = "BT /F1 24 Tf 72 700 Td (Total 24.60) Tj ET"
    annots = "/Annots [6 0 R]" if extra else ""
    return numbered(
        f"<< /Type /Catalog /Pages 2 0 R {form} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        f" /Resources << /Font << /F1 5 0 R >> >> {annots} >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *extra,
    )


def with_field() -> bytes:
    """Return a PDF with a text field for the total."""
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (total) /V (24.60)"
        " /Rect [72 600 200 620] /F 4 /P 3 0 R >>"
    )
    return page("/AcroForm << /Fields [6 0 R] /DA (/Helv 0 Tf 0 g) >>", (field,))


def store_of(*holders: Holder) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    for holder in holders:
        store.register(asn1.Certificate.load(holder.der))
    return store


def private(holder: Holder) -> keys.PrivateKeyInfo:
    der = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return keys.PrivateKeyInfo.load(der)


def signer_of(holder: Holder, *, pss: bool = False) -> signers.SimpleSigner:
    return signers.SimpleSigner(
        signing_cert=asn1.Certificate.load(holder.der),
        signing_key=private(holder),
        cert_registry=store_of(INTER),
        prefer_pss=pss,
    )


def stamper(at: dt.datetime = NOW) -> DummyTimeStamper:
    return DummyTimeStamper(
        tsa_cert=asn1.Certificate.load(TSA.der),
        tsa_key=private(TSA),
        certs_to_embed=store_of(INTER),
        fixed_dt=at,
    )


def sign(  # noqa: PLR0913 - what a signature may differ in
    data: bytes,
    holder: Holder = SEAL,
    *,
    name: str = "Sig1",
    certify: MDPPerm | None = None,
    pkcs7: bool = False,
    stamp: dt.datetime | None = None,
    pss: bool = False,
    box: tuple[int, int, int, int] | None = None,
    password: str | None = None,
    lock: bool = False,
) -> bytes:
    """Return the PDF with one more signature; `lock` lets no field change after it."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    if password is not None:
        writer.encrypt(password)
    kind = SigSeedSubFilter.ADOBE_PKCS7_DETACHED if pkcs7 else SigSeedSubFilter.PADES
    meta: dict[str, Any] = {"certify": True, "docmdp_permissions": certify}
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=name,
            subfilter=kind,
            md_algorithm="sha512" if digest_for(holder.key) is None else "sha256",
            **(meta if certify is not None else {}),
        ),
        signer=signer_of(holder, pss=pss),
        timestamper=None if stamp is None else stamper(stamp),
        new_field_spec=SigFieldSpec(
            name,
            box=box,
            field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL) if lock else None,
        ),
    )
    with mock.patch.object(pdf_signer, "datetime", clock(stamp or NOW)):
        out = asyncio.run(signer.async_sign_pdf(writer))
    return bytes(out.getvalue())


def clock(at: dt.datetime) -> type[dt.datetime]:
    """Return a clock that has stopped."""

    class Stopped(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return at.astimezone(tz)

    return Stopped


def stamp_document(data: bytes, at: dt.datetime = NOW) -> bytes:
    """Return the PDF with a document time stamp."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    out = asyncio.run(
        signers.PdfTimeStamper(stamper(at)).async_timestamp_pdf(writer, "sha256")
    )
    return bytes(out.getvalue())


def updated(data: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Return the PDF with an incremental update."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@cache
def signed() -> bytes:
    """Return a plain signed PDF."""
    return sign(page())


@cache
def twice() -> bytes:
    """Return a PDF that two have signed."""
    return sign(signed(), OTHER, name="Sig2")


def hole(data: bytes) -> tuple[int, int]:
    """Return where the last signature value begins and ends, brackets included."""
    found = list(RANGE.finditer(data))[-1]
    return int(found[2]), int(found[3])


def recontained(
    data: bytes, change: Callable[[cms.ContentInfo], cms.ContentInfo | bytes | None]
) -> bytes:
    """Return the PDF with its last CMS changed, which no ByteRange covers."""
    start, end = hole(data)
    contents = bytes.fromhex(data[start + 1 : end - 1].decode())
    box = cms.ContentInfo.load(contents)
    answer = change(box)
    new = answer if isinstance(answer, bytes) else (answer or box).dump(force=True)
    room = (end - start - 2) // 2
    assert len(new) <= room
    padded = (new + bytes(room - len(new))).hex().encode()
    return data[: start + 1] + padded + data[end - 1 :]


def unsigned_field(writer: IncrementalPdfFileWriter) -> None:
    """Add a signature field that can be seen and that nobody signs."""
    fields.append_signature_field(
        writer, SigFieldSpec("Falso", box=(72, 690, 300, 730))
    )


def entry(
    key: str, value: generic.PdfObject
) -> Callable[[IncrementalPdfFileWriter], None]:
    """Return the change that sets an entry of the catalogue."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[generic.pdf_name(key)] = value
        writer.update_root()

    return change


def annotated(writer: IncrementalPdfFileWriter) -> None:
    first = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.pdf_string("Total 99.60"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                generic.NumberObject(n) for n in (72, 690, 300, 730)
            ),
        }
    )
    first[generic.pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(first)
