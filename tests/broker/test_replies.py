"""Every documented answer, with its own words and in all its shapes."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.broker import refusals
from cius_pt.broker.replies import Outcome, Problem, delivery, receipt, reply
from cius_pt.broker.states import CODES, State, combined, of_code
from cius_pt.rules import catalogue
from tests import scripted

CREATED = {
    "success": True,
    "message": {"code": "s011", "msg": "Documento criado com sucesso"},
    "response": {
        "data": {
            "id": "60796c3c2a6fa2.53909016",
            "number": "7411111",
            "emission_date": "2021-04-15",
            "type_document_fact": {
                "id": "5c9cb870a5ef57.36583702",
                "code": "380",
                "alias": "invoice",
                "type": "FT",
                "description": "Fatura",
            },
            "type_document": {"alias": "issued", "description": "Emitido"},
            "state_document": {
                "id": "5c9cb878745b16.4225687",
                "alias": "sent",
                "description": "Enviado ao cliente.",
            },
        }
    },
}
NOT_DELIVERED = {
    "id": "60796c3c2a6fa2.53909016",
    "state_document": {
        "id": "5c9cb870f34b16.42025494",
        "alias": "tosend",
        "description": "Por enviar ao cliente.",
    },
    "to_send_status": {
        "code": "sent_connection",
        "title": "Aguardar a aceitação de ligação com o destinatário do documento.",
    },
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "success",
                    "errors",
                    "message",
                    "response",
                    "data",
                    "code",
                    "msg",
                    "id",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("success", [True, "true"])
def test_created(status: int, success: Any) -> None:
    found = reply(scripted.answer(status, {**CREATED, "success": success}))

    assert found is not None
    assert found.success
    assert (found.code, found.text) == ("s011", "Documento criado com sucesso")
    said = receipt(found.data, Outcome.CREATED, found.code)
    assert said.id == "60796c3c2a6fa2.53909016"
    assert (said.number, said.issued, said.kind) == ("7411111", "2021-04-15", "FT")
    assert said.state is State.SENT
    assert said.delivery is None


def test_created_but_not_delivered() -> None:
    said = receipt(NOT_DELIVERED, Outcome.CREATED)

    assert said.state is State.TO_SEND
    assert said.delivery is not None
    assert said.delivery.code == "sent_connection"
    assert said.number is None


def test_edited() -> None:
    message = {"code": "s012", "msg": "Documento editado com sucesso"}
    found = reply(scripted.answer(200, {**CREATED, "message": message}))

    assert found is not None
    assert (found.success, found.code) == (True, "s012")


def test_a_code_that_begins_with_e_is_a_success_when_success_says_so() -> None:
    message = {"code": "e123", "msg": "Integração realizada com sucesso."}
    found = reply(scripted.answer(200, {"success": True, "message": message}))

    assert found is not None
    assert found.success


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (400, {"success": True, "message": {"code": "s011"}}),
        (200, {"success": False, "message": {"code": "s011"}}),
        (200, {"success": "false"}),
        (200, {"success": True, "errors": {"document": {"code": "e217", "msg": ""}}}),
    ],
)
def test_only_status_and_success_together_are_a_success(
    status: int, content: Any
) -> None:
    found = reply(scripted.answer(status, content))

    assert found is not None
    assert not found.success


@pytest.mark.parametrize(
    "found",
    [
        {"code": "no_connection", "title": "x"},
        {"alias": "no_connection", "description": "x"},
    ],
)
def test_delivery_in_both_shapes(found: dict[str, str]) -> None:
    said = delivery(found)

    assert said is not None
    assert (said.code, said.text) == ("no_connection", "x")


@pytest.mark.parametrize(
    "code",
    [
        "sent_connection",
        "no_connection",
        "registered_entity",
        "received_pay_transactions",
        "sent_document",
        "one_nobody_has_published",
    ],
)
def test_known_and_unknown_reasons_are_kept(code: str) -> None:
    said = delivery({"code": code})

    assert said is not None
    assert said.code == code


def test_texts_in_the_place_of_objects() -> None:
    said = receipt(
        {
            "id": "1.2",
            "type_document_fact": "Fatura",
            "type_document": "Emitido",
            "state_document": "Enviado",
        },
        Outcome.CREATED,
    )

    assert said.state is State.SENT
    assert said.kind == "Fatura"


@pytest.mark.parametrize("content", ["", "<html>", "[]", '"ok"', "null", "{}", "{"])
def test_what_is_no_answer_of_ilink(content: str) -> None:
    assert reply(scripted.answer(200, content)) is None


@given(JSON, st.sampled_from([200, 201, 400, 401, 404]))
def test_whatever_comes_is_read_without_an_error(content: Any, status: int) -> None:
    found = reply(scripted.answer(status, content))

    if found is not None:
        assert receipt(found.data, Outcome.CREATED).outcome is Outcome.CREATED
        for problem in found.problems:
            assert refusals.finding(problem, "pt").rule
        assert not (found.success and status >= 400)


# --- refusals ---

# The form is iLink's, the sentence is ours: theirs is the publisher's.
BR_CO_25 = "[BR-CO-25]-Indique o vencimento: há um valor a pagar."
REFUSALS = [
    ("document", "e217", BR_CO_25, "BR-CO-25", "BT-9"),
    (
        "document",
        "e217",
        "[DT-CIUS-PT-166]-Amount due for payment (BT-115) = 1",
        "DT-CIUS-PT-166",
        None,
    ),
    (
        "document",
        "e217",
        "A assinatura do documento não é válida.",
        "CP-ILINK-14",
        None,
    ),
    (
        "supplier",
        "e199",
        (
            "A entidade criadora do documento deve ser cliente ou fornecedor do novo "
            "documento."
        ),
        "CP-ILINK-11",
        "BT-31",
    ),
    (
        "commitment_number",
        "e048",
        "O número de compromisso é obrigatório.",
        "CP-ILINK-13",
        "BT-19",
    ),
    ("number", "e200", "Documento já existe.", "CP-ILINK-12", "BT-1"),
    ("whatever", "e999", "Outra coisa.", "CP-ILINK-15", None),
]


@pytest.mark.parametrize(("field", "code", "msg", "rule", "bt"), REFUSALS)
@pytest.mark.parametrize("shape", ["object", "list", "listed"])
def test_a_refusal_is_the_finding_of_a_local_check(  # noqa: PLR0913, PLR0917
    field: str, code: str, msg: str, rule: str, bt: str | None, shape: str
) -> None:
    error: Any = {"code": code, "msg": msg}
    errors: Any = {field: [error] if shape == "listed" else error}
    if shape == "list":
        errors, field = [error], ""
    found = reply(scripted.answer(400, {"success": False, "errors": errors}))

    assert found is not None
    assert found.problems == (Problem(field=field, code=code, text=msg),)
    said = refusals.finding(found.problems[0], "pt")
    assert said.rule == rule
    assert said.hint == catalogue.hint(rule, "pt")
    if bt is not None and field:
        assert said.bt == bt
    if not msg.startswith("["):
        assert code in said.message
    assert said.message.startswith(msg.partition("]-")[2] or msg)


def test_several_fields_are_several_findings() -> None:
    errors = {
        "commitment_number": {"code": "e048", "msg": "a"},
        "due_date": {"code": "e048", "msg": "b"},
    }
    found = reply(scripted.answer(400, {"success": False, "errors": errors}))

    assert found is not None
    paths = [refusals.finding(p, "en").location.path for p in found.problems]
    assert paths == ["commitment", "due_date"]


# --- states ---


@pytest.mark.parametrize(
    ("code", "state", "again"),
    [
        ("ACCEPTED", State.FORWARDED, False),
        ("ERROR", State.ERROR, True),
        ("14", State.REGULARISE, True),
        ("22", State.RETURNED, False),
        ("11", State.PROCESSED, False),
        ("30", State.CREDITED, False),
        ("33", State.IN_PAYMENT, False),
        ("29", State.PAID, False),
    ],
)
def test_the_documented_codes(code: str, state: State, again: bool) -> None:
    assert of_code(code) is state
    assert state.resendable is again


@pytest.mark.parametrize(
    ("document", "edi", "espap", "state"),
    [
        ("tosend", "", "", State.TO_SEND),
        ("to_send", "", "", State.TO_SEND),
        ("sent", "", "", State.SENT),
        ("accepted", "", "", State.ACCEPTED),
        ("rejected", "", "", State.REJECTED),
        ("sent", "accepted", "ACCEPTED", State.FORWARDED),
        ("accepted", "accepted", "ACCEPTED", State.ACCEPTED),
        ("rejected", "regularization", "", State.REGULARISE),
        ("rejected", "regularization", "14", State.REGULARISE),
        ("rejected", "error", "ERROR", State.ERROR),
        ("sent", "reception", "", State.RECEPTION),
        ("rejected", "", "22", State.RETURNED),
        ("accepted", "", "29", State.PAID),
        ("accepted", "", "11", State.PROCESSED),
        ("sent", "one nobody knows", "neither", State.SENT),
        ("new word", "", "", State.UNKNOWN),
        ("new word", "error", "", State.ERROR),
        # An older word of EDI does not undo what happened since.
        ("accepted", "error", "ERROR", State.ACCEPTED),
        ("tosend", "", "29", State.TO_SEND),
    ],
)
def test_one_state_for_three_words(
    document: str, edi: str, espap: str, state: State
) -> None:
    assert combined(document, edi, espap) is state


def test_every_state_of_the_codes_is_reached_in_a_flow() -> None:
    for code in CODES:
        assert any(combined(own, "", code) is CODES[code] for own in OWN)


OWN = ("tosend", "sent", "accepted", "rejected")


def test_what_is_final_is_not_resendable() -> None:
    for state in State:
        assert not (state.final and state.resendable)
    words = itertools.product(OWN, ("", "error", "accepted"), ("", *CODES))
    assert {combined(*three) for three in words} >= set(State) - {
        State.UNKNOWN,
        State.RECEPTION,
    }
