"""The finished site needs nothing from elsewhere: no script, font, style or picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

_LOADED: Final = re.compile(
    r"""<(?:script|img|iframe|source|embed)[^>]+src=["'](?:https?:)?//[^"']+"""
    r"""|<link[^>]+href=["'](?:https?:)?//[^"']+"""
    r"""|(?:@import\s+|url\()["']?(?:https?:)?//[^"')]+""",
    re.IGNORECASE,
)


def loaded(text: str) -> list[str]:
    """Return what a page or style sheet would get from elsewhere.

    >>> loaded('<a href="https://a.example">a</a> <img src="//b.example/b.png">')
    ['<img src="//b.example/b.png']
    >>> loaded("@import 'https://fonts.example/f.css'; b { background: url(b.png) }")
    ["@import 'https://fonts.example/f.css"]
    """
    return _LOADED.findall(text)


def finished(app: Sphinx, exception: Exception | None) -> None:
    """Fail when a page is not alone; connected to build-finished."""
    found = [] if exception else list(_found(Path(app.outdir)))
    if found:
        raise ExtensionError("\n".join(["the site loads from elsewhere:", *found]))


def _found(site: Path) -> Iterator[str]:
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        for what in loaded(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)}: {what}"
