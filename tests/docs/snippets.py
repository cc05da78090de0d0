"""What stands in fences on the pages, and what becomes of each.

``python`` and ``sh`` are run, ``console`` is run and what it prints is compared with
what is shown, ``json`` and ``toml`` are parsed; ``diff``, ``yaml``, ``groovy``, ``xml``
and ``text`` are only shown. A remark before a fence, which is not seen on the
page, says otherwise:

    <!-- snippet: not run: WHY -->      for what cannot run offline
    <!-- snippet: continues -->         python that goes on where the last one ended
    <!-- snippet: script -->            python in a process of its own
    <!-- snippet: file NAME -->         the text of a file, which later ones find there
    <!-- snippet: edits NAME -->        a diff, applied to such a file
    <!-- snippet: given FIXTURE as NAME -->   alone: a file of fixtures/ under a name
    <!-- snippet: first SHELL -->       alone: what the reader is taken to have done

The snippets of a page run in its order in one empty folder. A line ``…`` in what is
shown stands for any lines, ``…`` in a line for any characters. A command may fail only
when ``echo $?`` after it shows the exit code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY: Final = Path(__file__).resolve().parent.parent.parent
RUN: Final = frozenset({"python", "sh", "console"})
SHOWN: Final = frozenset({"json", "toml", "diff", "yaml", "groovy", "xml", "text"})
ANY: Final = "…"
# The last parts are told by one of Sphinx's: they make pages, they show nothing.
_DIRECTIVE: Final = re.compile(r"\{.*\}.*")
_REMARK: Final = re.compile(r"\s*<!-- snippet: (.+?) -->\s*")
_FENCE: Final = re.compile(r"(\s*)(`{3,})(.*)")


class Malformed(Exception):  # noqa: N818 - it is said of a page
    """A snippet that nobody knows what to do with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One fence, or a file that is given: where, what, and the remark before it."""

    page: str
    line: int
    language: str
    text: str
    remark: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def reason(self) -> str | None:
        """Why it is not run, if it is not."""
        kind, _, reason = self.remark.partition("not run: ")
        return reason.strip() if not kind and reason else None


def pages() -> list[Path]:
    """Return every Markdown page of the repository's root and of docs/."""
    found = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    return sorted(found)


def snippets(text: str, page: str) -> list[Snippet]:
    """Return what is in fences, in order; raises `Malformed`."""
    return list(_snippets(text.splitlines(), page))


def _snippets(lines: list[str], page: str) -> Iterator[Snippet]:
    number, remark = 0, ""
    while number < len(lines):
        found, fence = _REMARK.fullmatch(lines[number]), _FENCE.match(lines[number])
        if found and found[1].startswith(("given ", "first ")):
            yield Snippet(
                page=page, line=number + 1, language="", text="", remark=found[1]
            )
        elif found:
            remark = found[1]
        elif fence:
            start = number + 1
            number = _end(lines, start, fence[2], f"{page}:{start}")
            body = [x.removeprefix(fence[1]) for x in lines[start:number]]
            one = Snippet(
                page=page,
                line=start,
                language=fence[3].strip(),
                text="".join(f"{x}\n" for x in body),
                remark=remark,
            )
            if not _DIRECTIVE.fullmatch(one.language):
                yield _accepted(one)
            remark = ""
        elif remark and lines[number].strip():
            raise Malformed(f"{page}:{number + 1}: the remark before it has no fence")
        number += 1


def _end(lines: list[str], start: int, fence: str, where: str) -> int:
    for number in range(start, len(lines)):
        if lines[number].strip() == fence:
            return number
    raise Malformed(f"{where}: a fence that is not closed")


def _accepted(one: Snippet) -> Snippet:
    """Return a snippet with which it is clear what to do."""
    if one.language not in RUN | SHOWN:
        known = ", ".join(sorted(RUN | SHOWN))
        raise Malformed(f"{one}: {one.language!r} is none of {known}")
    word = one.remark.partition(" ")[0]
    allowed = {"python": {"continues", "script", "file"}, "diff": {"edits"}}
    reason = one.reason
    if reason is not None:
        if one.language not in RUN or len(reason.split()) < 3:
            raise Malformed(f"{one}: say in a sentence why it is not run")
    elif one.remark and word not in allowed.get(one.language, {"file"}):
        raise Malformed(f"{one}: nobody knows the remark {one.remark!r} here")
    return one


def commands(text: str) -> list[tuple[str, str]]:
    r"""Return the commands of a console and what is shown below each.

    >>> commands("$ echo a \\\n  b\na b\n$ true\n")
    [('echo a \\\n  b', 'a b\n'), ('true', '')]
    """
    found: list[tuple[str, str]] = []
    going_on = False
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), ""))
        elif not found:
            raise Malformed(f"a console begins with $, not with {line!r}")
        elif going_on:
            found[-1] = (f"{found[-1][0]}\n{line}", "")
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
        going_on = line.endswith("\\")
    return found


def alike(shown: str, printed: str) -> bool:
    r"""Whether what was printed is what is shown.

    >>> alike("a …\n", "a b\n"), alike("…\nz\n", "x\ny\nz\n"), alike("a\n", "b\n")
    (True, True, False)
    """
    parts = []
    for line in shown.splitlines():
        words = ".*".join(re.escape(part) for part in line.rstrip().split(ANY))
        parts.append("(?:.*\n)*?" if line.strip() == ANY else f"{words} *\n")
    return re.fullmatch("".join(parts), printed) is not None


def edited(text: str, diff: str) -> str:
    r"""Return a text with the lines of a diff changed; they must be there once.

    >>> edited("a\nb\n", " a\n-b\n+c\n")
    'a\nc\n'
    """
    lines = [line for line in diff.splitlines() if line]
    before = "".join(f"{x[1:]}\n" for x in lines if x[0] in " -")
    after = "".join(f"{x[1:]}\n" for x in lines if x[0] in " +")
    if text.count(before) != 1:
        raise Malformed(f"the file has not once what the diff begins from:\n{before}")
    return text.replace(before, after)
