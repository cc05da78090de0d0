# SPDX-License-Identifier: MIT
"""The signature of certified invoicing programs, and the four characters of it.

A program signs date, time, number, total and the signature before with RSA (PKCS#1
v1.5, SHA-1); the invoice prints characters 1, 11, 21 and 31. Source: Despacho
8632/2014, 2.2 and 3.3.

>>> from decimal import Decimal
>>> message("2010-05-18", "2010-05-18T11:22:19", "FAC 001/14", Decimal("3.12"))
'2010-05-18;2010-05-18T11:22:19;FAC 001/14;3.12;'
>>> characters("abcdefghijKlmnopqrstUvwxyz0123456789+/")
'aKU4'
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue
from cius_pt.money import cents

if TYPE_CHECKING:
    from decimal import Decimal

_POSITIONS = (0, 10, 20, 30)


def message(
    date: str, system_entry: str, number: str, total: Decimal, previous: str = ""
) -> str:
    """Return the text that is signed; `previous` is empty for the first of a series.

    `date` is YYYY-MM-DD, `system_entry` YYYY-MM-DDThh:mm:ss, `total` with taxes.
    """
    return f"{date};{system_entry};{number};{cents(total)};{previous}"


def characters(signature: str) -> str:
    """Return the four characters of a signature in base64.

    Raises `InvalidValue` when it is too short to have them.
    """
    if len(signature) <= _POSITIONS[-1]:
        raise InvalidValue(f"a signature has 31 characters or more: {signature!r:.40}")
    return "".join(signature[position] for position in _POSITIONS)


def verifies(text: str, signature: str, public_key: bytes) -> bool:
    """Whether `signature` (base64) is that of `text` under a public key in PEM.

    Raises `InvalidValue` when the key is not an RSA key in PEM. SHA-1 is what the
    despacho prescribes; it protects a chain against editing, not against an attacker.
    """
    # Late: only who verifies needs it.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

    try:
        key = serialization.load_pem_public_key(public_key)
    except ValueError as error:
        raise InvalidValue("not a public key in PEM", path="public_key") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise InvalidValue("not an RSA key", path="public_key")
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except (binascii.Error, InvalidSignature):
        return False
    return True
