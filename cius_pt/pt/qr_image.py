# SPDX-License-Identifier: MIT
r"""The picture of a QR code, as AT prescribes it: PNG or SVG.

Error correction M, byte mode, version 9 or higher, two dots a module at 96 dpi, and
printed no smaller than 30 × 30 mm. The examples of the specification have a quiet zone
of two modules; ISO/IEC 18004 asks for four, which is the default here. Source: AT,
Especificações Técnicas – Código QR, version 1.0.

>>> png("A:1", border=2)[:4], version("A:1")
(b'\x89PNG', 9)
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from cius_pt.errors import InvalidValue

if TYPE_CHECKING:
    import segno

SMALLEST_VERSION = 9
SMALLEST_MILLIMETRES = 30.0
DOTS = 2
QUIET = 4
_MILLIMETRES_A_DOT = 25.4 / 96


def png(text: str, *, dots: int = DOTS, border: int = QUIET) -> bytes:
    """Return the picture as PNG, `dots` pixels a module, `border` modules around."""
    return _saved(text, kind="png", scale=dots, border=border, dpi=96)


def svg(text: str, *, border: int = QUIET) -> bytes:
    """Return the picture as SVG in millimetres, as large as AT's dots make it."""
    return _saved(
        text,
        kind="svg",
        scale=round(DOTS * _MILLIMETRES_A_DOT, 4),
        border=border,
        unit="mm",
    )


def version(text: str) -> int:
    """Return the version of the symbol, 9 to 40."""
    return int(_made(text).version)


def millimetres(text: str, *, border: int = QUIET) -> float:
    """Return the length of a side at two dots a module, quiet zone included."""
    modules = _made(text).symbol_size(border=border)[0]
    return float(modules) * DOTS * _MILLIMETRES_A_DOT


def _saved(text: str, **options: Any) -> bytes:
    out = io.BytesIO()
    _made(text).save(out, **options)
    return out.getvalue()


def _made(text: str) -> segno.QRCode:
    # Late: who writes no picture needs no encoder.
    import segno  # noqa: PLC0415

    def make(chosen: int | None) -> segno.QRCode:
        return segno.make(
            text,
            error="m",
            mode="byte",
            version=chosen,
            boost_error=False,
            micro=False,
        )

    try:
        made = make(None)
        return made if int(made.version) >= SMALLEST_VERSION else make(SMALLEST_VERSION)
    except ValueError as error:  # too long for version 40, or nothing to write
        raise InvalidValue(f"no QR code holds this text: {error}") from error
