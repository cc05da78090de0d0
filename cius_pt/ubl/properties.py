# SPDX-License-Identifier: MIT
"""BG-32: the properties of an item, and the fields CIUS-PT hides among them.

Source: rules DT-CIUS-PT-139_1 to 139_5 and BR-CIUS-PT-13 to 18 of CIUS-PT 2.1.2; CPE is
the convention of the energy suppliers.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from cius_pt.errors import InvalidValue
from cius_pt.model.lines import ItemAttribute, Line
from cius_pt.ubl.binding import Place
from cius_pt.ubl.order import arrange, observed

FREE = "free"
_CODE = "#TAXEXEMPTIONREASONCODE@CLASSIFIEDTAXCATEGORY#"
_REASON = "#TAXEXEMPTIONREASON@CLASSIFIEDTAXCATEGORY#"
# Name of the property, field of the line, business term; in the order of writing.
_ROWS = (
    ("CPE", "cpe", "BT-161"),
    (
        "#ID@INVOICEDOCUMENTREFERENCE@BILLINGREFERENCE-001#",
        "preceding_invoice",
        "BT-161",
    ),
    ("#LINEID@COMMITMENTLINEREFERENCE#", "commitment_line", "BT-161"),
    (_CODE, "vat.exemption_code", "BT-161"),
    (_REASON, "vat.exemption_reason", "BT-161"),
)
_PLACES = {name: Place(path=field, bt=bt) for name, field, bt in _ROWS}
_ORDER = {name: rank for rank, (name, _, _) in enumerate(_ROWS, start=1)}


def _rank(key: str) -> int:
    return _ORDER.get(key, 0)


class _Properties:
    """The rule between the properties of an item and the fields of its line."""

    fields = (
        "attributes",
        "cpe",
        "preceding_invoice",
        "commitment_line",
        "vat",
    )

    def join(self, owner: Line, *, strict: bool) -> list[ItemAttribute]:
        """Return all properties: free ones first, then the reserved ones."""
        keyed = [(FREE, attribute) for attribute in owner.attributes]
        for name, field, _ in _ROWS:
            holder: Any = owner
            if field.startswith("vat."):
                holder, field = owner.vat, field.removeprefix("vat.")  # noqa: PLW2901
            value = getattr(holder, field)
            if value is not None:
                keyed.append((name, ItemAttribute(name=name, value=value)))
        arranged = arrange([(pair[0], pair) for pair in keyed], owner.property_order)
        if strict:
            _refuse_taken(arranged)
        return [item for _, item in arranged]

    def split(
        self, values: list[ItemAttribute], fields: dict[str, Any]
    ) -> tuple[Place, ...]:
        """Sort the properties of an item into fields of the line and free ones."""
        places: list[Place] = []
        keys: list[str] = []
        free: list[ItemAttribute] = []
        found: dict[str, str] = {}
        for item in values:
            place = _PLACES.get(item.name)
            if place is None or place.path in found:
                places.append(_free(len(free)))
                keys.append(FREE)
                free.append(item)
            else:
                found[place.path] = item.value
                places.append(place)
                keys.append(item.name)
        if free:
            fields["attributes"] = tuple(free)
        if found:
            _place(found, fields)
            if order := observed(keys, _rank):
                fields["property_order"] = order
        return tuple(places)


@lru_cache(maxsize=64)
def _free(index: int) -> Place:
    """Return the place of a free property; they are the same in every line."""
    return Place(path=f"attributes[{index}]", bt="BG-32")


def _refuse_taken(keyed: list[tuple[str, ItemAttribute]]) -> None:
    """Refuse a free property that would be read as a field of the line."""
    seen: set[str] = set()
    free = 0
    for key, item in keyed:
        if key == FREE:
            if item.name in _PLACES and item.name not in seen:
                raise InvalidValue(
                    f"BT-160: {item.name} would be read as {_PLACES[item.name].path}; "
                    "use that field for it",
                    path=f"attributes[{free}].name",
                )
            free += 1
        seen.add(item.name)


def _place(found: dict[str, str], fields: dict[str, Any]) -> None:
    exemption: dict[str, str] = {}
    for path, value in found.items():
        group, _, field = path.rpartition(".")
        (exemption if group else fields)[field] = value
    if exemption and fields.get("vat") is not None:
        fields["vat"] = replace(fields["vat"], **exemption)


PROPERTIES = _Properties()
