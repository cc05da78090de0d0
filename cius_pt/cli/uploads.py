# SPDX-License-Identifier: MIT
"""The outcomes of uploads as text and as JSON, written as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cius_pt.broker.replies import Outcome
from cius_pt.cli.json_report import encodable
from cius_pt.cli.streams import put, tell
from cius_pt.cli.text import finding_line, one_line, visible
from cius_pt.findings import Severity

if TYPE_CHECKING:
    from cius_pt.cli.upload import Upload
    from cius_pt.rules.entry import Language

_WORDS: Final = {
    Outcome.CREATED: ("criado", "created"),
    Outcome.UPDATED: ("atualizado", "updated"),
    Outcome.ALREADY_THERE: ("já lá está", "already there"),
    Outcome.REFUSED: ("recusado", "refused"),
    Outcome.NOT_SENT: ("não enviado", "not sent"),
    Outcome.UNKNOWN: ("desfecho desconhecido", "outcome unknown"),
}
_UNDELIVERED: Final = ("por entregar", "not delivered")


class TextUploads:
    """One line for each file on standard output, findings below it."""

    def __init__(self, lang: Language) -> None:
        self._column = 0 if lang == "pt" else 1

    def write(self, file: str, done: Upload) -> None:
        """Write what became of one file."""
        name = visible(file)
        if done.request is not None:
            put(_request(done.request))
        parts = [_WORDS[done.outcome][self._column]]
        if done.receipt is not None:
            said = done.receipt
            parts += [said.number or "", said.id or "-", said.state]
            if said.delivery is not None:
                why = said.delivery.text or said.delivery.code
                parts.append(f"({_UNDELIVERED[self._column]}: {why})")
        put(f"{name}: {one_line(' '.join(parts))}\n")
        for finding in done.findings:
            if finding.severity is not Severity.WARNING or done.request is not None:
                put(f"{name}:{finding_line(finding)}\n")
        if done.message is not None and not done.findings:
            tell(f"{name}: {one_line(done.message)}")

    def close(self) -> None:
        """End the output: text has no end."""


class JsonUploads:
    """``{"schema": 1, "uploads": [{"file": …, "outcome": …}]}``."""

    def __init__(self) -> None:
        self._before = '{"schema": 1, "uploads": ['

    def write(self, file: str, done: Upload) -> None:
        """Write what became of one file."""
        put(f"{self._before}\n{encodable({'file': file, **_data(done)})}")
        self._before = ","

    def close(self) -> None:
        """End the document."""
        start = "" if self._before == "," else self._before
        put(f"{start}\n]}}\n")


def _data(done: Upload) -> dict[str, Any]:
    said = done.receipt
    delivery = None if said is None else said.delivery
    data = {
        "outcome": done.outcome.value,
        "id": None if said is None else said.id,
        "number": None if said is None else said.number,
        "state": None if said is None else said.state.value,
        "delivery": None
        if delivery is None
        else {"code": delivery.code, "text": delivery.text},
        "message": done.message,
        "findings": [finding.to_dict() for finding in done.findings],
    }
    return data if done.request is None else {**data, "request": done.request}


def _request(request: dict[str, Any]) -> str:
    """Return a request as it would be sent, its document in a few words."""
    lines = [f"{request['method']} {request['url']}"]
    lines += [f"{name}: {value}" for name, value in request["headers"].items()]
    for part in request["parts"]:
        value = part.get("value") or (
            f"{part['filename']} ({part['content_type']}, {part['bytes']:,} bytes, "
            f"sha256 {part['sha256']})"
            if "sha256" in part
            else ""
        )
        lines.append(f"  {part['name']} = {value}")
    lines.append(f"  transactions: {request['transactions']} (an estimate)")
    return "".join(f"{one_line(line)}\n" for line in lines)
