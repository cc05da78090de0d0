# SPDX-License-Identifier: MIT
"""iLink's answers as values, whatever shape they come in.

Success is a boolean or a text; states are objects or texts; errors are a list or an
object. What is decided hangs on the HTTP status and on `success`, never on a text
for people or on the first letter of a code (e123 is a success).
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from cius_pt.broker.states import State, combined
from cius_pt.errors import BrokerUnreachable
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cius_pt.broker.wire import Response

_GOOD: Final = range(200, 300)
_LONGEST: Final = 2_000


class Outcome(StrEnum):
    """What became of an upload."""

    CREATED = "created"
    UPDATED = "updated"
    ALREADY_THERE = "already-there"
    REFUSED = "refused"
    NOT_SENT = "not-sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One error of an answer: the field it is about, iLink's code and its text."""

    field: str
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an answer says before anybody asks what it is about."""

    status: int
    success: bool
    code: str = ""
    text: str = ""
    response: Any = field(default=None, repr=False)
    problems: tuple[Problem, ...] = ()

    @property
    def data(self) -> Any:
        """What stands in ``response.data``; in ``response`` where there is no data."""
        if isinstance(self.response, dict) and "data" in self.response:
            return self.response["data"]
        return self.response


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryProblem:
    """Why a document has not gone on to its receiver; unknown codes are kept.

    Known: ``sent_connection``, ``no_connection``, ``registered_entity``,
    ``received_pay_transactions``, ``sent_document``.
    """

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What iLink says of a document it has; all but `outcome` may be unknown.

    `id` is iLink's. `kind` is the type code (BT-3) as iLink puts it. `words` are its
    own words for the state: document, EDI, eSPap. `code` is that of the answer.
    """

    outcome: Outcome
    id: str | None = None
    number: str | None = None
    issued: str | None = None
    kind: str | None = None
    state: State = State.UNKNOWN
    words: tuple[str, str, str] = ("", "", "")
    delivery: DeliveryProblem | None = None
    code: str | None = None


def reply(response: Response) -> Reply | None:
    """Return what an answer says; None when it is nothing that iLink says."""
    found = response.json()
    if not isinstance(found, dict):
        return None
    problems = tuple(_problems(found.get("errors")))
    said = found.get("success")
    if said is None and not problems:
        return None
    message = found.get("message")
    message = message if isinstance(message, dict) else {}
    good = said is True or str(said).strip().lower() in {"true", "1"}
    return Reply(
        status=response.status,
        success=good and response.status in _GOOD and not problems,
        code=text(message.get("code")),
        text=text(message.get("msg")),
        response=found.get("response"),
        problems=problems,
    )


def require(response: Response) -> Reply:
    """Return what an answer says, or raise `BrokerUnreachable` for what is none."""
    found = reply(response)
    if found is None:
        raise BrokerUnreachable(
            f"the broker's answer (status {response.status}) cannot be read"
        )
    return found


def receipt(data: Any, outcome: Outcome, code: str | None = None) -> Receipt:
    """Return what the data of a document says; every part of it may be missing."""
    found = data if isinstance(data, dict) else {}
    words = (
        word(found.get("state_document")),
        word(found.get("state_edi_document")),
        text(_dict(found.get("state_edi_document")).get("alias_espap")),
    )
    return Receipt(
        outcome=outcome,
        id=text(found.get("id")) or None,
        number=text(found.get("number")) or None,
        issued=text(found.get("emission_date"))[:10] or None,
        kind=kind(found.get("type_document_fact")),
        state=combined(*words),
        words=words,
        delivery=delivery(found.get("to_send_status")),
        code=code,
    )


def delivery(found: Any) -> DeliveryProblem | None:
    """Return why it was not delivered, in either of the two shapes, or as a text."""
    parts = _dict(found)
    code = text(parts.get("code")) or text(parts.get("alias"))
    said = text(parts.get("title")) or text(parts.get("description"))
    if isinstance(found, str):
        code = text(found)
    return DeliveryProblem(code=code, text=said) if code or said else None


def kind(found: Any) -> str | None:
    """Return the type of a document: a code where there is one, else the text."""
    parts = _dict(found)
    said = text(parts.get("type")) or text(parts.get("code")) or text(found)
    return said or None


def word(found: Any) -> str:
    """Return the word of a state: its alias, or the text in the place of one."""
    parts = _dict(found)
    return text(parts.get("alias")) or text(parts.get("description")) or text(found)


def text(found: Any) -> str:
    """Return a text or a number as a text; anything else is empty."""
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found).strip()[:_LONGEST]


def _problems(errors: Any) -> Iterator[Problem]:
    """Yield the errors of a list, of an object by field, of lists in an object."""
    if isinstance(errors, dict) and not _is_problem(errors):
        for name, value in errors.items():
            yield from _of_field(text(name), value)
    else:
        yield from _of_field("", errors)


def _of_field(name: str, value: Any) -> Iterator[Problem]:
    if isinstance(value, list):
        for item in value:
            yield from _of_field(name, item)
    elif isinstance(value, dict):
        said = text(value.get("msg")) or text(value.get("message"))
        yield Problem(field=name, code=text(value.get("code")), text=said)
    elif value:
        yield Problem(field=name, code="", text=text(value))


def _is_problem(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("code"), str) and isinstance(found.get("msg"), str)


def _dict(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}
