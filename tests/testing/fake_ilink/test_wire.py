"""Forms as other people's programs write them."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.testing.fake_ilink.wire import BadForm, Request, multipart
from tests.profiles import DRAWN

NAMES = st.text("abcXYZ019_[]-.", min_size=1, max_size=20)
VALUES = st.text(max_size=40)
DATA = st.binary(max_size=200) | st.sampled_from([b"\r\n", b"--", b"\r\n--x--\r\n"])


@DRAWN
@given(
    st.dictionaries(NAMES, VALUES, max_size=4),
    st.lists(st.tuples(NAMES, DATA), min_size=1, max_size=3),
)
def test_multipart_is_read_as_another_library_writes_it(
    fields: dict[str, str], files: list[tuple[str, bytes]]
) -> None:
    sent = [(name, ("a b.xml", data, "text/xml")) for name, data in files]
    request = httpx2.Request("POST", "http://x", data=fields, files=sent)
    body = request.read()

    form = multipart(request.headers["content-type"], body)

    assert dict(form.fields) == fields
    assert [(name, file.data) for name, file in form.files] == files
    assert {(file.filename, file.media) for _, file in form.files} == {
        ("a b.xml", "text/xml")
    }


@DRAWN
@given(st.binary(max_size=300))
def test_any_bytes_are_a_form_or_a_bad_one(body: bytes) -> None:
    try:
        multipart("multipart/form-data; boundary=x", body)
    except BadForm:
        return
    assert b"--x--" in body


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--"),
        ("application/xml", b"<a/>"),
        ("application/json", b"{"),
        ("", b"x"),
    ],
)
def test_what_is_no_form_is_said_so(media: str, body: bytes) -> None:
    request = Request(
        method="POST", path="/", headers={"content-type": media}, body=body
    )

    with pytest.raises(BadForm):
        request.form()


@pytest.mark.parametrize(
    "content",
    [
        {"a": "1", "l[0][x]": "2", "l[1][x]": "3", "e[0]": "p", "e[1]": "q"},
        {"a": 1, "l": [{"x": 2}, {"x": "3"}], "e": ["p", "q"]},
    ],
)
def test_json_says_the_same_as_a_form(content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    headers = {"content-type": "application/json; charset=utf-8"}
    form = Request(method="POST", path="/", headers=headers, body=body).form()

    assert form.one("a") == "1"
    assert form.many("e") == ["p", "q"]
    assert form.under("l") == [{"x": "2"}, {"x": "3"}]


def test_words_of_json_are_numbers_and_nothing() -> None:
    body = b'{"yes": true, "no": false, "none": null}'
    headers = {"content-type": "application/json"}
    form = Request(method="POST", path="/", headers=headers, body=body).form()

    assert form.flag("yes")
    assert form.fields == (("yes", "1"), ("no", "0"), ("none", ""))


def test_brackets_without_a_number_are_a_list_too() -> None:
    body = b"additional_emails%5B%5D=a&additional_emails%5B%5D=b"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    form = Request(method="POST", path="/", headers=headers, body=body).form()

    assert form.many("additional_emails") == ["a", "b"]
