"""Any sequence of uploads and changes of state against a model of a few lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from cius_pt.testing.fake_ilink import Clock, Entity, Settings, documents, states
from cius_pt.testing.fake_ilink.documents import Options
from cius_pt.testing.fake_ilink.facts import Draft
from cius_pt.testing.fake_ilink.store import Store
from cius_pt.testing.fake_ilink.world import World
from tests.ilink_client import BUYER, SELLER
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from cius_pt.testing.fake_ilink.wire import Answer

Key = tuple[str, str, str]
KEYS = st.tuples(
    st.sampled_from(["FT 1/1", "FT 1/2"]),
    st.sampled_from(["FT", "NC"]),
    st.sampled_from(["2026-01-31", "2026-02-01"]),
)
# An upload, a change of state, or whether the recipient can be reached.
DEEDS = st.lists(KEYS | st.sampled_from(list(states.CODES)) | st.booleans())
RESENDABLE = {"unsent", "ERROR", "14"}


def code_of(answer: Answer) -> str:
    content = json.loads(answer.body)
    found = content.get("message") or content["errors"]["number"]
    return str(found["code"])


@DRAWN
@given(DEEDS)
def test_a_document_is_created_once_and_edited_only_when_it_may_be(
    deeds: list[Key | str | bool],
) -> None:
    world = World(settings=Settings(), clock=Clock(lambda: 0.0), store=Store(None))
    seller = Entity(nif=SELLER)
    world.add(Entity(nif=BUYER))
    model: dict[Key, str] = {}
    last: Key | None = None
    reachable = True
    for deed in deeds:
        if isinstance(deed, bool):
            reachable = deed
            world.add(Entity(nif=BUYER, to_send=None if deed else "no_connection"))
        elif isinstance(deed, str):
            if last is not None:
                found = world.store.row(
                    "SELECT id FROM documents WHERE number = ? AND type = ? "
                    "AND date = ?",
                    *last,
                )
                assert found is not None
                states.move(world, found["id"], deed)
                model[last] = deed
        else:
            number, kind, date = last = deed
            draft = Draft(
                supplier=SELLER,
                customer=BUYER,
                number=number,
                type=kind,
                date=date,
                sha256="",
                xml=b"",
            )
            code = code_of(documents.commit(world, seller, draft, Options()))
            before = model.get(deed)
            expected = "s011" if before is None else "e200"
            expected = "s012" if before in RESENDABLE else expected
            assert code == expected
            if code != "e200":
                model[deed] = "sent" if reachable else "unsent"
    rows = world.store.rows("SELECT number, type, date FROM documents")
    assert sorted(tuple(row) for row in rows) == sorted(model)
    world.store.close()
