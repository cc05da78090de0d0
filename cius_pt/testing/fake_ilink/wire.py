# SPDX-License-Identifier: MIT
"""A request and an answer as values, and the forms a request may carry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final
from urllib.parse import parse_qsl

from cius_pt.values import dataclass

JSON: Final = "application/json"
_INDEX: Final = re.compile(r"\[\d*\]$")
_PARAMETER: Final = re.compile(r';\s*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


class BadForm(ValueError):  # noqa: N818 - a signal that becomes a 400
    """The body is not what its content type says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file in a multipart body."""

    filename: str
    media: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields and files of a body, in the order in which they came."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, Upload], ...] = ()

    def one(self, name: str) -> str | None:
        """Return the first value of a field."""
        return next((value for key, value in self.fields if key == name), None)

    def many(self, name: str) -> list[str]:
        """Return all values of ``name``, ``name[]`` and ``name[0]``, ``name[1]``."""
        return [v for key, v in self.fields if _INDEX.sub("", key) == name]

    def flag(self, name: str) -> bool:
        """Whether a field is 1."""
        return self.one(name) == "1"

    def file(self, name: str) -> Upload | None:
        """Return the first file of a field."""
        return next((upload for key, upload in self.files if key == name), None)

    def under(self, name: str) -> list[dict[str, str]]:
        """Return the groups ``name[0][a]``, ``name[0][b]``, ``name[1][a]``."""
        groups: dict[str, dict[str, str]] = {}
        pattern = re.compile(re.escape(name) + r"\[(\d+)\]\[(\w+)\]")
        for key, value in self.fields:
            if (found := pattern.fullmatch(key)) is not None:
                groups.setdefault(found[1], {})[found[2]] = value
        return list(groups.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came in; `path` is relative to the base, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    def form(self) -> Form:
        """Read a multipart, urlencoded or JSON body; raises `BadForm`."""
        media, _, _ = self.headers.get("content-type", "").partition(";")
        match media.strip().lower():
            case "multipart/form-data":
                return multipart(self.headers["content-type"], self.body)
            case "application/x-www-form-urlencoded":
                text = self.body.decode("utf-8", "replace")
                return Form(fields=tuple(parse_qsl(text, keep_blank_values=True)))
            case "application/json":
                return Form(fields=tuple(_flat(self.json())))
            case "" if not self.body:
                return Form()
            case other:
                raise BadForm(f"content type {other!r}")

    def json(self) -> Any:
        """Read a JSON body; raises `BadForm`."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise BadForm("not JSON") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes out."""

    status: int
    body: bytes = field(default=b"", repr=False)
    media: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def said(status: int, content: object) -> Answer:
    """Return an answer in JSON."""
    body = json.dumps(content, ensure_ascii=False).encode("utf-8")
    return Answer(status=status, body=body)


def _flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Return JSON as the form fields that say the same."""
    if isinstance(value, dict):
        below = [(f"{name}[{k}]" if name else str(k), v) for k, v in value.items()]
    elif isinstance(value, list):
        below = [(f"{name}[{i}]", v) for i, v in enumerate(value)]
    else:
        plain = {True: "1", False: "0", None: ""}
        is_word = value is None or isinstance(value, bool)
        return [(name, plain[value] if is_word else str(value))]
    return [pair for key, inner in below for pair in _flat(inner, key)]


def multipart(content_type: str, body: bytes) -> Form:
    """Read a multipart/form-data body (RFC 7578); raises `BadForm`."""
    boundary = _parameters(content_type).get("boundary")
    if not boundary:
        raise BadForm("multipart without a boundary")
    mark = b"\r\n--" + boundary.encode("ascii", "replace")
    pieces = (b"\r\n" + body).split(mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):  # noqa: PLR2004 - RFC 2046
        raise BadForm("the multipart body does not end with its boundary")
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, Upload]] = []
    for piece in pieces[1:-1]:
        head, blank, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head)
        names = _parameters(headers.get("content-disposition", ""))
        if not blank or "name" not in names:
            raise BadForm("a part of the multipart body has no name")
        if "filename" in names:
            media = headers.get("content-type", "application/octet-stream")
            upload = Upload(filename=names["filename"], media=media, data=data)
            files.append((names["name"], upload))
        else:
            fields.append((names["name"], data.decode("utf-8", "replace")))
    return Form(fields=tuple(fields), files=tuple(files))


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _parameters(value: str) -> dict[str, str]:
    found = {}
    for name, quoted, plain in _PARAMETER.findall(value):
        text = quoted.replace("%22", '"').replace('\\"', '"') if quoted else plain
        found[name.lower()] = text
    return found
