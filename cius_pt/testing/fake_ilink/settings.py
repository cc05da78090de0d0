# SPDX-License-Identifier: MIT
"""What a local iLink is told to be: credentials, entities, and the open questions.

What iLink documents is fixed in the other modules. What its documentation leaves open
is a field here, with a default, so that a client can be tried against each reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Final, Literal

from cius_pt.errors import InvalidValue
from cius_pt.findings import Report
from cius_pt.values import dataclass

CLIENT_ID: Final = "fake-client"
CLIENT_SECRET: Final = "fake-client-secret"  # noqa: S105 - no secret: a local server
PLATFORM_TOKEN: Final = "fake-platform-token"  # noqa: S105 - likewise

CODES: Final = ("ACCEPTED", "ERROR", "14", "22", "11", "30", "33", "29")
# What a recipient may ask for: no other field is documented.
REQUIRABLE: Final = ("commitment_number",)
KEYS: Final = ("number", "type", "date")


def verified(document: bytes) -> bool:
    """Pass every document but those whose signature iLink is expected to refuse."""
    # Late: most documents have no signature, and the fixture is cheap.
    from cius_pt.signature.status import Ilink  # noqa: PLC0415
    from cius_pt.signature.verify import verify  # noqa: PLC0415

    return verify(document).ilink is not Ilink.E217


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A state that a document will come to: so many seconds after the one before.

    `code` is one of the codes of a status message (`CODES`); `reason` is the
    text that comes with a refusal.
    """

    after: float
    code: str
    reason: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise InvalidValue(f"{self.code!r} is none of {', '.join(CODES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where an entity wants to be told, and the key that comes with the news."""

    url: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A customer of the integrator, or a recipient.

    `nif` without country. `key` is its public key for the header ``entity``, by
    default ``key<nif>``. `registered`: whether the legacy handshake is done already.
    `requires`: fields without which it takes no document (``commitment_number``).
    `to_send`: why documents to it stay unsent (``no_connection``, …). `script`: what
    becomes of a document sent to it. `on_document` and `on_state`: its webhooks.
    """

    nif: str
    key: str = ""
    name: str = ""
    registered: bool = True
    requires: tuple[str, ...] = ()
    to_send: str | None = None
    script: tuple[Change, ...] = ()
    on_document: Hook | None = None
    on_state: Hook | None = None

    def __post_init__(self) -> None:
        for name in self.requires:
            if name not in REQUIRABLE:
                known = ", ".join(REQUIRABLE)
                raise InvalidValue(f"{name!r}: only {known} is known", path="requires")
        if not self.key:
            object.__setattr__(self, "key", f"key{self.nif}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """The shapes in which iLink has been seen to say the same thing.

    `success_text`: ``"true"`` for true. `plain_states`: texts where others have
    objects. `to_send_alias`: how the state "to send" is spelled. `to_send_style`:
    ``code`` and ``title``, or ``alias`` and ``description``. `listed_errors`: the
    errors of a 400 as lists. `created_status`: 201, or 200 as the old manual has it.
    """

    success_text: bool = False
    plain_states: bool = False
    to_send_alias: Literal["tosend", "to_send"] = "tosend"
    to_send_style: Literal["code", "alias"] = "code"
    listed_errors: bool = False
    created_status: Literal[200, 201] = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Credentials, and a default for everything that no document says.

    `clock_tolerance`: seconds a token request may be off. `token_error`: the shape in
    which the token endpoint refuses. `handshake`: whether OAuth2 needs it too.
    `identity`: what makes two documents of one issuer the same; empty: nothing, each
    upload is another document. `edit_sends_email`: whether s012 sends e-mails again.
    `rate_limit`: requests a minute, None for no limit.
    `block_status` and `retry_after`: how a block is told. `document_field`: the field
    of the file. `read_field`, `accept_field`, `reason_field`: parameters without a
    documented name. `files_need_token`: whether attachments ask for the Bearer.
    `max_bytes`: the largest body. `refuse_bom`: whether a byte order mark is e217.
    `validate`: whether documents are judged, by `judge` or else by `cius_pt.check`
    with `rules`; `signature_verdict` says whether a signature, if any, is valid.
    """

    client_id: str = CLIENT_ID
    client_secret: str = field(default=CLIENT_SECRET, repr=False)
    platform_token: str = field(default=PLATFORM_TOKEN, repr=False)
    scope: str = "document_create,document_read,states_read"
    token_path: str = "/oauth2/token"  # noqa: S105 - a path
    token_seconds: int = 1800
    clock_tolerance: float = 300.0
    token_error: Literal["ilink", "rfc6749"] = "ilink"  # noqa: S105 - a word
    handshake: bool = False
    identity: tuple[str, ...] = KEYS
    edit_sends_email: bool = True
    rate_limit: int | None = 200
    block_seconds: float = 120.0
    block_status: int = 429
    retry_after: bool = False
    document_field: str = "document"
    read_field: str = "ids"
    accept_field: str = "accepted"
    reason_field: str = "reason"
    files_need_token: bool = False
    max_bytes: int = 64 * 1024 * 1024
    refuse_bom: bool = True
    default_rows: int = 15
    most_rows: int = 50
    script: tuple[Change, ...] = ()
    quirks: Quirks = field(default_factory=Quirks)
    rules: str = "auto"
    judge: Callable[[bytes], Report] | None = field(default=None, repr=False)
    validate: bool = True
    signature_verdict: Callable[[bytes], bool] = field(default=verified, repr=False)

    def __post_init__(self) -> None:
        if wrong := set(self.identity) - set(KEYS):
            said = ", ".join(sorted(wrong))
            raise InvalidValue(f"{said}: not among {', '.join(KEYS)}", path="identity")
