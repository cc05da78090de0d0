# SPDX-License-Identifier: MIT
"""Reports as text: one finding per line, made for `grep` and for eyes.

``file:line: severity RULE term field: message``; what is not known is ``-``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.cli.folding import Folded, folded, more_places
from cius_pt.cli.streams import put, tell
from cius_pt.cli.text import finding_line, visible
from cius_pt.findings import Severity
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cius_pt.cli.judging import Judged
    from cius_pt.cli.look import Look
    from cius_pt.findings import Finding
    from cius_pt.rules.entry import Language

_HOW_TO_SEE: Final = Text(pt="--warnings mostra-os", en="--warnings shows them")
# Of one, then of several.
_COUNTED: Final[Mapping[Severity, tuple[Text, Text]]] = {
    Severity.FATAL: (Text(pt="fatal", en="fatal"), Text(pt="fatais", en="fatal")),
    Severity.WARNING: (
        Text(pt="aviso", en="warning"),
        Text(pt="avisos", en="warnings"),
    ),
    Severity.INFO: (
        Text(pt="informação", en="info"),
        Text(pt="informações", en="info"),
    ),
}


class TextReports:
    """Writes findings as they come, to standard output if no other `out` is given.

    Findings below `threshold` are counted instead, where `note` takes what is not
    data: standard error, unless a file has to have it all.
    """

    def __init__(
        self,
        threshold: Severity,
        look: Look,
        lang: Language = "en",
        *,
        out: Callable[[str], None] = put,
        note: Callable[[str], None] = tell,
    ) -> None:
        self._threshold = threshold
        self._look = look
        self._lang: Language = lang
        self._put = out
        self._note = note

    def write(self, judged: Judged) -> None:
        """Write the findings of one document."""
        name = visible(judged.name)
        shown: list[Finding] = []
        counted: dict[Severity, int] = {}
        for finding in judged.report.findings:
            if finding.severity.reaches(self._threshold):
                shown.append(finding)
            else:
                counted[finding.severity] = counted.get(finding.severity, 0) + 1
        if shown:
            self._put("".join(self._pages(judged, shown)))
        if counted:
            counts = ", ".join(
                f"{number} {_COUNTED[severity][number > 1].get(self._lang)}"
                for severity, number in counted.items()
            )
            self._note(f"{name}: {counts} ({_HOW_TO_SEE.get(self._lang)})")
        if judged.silenced:
            from cius_pt.cli.silenced_text import silenced_line  # noqa: PLC0415 - rare

            self._note(silenced_line(judged, self._lang))

    def close(self) -> None:
        """End the output: text has no end."""

    def _pages(self, judged: Judged, findings: list[Finding]) -> Iterator[str]:
        look = self._look
        found = folded(findings) if look.fold else [Folded(first=f) for f in findings]
        if look.explain or look.colour or look.width is not None:
            # Late: a pipeline needs none of this.
            from cius_pt.cli.pages import Pages  # noqa: PLC0415

            yield from Pages(judged, look, self._lang).of(found)
            return
        name = visible(judged.name)
        for one in found:
            more = more_places(one, self._lang)
            yield f"{name}:{finding_line(one.first)}{more and f' {more}'}\n"
