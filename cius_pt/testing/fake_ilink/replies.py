# SPDX-License-Identifier: MIT
"""The envelopes of the API: success, refusal and 401, in each of their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cius_pt.testing.fake_ilink.wire import Answer, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cius_pt.testing.fake_ilink.world import World

# The words of the API; clients decide by the codes alone.
MESSAGES: Final[Mapping[str, str]] = {
    "s011": "Documento criado com sucesso",
    "s012": "Documento editado com sucesso",
    "s039": "Ligação externa criada com sucesso.",
    "e069": "Autenticação inválida",
    "e123": "Integração realizada com sucesso.",
    "e199": "A entidade criadora do documento deve ser cliente ou fornecedor do novo "
    "documento.",
    "e200": "Documento já existe.",
    "e048": "O número de compromisso é obrigatório.",
    "e217": "A assinatura do documento não é válida.",
}
NOT_REGISTERED: Final = (
    "Autenticação inválida. É necessário primeiro registar esta entidade para o uso do "
    "API através do POST /apps/authentications."
)


def success(
    world: World,
    *,
    status: int = 200,
    code: str | None = None,
    response: object | None = None,
) -> Answer:
    """Return a success; `response` stands under that name."""
    content: dict[str, Any] = {"success": "true" if world.quirks.success_text else True}
    if code is not None:
        content["message"] = {"code": code, "msg": MESSAGES[code]}
    if response is not None:
        content["response"] = response
    return said(status, content)


def data(world: World, found: object) -> Answer:
    """Return what was asked for."""
    return success(world, response={"data": found})


def refusal(
    world: World, field: str, code: str, message: str | None = None, status: int = 400
) -> Answer:
    """Return a 400 with one error, keyed by its field."""
    error: Any = {"code": code, "msg": message or MESSAGES[code]}
    if world.quirks.listed_errors:
        error = [error]
    return said(status, {"success": False, "errors": {field: error}})


def unauthorised(message: str = MESSAGES["e069"]) -> Answer:
    """Return the 401 that all wrong credentials share: its errors are a list."""
    errors = [{"code": "e069", "msg": message}]
    return said(401, {"success": False, "errors": errors})


def not_found() -> Answer:
    """Return a 404; what iLink says in it is not documented."""
    return said(404, {"success": False, "errors": []})


def page(status: int, text: str) -> Answer:
    """Return an HTML page, as a gateway in front of the API would send it."""
    body = f"<html><body><h1>{status}</h1><p>{text}</p></body></html>"
    return Answer(status=status, body=body.encode(), media="text/html; charset=utf-8")
