# SPDX-License-Identifier: MIT
"""The frame of a page: what forbids it everything, what it looks like, its end."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cius_pt.render.markup import Markup, tag
from cius_pt.render.words import word

if TYPE_CHECKING:
    from cius_pt.rules.entry import Language

END: Final = Markup("</body>\n</html>\n")
_TAGS: Final = {"pt": "pt-PT", "en": "en"}


@cache
def style() -> str:
    """Return the style sheet: ASCII, without what would end its element."""
    return Path(__file__).with_name("page.css").read_text(encoding="ascii")


def policy() -> str:
    """Return the content security policy: nothing but the one style sheet."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )


def start(lang: Language) -> Markup:
    """Return the beginning of a page, with the warning that only its end takes away."""
    heads = (
        Markup('<meta charset="utf-8">\n'),
        _meta(http_equiv="Content-Security-Policy", content=policy()),
        _meta(name="viewport", content="width=device-width, initial-scale=1"),
        _meta(name="referrer", content="no-referrer"),
        _meta(name="robots", content="noindex, nofollow"),
        _meta(name="color-scheme", content="light dark"),
        tag("title", word("title", lang)),
        Markup(f"\n<style>{style()}</style>\n"),
    )
    made = f"{word('made by', lang)} cius-pt {version('cius-pt')}"
    header = tag("header", tag("h1", word("title", lang)), tag("p", made), cls="page")
    unfinished = tag("p", word("unfinished", lang), cls="unfinished", role="alert")
    return Markup(
        f'<!DOCTYPE html>\n<html lang="{_TAGS[lang]}">\n{tag("head", *heads)}\n'
        f"<body>\n{header}\n{unfinished}\n"
    )


def _meta(**attributes: str) -> Markup:
    return Markup(tag("meta", **attributes).removesuffix("</meta>") + "\n")
