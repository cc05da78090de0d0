# SPDX-License-Identifier: MIT
"""Every error this package raises.

CiusPtError
├─ InvalidValue(ValueError)   a constructor got something that cannot exist
├─ UnreadableDocument         not XML, DTD or entity, too large, not an invoice
├─ ArtefactError              a schema or rule set is missing or its hash differs
├─ FindingsError(report)      only from raise_for_fatal() and from Reading.invoice
├─ SignatureError             no key to sign with, or no signature to read
└─ BrokerError                the broker did not do what was asked
   ├─ BrokerUnreachable       no connection, no answer, an answer nobody can read
   ├─ BrokerUnauthorised      the credentials are missing, wrong or for another NIF
   ├─ BrokerRefused(report)   the broker looked at it and said no
   └─ OutcomeUnknown          it may or may not have arrived; look before trying again

What an invoice says is never a reason to raise: content problems are `Finding`
values. These classes are for broken circumstances and for values that cannot exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cius_pt.findings import Report


class CiusPtError(Exception):
    """Whatever this package raises is one of these."""


class InvalidValue(CiusPtError, ValueError):  # noqa: N818 - named in the contract
    """A constructor got something that cannot exist.

    `path` is where it stands in the value being built (``lines[2].quantity``), as
    far as it is known.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    def under(self, parent: str) -> InvalidValue:
        """Return the same error, its path continued to the left by `parent`."""
        glue = "" if not self.path or self.path.startswith("[") else "."
        return type(self)(self.message, path=f"{parent}{glue}{self.path}")


class UnreadableDocument(CiusPtError):  # noqa: N818 - named in the contract
    """The bytes are not a document we read: not XML, a DTD, too large, no invoice.

    `rule` is the id (``CP-XML-nn``) that a report shows for it; `line` and `column`
    count from 1, where the parser knows them.
    """

    def __init__(
        self,
        message: str,
        *,
        rule: str,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.line = line
        self.column = column


class ArtefactError(CiusPtError):
    """A schema or a rule set is missing, incomplete or not what its hash says.

    `unreachable` tells that the outside failed: a URL that does not answer.
    """

    def __init__(self, message: str, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.unreachable = unreachable


class FindingsError(CiusPtError):
    """A report has fatal findings and the caller asked to have them raised."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.summary())
        self.report = report


class SignatureError(CiusPtError):
    """Nothing can be signed with this key, or there is no signature to read.

    A signature that is bad is a status in a report, never an exception. `unreachable`
    tells that the outside failed: a time stamping authority or a remote signer.
    """

    def __init__(self, message: str, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.unreachable = unreachable


class BrokerError(CiusPtError):
    """The broker did not do what was asked; `code` is its own code, if it gave one."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class BrokerUnreachable(BrokerError):  # noqa: N818 - named in the contract
    """There was no connection, no answer, or none that can be understood."""


class BrokerUnauthorised(BrokerError):  # noqa: N818 - named in the contract
    """The credentials are missing, wrong, expired or belong to another NIF."""


class BrokerRefused(BrokerError):  # noqa: N818 - named in the contract
    """The broker looked at the request and said no; `report` says why."""

    def __init__(
        self, message: str, *, report: Report, code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.report = report


class OutcomeUnknown(BrokerError):  # noqa: N818 - named in the contract
    """The document may or may not have arrived: look it up before trying again."""
