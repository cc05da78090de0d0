"""The documents that iLink publishes as good ones are taken by the local iLink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cius_pt import read
from cius_pt.testing.fake_ilink import Entity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ilink_client import Client

NAMES = (
    "desconto_global",
    "desconto_linha",
    "desconto_preco",
    "isencao_linha",
    "retencao",
    "xml_com_pdf",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_published_example_is_created(
    client: Client, shared: Path, any_rules: str, name: str
) -> None:
    data = (shared / "examples" / "ilink" / f"{name}.xml").read_bytes()
    invoice = read(data).invoice
    seller = Entity(nif=invoice.seller.vat_identifier.removeprefix("PT"))
    client.ilink.change(validate=True, rules=any_rules)
    client.ilink.add(seller)
    client.key = seller.key
    answer = client.upload(data)

    shown = answer.json()["response"]["data"]
    assert (answer.status_code, shown["number"]) == (201, invoice.number)
    assert shown["type_document_fact"]["code"] == "380"
    assert shown["type_document_fact"]["type"] == "FT"
