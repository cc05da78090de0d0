# SPDX-License-Identifier: MIT
from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.octets import octets
from cius_pt.signature.xml.encoded import decoded
from tests.profiles import DRAWN


@DRAWN
@given(st.binary(max_size=100), st.sampled_from(("", " ", "\n", "\t", "\r\n")))
def test_what_was_encoded_is_decoded_with_white_space_anywhere(
    given: bytes, white: str
) -> None:
    text = white.join(base64.b64encode(given).decode())
    assert octets(text) == given
    assert decoded(text) == (given or None)


@pytest.mark.parametrize(
    "text",
    [
        *("Q", "QU", "QUJ", "QUJD=", "QUJD==", "QUI", "QQ=", "=QQ=", "QQ==QQ=="),
        *("====", "Q===", "QUJ*", "QU-_", "QUJ\u00e9", "QUJ\xa0D", "QUJD\x00"),
    ],
)
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not base64"):
        octets(text)
    assert decoded(text) is None
