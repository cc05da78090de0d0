# SPDX-License-Identifier: MIT
"""Documents that iLink has: one, many, their history, e-mails and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from cius_pt.broker.environment import is_loopback, origin, require_safe
from cius_pt.broker.replies import Outcome, Receipt, receipt, text
from cius_pt.broker.states import State
from cius_pt.broker.wire import Request, path
from cius_pt.errors import BrokerError, BrokerUnreachable
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps
    from cius_pt.broker.wire import Response

_DOCUMENTS: Final = "/apps/documents"
_UNAUTHORISED: Final = frozenset({401, 403})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 3
_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """One e-mail of a document: to whom, sent, and opened as far as that shows.

    `opened` may stay false for ever: many programs hide that a message was read.
    """

    id: str
    addresses: tuple[str, ...]
    sent: bool
    opened: bool
    created_at: str | None = None
    opened_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a document: ``pdf``, ``xml`` or ``txt``, its role, and its address.

    The address is as good as a password and not shown.
    """

    type: str
    role: str
    url: str = field(repr=False)
    identifier: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What iLink says of a document; `raw` is all of it, as it came.

    `supplier`: the issuer's NIF. `reasons`: why it was refused.
    """

    id: str
    number: str | None
    issued: str | None
    kind: str | None
    direction: str | None
    supplier: str | None
    state: State
    receipt: Receipt
    emails: tuple[Email, ...] = ()
    files: tuple[RemoteFile, ...] = ()
    reasons: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def resendable(self) -> bool:
        """Whether it may be sent again, corrected, under the same number."""
        return self.state.resendable


def document(session: Session, id: str) -> Steps[Document]:  # noqa: A002 - iLink's word
    """Return one document; raises `BrokerRefused` when there is none."""
    found = yield from session.answer(session.request("GET", _DOCUMENTS + path(id)))
    if not isinstance(found.data, dict):
        raise BrokerUnreachable("the broker's answer holds no document")
    return parsed({"id": id, **found.data})


def search(
    session: Session,
    *,
    number: str | None = None,
    issued: bool = False,
    page: int | None = None,
    filters: Mapping[str, str] | None = None,
) -> Steps[tuple[Document, ...]]:
    """Return documents: those received, or with `issued` those that were sent.

    iLink leaves out what was received and already imported or rejected. `filters` are
    further parameters, whose names are not published.
    """
    query = (
        ("document_type", "issued" if issued else None),
        ("document_number", number),
        ("rows", session.environment.listed_rows if page is not None else None),
        ("page", page),
        *(filters or {}).items(),
    )
    request = session.request("GET", _DOCUMENTS, query=query)
    found = yield from session.answer(request)
    return tuple(parsed(item) for item in items(found.data))


def history(session: Session, id: str) -> Steps[Any]:  # noqa: A002 - iLink's word
    """Return the changes of state and the e-mails of a document, as iLink has them.

    Their shape is not published: this is the JSON as it came.
    """
    request = session.request("GET", f"{_DOCUMENTS}{path(id)}/history")
    found = yield from session.answer(request)
    return found.data


def download(session: Session, file: RemoteFile) -> Steps[bytes]:
    """Return a file's content.

    Only hosts of iLink are asked. The token is sent only where it is asked for, and
    only to the configured host itself. Raises `BrokerError` otherwise.
    """
    require_host(session, file.url)
    request = Request(method="GET", url=file.url)
    yield from session.limiter.turn()
    response: Response = yield request
    if response.status in _UNAUTHORISED and _is_home(session, file.url):
        token = yield from session.tokens.get()
        yield from session.limiter.turn()
        response = yield session.bearer(request, token)
    for _ in range(_MOST_REDIRECTS):
        where = response.header("location")
        if response.status not in _REDIRECTS or where is None:
            break
        target = urljoin(request.url, where)
        require_host(session, target)
        request = Request(method="GET", url=target)
        yield from session.limiter.turn()
        response = yield request
    if response.status != _OK:
        raise BrokerUnreachable(f"the file is not given: status {response.status}")
    return response.body


def require_host(session: Session, url: str) -> None:
    """Refuse an address that is not iLink's: an answer may name any."""
    require_safe(url)
    host = urlsplit(url).hostname or ""
    home = urlsplit(session.environment.base_url).hostname or ""
    if is_loopback(host) and not _is_home(session, url):
        raise BrokerError("refused: a file of the broker is not on this machine")
    if host != home and host not in session.environment.file_hosts:
        raise BrokerError(f"refused: {host} is no host of the broker")


def parsed(found: Mapping[str, Any]) -> Document:
    """Return what the data of a document says; every part may be missing."""
    said = receipt(found, Outcome.ALREADY_THERE)
    supplier = found.get("supplier")
    supplier = supplier if isinstance(supplier, dict) else {}
    direction = found.get("type_document")
    alias = direction.get("alias") if isinstance(direction, dict) else direction
    return Document(
        id=said.id or "",
        number=said.number,
        issued=said.issued,
        kind=said.kind,
        direction=text(alias) or None,
        supplier=text(supplier.get("number")).removeprefix("PT") or None,
        state=said.state,
        receipt=said,
        emails=tuple(_email(item) for item in items(found.get("emails"))),
        files=tuple(_file(item) for item in items(found.get("attachments"))),
        reasons=tuple(text(r.get("reason")) for r in items(found.get("reasons"))),
        raw=found,
    )


def items(found: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list, also of one that a page of a list holds."""
    if isinstance(found, dict) and isinstance(found.get("data"), list):
        found = found["data"]
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            yield item


def _is_home(session: Session, url: str) -> bool:
    return origin(url) == origin(session.environment.base_url)


def _email(found: Mapping[str, Any]) -> Email:
    address = found.get("address")
    emails = address.get("emails") if isinstance(address, dict) else address
    listed = emails if isinstance(emails, list) else [emails]
    return Email(
        id=text(found.get("id")),
        addresses=tuple(filter(None, map(text, listed))),
        sent=found.get("b_sent") is True,
        opened=found.get("b_open") is True,
        created_at=text(found.get("created_at")) or None,
        opened_at=text(found.get("opened_at")) or None,
    )


def _file(found: Mapping[str, Any]) -> RemoteFile:
    return RemoteFile(
        # Its letters are not always small, nor is it always without spaces.
        type=text(found.get("type")).lower(),
        role=text(found.get("ubl_type")),
        url=text(found.get("file")),
        identifier=text(found.get("identifier")),
        hash=text(found.get("hash")),
    )
