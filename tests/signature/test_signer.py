"""Who signed: the NIF, and whether it is the seller's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.findings import Severity
from cius_pt.signature.policy import Policy
from cius_pt.signature.signer import nif_of
from cius_pt.signature.status import Signer
from cius_pt.signature.trust import (
    compare_nif,
)
from tests.profiles import DRAWN
from tests.signature.trust_asking import (
    INTER,
    SEAL,
    judged,
)
from tests.signature.trust_pki import (
    issue,
)

pytestmark = pytest.mark.usefixtures("no_network")


@given(
    st.integers(min_value=0, max_value=999_999_999),
    st.sampled_from(["VATPT-", "VATEU-PT", "NTRPT-", "PSDPT-BDP-", "vatpt-"]),
)
@DRAWN
def test_a_portuguese_number_is_found_under_every_scheme(
    number: int, scheme: str
) -> None:
    assert nif_of(f"{scheme}{number:09d}") == f"{number:09d}"


@pytest.mark.parametrize("text", ["VATES-B12345678", "VATPT-12345678", "", "500000000"])
def test_what_is_no_portuguese_number_gives_none(text: str) -> None:
    assert nif_of(text) is None


@pytest.mark.parametrize(
    ("seller", "expected"),
    [
        ("PT500000000", []),
        ("500000000", []),
        (" pt500000000 ", []),
        ("PT509999999", ["CP-TRUST-16"]),
        (None, []),
        ("", []),
    ],
)
def test_the_signer_is_compared_with_the_seller(
    seller: str | None, expected: list[str]
) -> None:
    signer = judged(SEAL).signer

    found = compare_nif(signer, seller, Policy.QUALIFIED)

    assert [finding.rule for finding in found] == expected
    assert all(finding.severity is Severity.INFO for finding in found)


def test_a_signer_without_number_is_not_compared() -> None:
    signer = judged(issue("Sem NIF", INTER)).signer

    assert isinstance(signer, Signer)
    assert compare_nif(signer, "PT500000000", Policy.ILINK) == ()
    assert compare_nif(None, "PT500000000", Policy.ILINK) == ()
