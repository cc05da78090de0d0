# SPDX-License-Identifier: MIT
"""The upload journey: nothing lost, nothing twice.

What is about to be sent is in the journal before it is. An outcome nobody knows is
looked up; what is not found is sent again, and iLink's own key (issuer, number, type,
date) decides: s011, the first was lost; s012, it was overwritten by itself; e200, it
had arrived. An e200 without doubt before it is a real duplicate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cius_pt.broker import refusals
from cius_pt.broker.documents import document, search
from cius_pt.broker.journal import Standing
from cius_pt.broker.preflight import Prepared, Sending, prepare
from cius_pt.broker.replies import (
    DeliveryProblem,
    Outcome,
    Receipt,
    receipt,
    reply,
    text,
)
from cius_pt.broker.states import State
from cius_pt.broker.steps import wait, work
from cius_pt.broker.wire import Unanswered
from cius_pt.errors import (
    BrokerError,
    BrokerRefused,
    BrokerUnauthorised,
    BrokerUnreachable,
    OutcomeUnknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.broker.documents import Document
    from cius_pt.broker.identity import Identity
    from cius_pt.broker.journal import Entry
    from cius_pt.broker.replies import Reply
    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps
    from cius_pt.broker.wire import Response

_UPDATED: Final = "s012"
_EXISTS: Final = "e200"
_TOO_LARGE: Final = 413
_SERVER_ERROR: Final = 500
# Answers that are no words of iLink's and mean that nobody has looked at it.
_NOT_TAKEN: Final = frozenset({403, 404, 405})
_MOST_PAGES: Final = 20
_LONGEST_CODE: Final = 3
_IN_DOUBT: Final = frozenset({Standing.SENDING, Standing.UNKNOWN})
_PLAIN: Final = Sending()


def upload(  # noqa: PLR0913 - one for each setting
    session: Session,
    data: bytes,
    *,
    sending: Sending = _PLAIN,
    filename: str | None = None,
    check: bool = True,
    rules: str = "auto",
    resend: bool = False,
) -> Steps[Receipt]:
    """Send a document once, whatever happens, and return what iLink says of it.

    `check`: it has to conform first, else `FindingsError`. `resend`: send again what
    is there already, as after a missing connection was set up. Raises `BrokerRefused`
    with the findings, `OutcomeUnknown` when nobody can tell (the next call will look),
    `BrokerUnreachable` when it was not sent, `BrokerUnauthorised`.
    """
    ready = yield from work(
        lambda: prepare(
            session, data, sending, filename=filename, conform=check, rules=rules
        )
    )
    handle = yield from session.journal.claim(ready.identity)
    try:
        return (yield from _Upload(session, ready).run(resend=resend))
    finally:
        session.journal.let_go(handle)


class _Upload:
    """One document while it is ours alone."""

    def __init__(self, session: Session, ready: Prepared) -> None:
        self._session = session
        self._journal = session.journal
        self._ready = ready
        self._who = ready.identity
        past = self._journal.history(self._who)
        self._mine = next((e for e in past if e.sha256 == self._who.sha256), None)
        taken = [e for e in past if e.confirmed]
        self._there = max(taken, key=lambda e: e.confirmed, default=None)
        self._doubtful = self._mine is not None and _in_doubt(self._mine)
        # Another content of the same document that iLink may have: then a document
        # that is found proves nothing about this content.
        self._rivals = any(
            e.sha256 != self._who.sha256 and (_in_doubt(e) or e.confirmed) for e in past
        )

    def run(self, *, resend: bool) -> Steps[Receipt]:
        """Send it unless it is there."""
        there = self._there
        same = there is not None and there.sha256 == self._who.sha256
        if there is not None and same and not resend and not self._doubtful:
            return _from_journal(there)
        if self._doubtful and not self._rivals and not resend:
            found = yield from self._found(OutcomeUnknown)
            if found is not None:
                return found
        elif there is not None and there.id is not None and not self._doubtful:
            yield from self._require_resendable(there.id)
        return (yield from self._attempts())

    def _attempts(self) -> Steps[Receipt]:
        why = ""
        for pause in (0.0, *self._session.environment.retries):
            if pause:
                yield from wait(pause)
                if not self._rivals:
                    found = yield from self._found(None)
                    if found is not None:
                        return found
            self._journal.begin(self._who)
            try:
                response = yield from self._session.call(
                    self._ready.request, nif=self._who.seller
                )
            except Unanswered as error:
                if not error.sent:
                    self._not_sent(error)
                why = str(error)
            except BrokerError as error:
                self._not_sent(error)
            else:
                answered = yield from self._judged(response)
                if answered is not None:
                    return answered
                why = f"the broker answers {response.status}"
            self._note(Standing.UNKNOWN)
            self._doubtful = True
        raise OutcomeUnknown(
            f"{self._who.number} may or may not have arrived ({why}); upload the same "
            "file again, and it is looked up before anything is sent"
        )

    def _not_sent(self, error: BrokerError) -> None:
        """Note that this attempt did not arrive, and raise what there is to say."""
        self._journal.settle(self._who, Standing.NOT_SENT)
        if self._doubtful and not isinstance(error, BrokerUnauthorised):
            raise OutcomeUnknown(
                f"{self._who.number} may have arrived before ({error})"
            ) from error
        raise error

    def _judged(self, response: Response) -> Steps[Receipt | None]:
        """Return the receipt, None when the answer leaves it open, or raise."""
        found = reply(response)
        if response.status == _TOO_LARGE:
            size = f"{len(self._ready.request.body):,} bytes"
            finding = refusals.own(refusals.TOO_LARGE, size, self._session.lang)
            report = refusals.report([finding])
            self._refuse(BrokerRefused(report.summary(), report=report))
        if response.status >= _SERVER_ERROR:
            return None
        if found is None:
            if response.status in _NOT_TAKEN:
                where = self._session.environment.base_url
                self._not_sent(
                    BrokerUnreachable(
                        f"{where} answers {response.status} and is no iLink, or is "
                        "closed to this network; look at CIUS_PT_ILINK_BASE_URL"
                    )
                )
            return None
        if found.success:
            return self._taken(found)
        if any(p.code == _EXISTS for p in found.problems) and self._doubtful:
            return (yield from self._exists())
        self._refuse(self._session.refused(found))
        return None

    def _taken(self, found: Reply) -> Receipt:
        outcome = Outcome.UPDATED if found.code == _UPDATED else Outcome.CREATED
        said = receipt(found.data, outcome, found.code)
        self._settle(said)
        return _filled(said, self._who)

    def _exists(self) -> Steps[Receipt]:
        """Return that it is there; with another content in doubt nobody can say so."""
        if self._rivals:
            self._note(Standing.UNKNOWN)
            raise OutcomeUnknown(
                f"{self._who.number} is at the broker, and nobody can tell which of "
                "its contents; look at it in the portal",
                code=_EXISTS,
            )
        try:
            found = yield from self._found(None)
        except BrokerError:
            found = None  # its id can be asked for another time
        if found is not None:
            return found
        said = _filled(Receipt(outcome=Outcome.ALREADY_THERE, code=_EXISTS), self._who)
        self._settle(said)
        return said

    def _refuse(self, error: BrokerRefused) -> None:
        self._note(Standing.REFUSED, code=error.code)
        raise error

    def _found(self, otherwise: type[BrokerError] | None) -> Steps[Receipt | None]:
        """Look the document up; what cannot be asked is not found, or an error."""
        try:
            there = yield from lookup(self._session, self._who)
        except BrokerUnauthorised:
            raise
        except BrokerError as error:
            if otherwise is None:
                return None
            raise otherwise(
                f"{self._who.number} may have arrived, and cannot be looked up "
                f"({error})"
            ) from error
        if there is None:
            return None
        said = _filled(there.receipt, self._who)
        self._settle(said)
        return said

    def _require_resendable(self, id: str) -> Steps[None]:  # noqa: A002 - iLink's word
        """Refuse what iLink would not take again; it is asked for the state now."""
        try:
            there = yield from document(self._session, id)
        except BrokerRefused:
            return  # iLink does not know it any more, and will say
        if there.state is State.UNKNOWN or there.resendable:
            return
        said = f"{self._who.number}: {there.state} ({id})"
        finding = refusals.own(refusals.THERE_ALREADY, said, self._session.lang)
        report = refusals.report([finding])
        raise BrokerRefused(report.summary(), report=report, code=_EXISTS)

    def _settle(self, said: Receipt) -> None:
        self._note(
            Standing.THERE,
            id=said.id,
            state=said.state,
            delivery=said.delivery.code if said.delivery else None,
            code=said.code,
        )

    def _note(self, standing: Standing, **said: str | None) -> None:
        """Write down what has become of what was sent; a failure leaves it open."""
        try:
            self._journal.settle(self._who, standing, **said)
        except BrokerError as error:
            known = f", the broker calls it {said['id']}" if said.get("id") else ""
            raise OutcomeUnknown(
                f"{self._who.number}: {standing}{known}; the journal does not know "
                f"({error})"
            ) from error


def lookup(session: Session, who: Identity) -> Steps[Document | None]:
    """Return the document that iLink has of this issuer, number, type and date."""
    seen: set[str] = set()
    for page in range(1, _MOST_PAGES + 1):
        listed = yield from search(session, number=who.number, issued=True, page=page)
        fresh = [d for d in listed if d.id and d.id not in seen]
        for candidate in _same_number(fresh, who):
            there = candidate
            if there.issued is None or there.kind is None:
                there = yield from document(session, candidate.id)
            if _matches(there, who):
                return there
        seen.update(d.id for d in fresh)
        # A service that does not know pages gives the same one for ever.
        if not fresh or len(listed) < session.environment.listed_rows:
            break
    return None


def _same_number(listed: list[Document], who: Identity) -> Iterator[Document]:
    return (d for d in listed if d.number == who.number)


def _matches(there: Document, who: Identity) -> bool:
    """Whether a document is this one; what iLink does not say does not count as so."""
    if there.issued != who.issued or there.number != who.number:
        return False
    if there.supplier not in {None, who.seller}:
        return False
    fact = there.raw.get("type_document_fact")
    if isinstance(fact, dict):
        return who.is_kind(code=text(fact.get("code")), letters=text(fact.get("type")))
    if len(word := there.kind or "") <= _LONGEST_CODE:
        return who.is_kind(code=word, letters=word)
    # "Fatura", "Nota de crédito": the only thing such a text tells for certain.
    return ("créd" in word.lower()) == who.is_credit_note


def _in_doubt(entry: Entry) -> bool:
    return entry.doubtful or entry.standing in _IN_DOUBT


def _filled(said: Receipt, who: Identity) -> Receipt:
    """Return a receipt with what we know ourselves where iLink does not say it."""
    return replace(
        said,
        number=said.number or who.number,
        issued=said.issued or who.issued,
        kind=said.kind or who.kind,
    )


def _from_journal(entry: Entry) -> Receipt:
    return Receipt(
        outcome=Outcome.ALREADY_THERE,
        id=entry.id,
        number=entry.number,
        issued=entry.issued,
        kind=entry.kind,
        state=State(entry.state) if entry.state else State.UNKNOWN,
        delivery=DeliveryProblem(code=entry.delivery) if entry.delivery else None,
        code=entry.code,
    )
