# SPDX-License-Identifier: MIT
"""BT-22: the header notes, and the fields CIUS-PT hides among them.

The table has one row per reserved key. A note that follows its row becomes a field; a
note that only looks like one stays a note and is reported. Keys that belong together
(both halves of a currency, all three of a withholding) become a field together or not
at all. Source: rules DT-CIUS-PT-020_2.1 to 020_15.5 of CIUS-PT 2.1.2.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from cius_pt.errors import InvalidValue
from cius_pt.model.document import (
    AdditionalProperty,
    CertifiedProgram,
    Invoice,
    SourceCurrency,
)
from cius_pt.model.payment import Multibanco, Withholding
from cius_pt.pt.tagged import Tag, build, parse
from cius_pt.ubl.binding import Place
from cius_pt.ubl.lexical import AMOUNT, LINE_20, LINE_50, LINE_150, RATE, Lexical, Text
from cius_pt.ubl.order import arrange, observed
from cius_pt.values import dataclass

FREE = "free"
_PROPERTY = "ADDITIONALPROPERTY"
_HIGHEST_GROUP = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """One reserved key: the member of its group that it holds."""

    key: str
    name: str
    form: Lexical
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Keys that make one value together; `numbered` ones may come several times."""

    field: str
    model: type
    members: tuple[_Member, ...]
    numbered: bool = False


def _member(key: str, name: str, form: Lexical, *, needed: bool = True) -> _Member:
    return _Member(key=key, name=name, form=form, needed=needed)


_GROUPS = (
    _Group(
        field="source_currency",
        model=SourceCurrency,
        members=(
            _member("SOURCECURRENCYCODE", "code", Text(3)),
            _member("CALCULATIONRATE", "rate", RATE),
        ),
    ),
    _Group(
        field="period_description",
        model=str,
        members=(_member("DESCRIPTION@INVOICEPERIOD", "", LINE_150),),
    ),
    _Group(
        field="certified_program",
        model=CertifiedProgram,
        members=(
            _member("NUMBER@ATCERTIFIEDPROGRAM", "number", LINE_20),
            _member("HASHCODE@ATCERTIFIEDPROGRAM", "hash", LINE_20),
            _member(
                "DESCRIPTION@ATCERTIFIEDPROGRAM", "description", LINE_150, needed=False
            ),
        ),
    ),
    _Group(
        field="withholdings",
        model=Withholding,
        members=(
            _member(
                "WITHHOLDINGTAXDESCRIPTION@WITHHOLDINGTAX", "description", LINE_150
            ),
            _member("WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX", "amount", AMOUNT),
            _member("WITHHOLDINGTAXTYPE@WITHHOLDINGTAX", "type", LINE_20),
        ),
        numbered=True,
    ),
    _Group(
        field="further_multibanco",
        model=Multibanco,
        members=(
            _member("ENTITY@ATMPAYMENT", "entity", LINE_20),
            _member("REFERENCE@ATMPAYMENT", "reference", LINE_20),
            _member("AMOUNT@ATMPAYMENT", "amount", AMOUNT),
            _member("DESCRIPTION@ATMPAYMENT", "description", LINE_150, needed=False),
        ),
        numbered=True,
    ),
)
_BY_KEY = {member.key: (group, member) for group in _GROUPS for member in group.members}
_RANK = {
    FREE: (0,),
    **{
        key: (rank,)
        for rank, key in enumerate(
            (
                "SOURCECURRENCYCODE",
                "CALCULATIONRATE",
                "DESCRIPTION@INVOICEPERIOD",
                _PROPERTY,
                *(m.key for m in _GROUPS[2].members),
            ),
            start=1,
        )
    },
}


_NUMBERED = {
    member.key: (rank, at)
    for rank, group in enumerate(_GROUPS, start=100)
    for at, member in enumerate(group.members)
}


def _rank(key: str) -> tuple[int, ...]:
    if key in _RANK:
        return _RANK[key]
    name, _, number = key.rpartition("-")
    group, member = _NUMBERED[name]
    return group, int(number), member


class _Notes:
    """The rule between the notes of a document and its fields."""

    fields = (
        "notes",
        "additional_properties",
        *(group.field for group in _GROUPS),
    )

    def join(self, owner: Invoice, *, strict: bool) -> list[str]:
        """Return all notes: free ones first, then the tagged ones."""
        keyed = [(FREE, note) for note in owner.notes]
        keyed += [
            (_PROPERTY, _property(item, index, strict=strict))
            for index, item in enumerate(owner.additional_properties)
        ]
        for group in _GROUPS:
            keyed += _written(group, getattr(owner, group.field), strict=strict)
        keyed.sort(key=lambda pair: _rank(pair[0]))
        arranged = arrange([(pair[0], pair) for pair in keyed], owner.note_order)
        if strict and any(note.startswith("#") for note in owner.notes):
            self._refuse_taken(arranged)
        return [text for _, text in arranged]

    def _refuse_taken(self, keyed: list[tuple[str, str]]) -> None:
        """Refuse a free note that would be read as a field."""
        places = self.split([text for _, text in keyed], {})
        free = [
            place for (key, _), place in zip(keyed, places, strict=True) if key == FREE
        ]
        for index, place in enumerate(free):
            name, _, _ = place.path.partition("[")
            if name != "notes":
                name, _, _ = name.partition(".")
                raise InvalidValue(
                    f"BT-22: this would be read as {name}; use that field for it",
                    path=f"notes[{index}]",
                )

    def split(self, values: list[str], fields: dict[str, Any]) -> tuple[Place, ...]:
        """Sort the notes of a document into fields and free notes."""
        taken = _Taken()
        for index, text in enumerate(values):
            taken.offer(index, text)
        taken.finish(fields)
        free = [
            (index, text)
            for index, text in enumerate(values)
            if index not in taken.places
        ]
        if free:
            fields["notes"] = tuple(text for _, text in free)
        for at, (index, text) in enumerate(free):
            taken.places[index] = Place(
                path=f"notes[{at}]", bt="BT-22", problem=_suspicious(text)
            )
        order = observed([taken.keys.get(i, FREE) for i in range(len(values))], _rank)
        if order:
            fields["note_order"] = order
        return tuple(taken.places[index] for index in range(len(values)))


class _Taken:
    """What has been recognised so far while splitting the notes of one document."""

    def __init__(self) -> None:
        self.places: dict[int, Place] = {}
        self.keys: dict[int, str] = {}
        self._properties: list[AdditionalProperty] = []
        self._parts: defaultdict[tuple[str, int | None], dict[str, tuple[int, Any]]] = (
            defaultdict(dict)
        )

    def offer(self, index: int, text: str) -> None:
        """Take the note if it is a tag of the table with a value of the right form."""
        tag = parse(text) if text.startswith("#") else None
        if tag is None:
            return
        if tag.key == _PROPERTY and tag.number is None:
            name, hash_sign, value = tag.value.partition("#")
            if hash_sign and name and value:
                path = f"additional_properties[{len(self._properties)}]"
                self._properties.append(AdditionalProperty(name=name, value=value))
                self.places[index] = Place(path=path, bt="BT-22")
                self.keys[index] = _PROPERTY
            return
        known = _BY_KEY.get(tag.key)
        if known is None or known[0].numbered != (tag.number is not None):
            return
        group, member = known
        part = self._parts[group.field, tag.number]
        try:
            value, shown = member.form.parsed(tag.value)
        except ValueError:
            return
        if shown == tag.value:
            part.setdefault(member.key, (index, value))

    def finish(self, fields: dict[str, Any]) -> None:
        """Make a field of every group that is complete."""
        if self._properties:
            fields["additional_properties"] = tuple(self._properties)
        found: dict[str, list[int | None]] = {}
        for field, number in self._parts:
            found.setdefault(field, []).append(number)
        for group in _GROUPS:
            if group.field not in found:
                continue
            numbers = sorted(found[group.field], key=lambda number: number or 0)
            made: list[Any] = []
            last = -1
            for number in numbers:
                part = self._parts[group.field, number]
                if not all(m.key in part for m in group.members if m.needed):
                    continue
                follows = number is None or number == _next(last)
                try:
                    value = _value(group, part, None if follows else number)
                except InvalidValue:
                    continue  # a number that no field takes: it stays a note
                self._place(group, number, len(made), part)
                last = last if number is None else number
                made.append(value)
            if made:
                fields[group.field] = tuple(made) if group.numbered else made[0]

    def _place(
        self,
        group: _Group,
        number: int | None,
        at: int,
        part: dict[str, tuple[int, Any]],
    ) -> None:
        base = f"{group.field}[{at}]" if group.numbered else group.field
        for member in group.members:
            if member.key not in part:
                continue
            index, _ = part[member.key]
            path = f"{base}.{member.name}" if member.name else base
            self.places[index] = Place(path=path, bt="BT-22")
            self.keys[index] = (
                member.key if number is None else f"{member.key}-{number:03d}"
            )


def _value(group: _Group, part: dict[str, tuple[int, Any]], number: int | None) -> Any:
    """Return what a complete group says, with its number if it does not just follow.

    Raises `InvalidValue` when the model cannot hold it.
    """
    names = {m.name: part[m.key][1] for m in group.members if m.key in part}
    if group.model is str:
        return names[""]
    return group.model(**names, **({} if number is None else {"group": number}))


def _written(group: _Group, value: Any, *, strict: bool) -> list[tuple[str, str]]:
    if value is None:
        return []
    if not group.numbered:
        return _tags(group, value, None, group.field, strict=strict)
    keyed: list[tuple[str, str]] = []
    last = -1
    for index, item in enumerate(value):
        path = f"{group.field}[{index}]"
        number = _next(last) if item.group is None else item.group
        if not last < number <= _HIGHEST_GROUP:
            raise InvalidValue(
                f"BT-22: group {number} does not ascend to {_HIGHEST_GROUP} at most; "
                "leave it out and it is counted on",
                path=f"{path}.group",
            )
        last = number
        keyed += _tags(group, item, number, path, strict=strict)
    return keyed


def _tags(
    group: _Group, value: Any, number: int | None, path: str, *, strict: bool
) -> list[tuple[str, str]]:
    keyed = []
    for member in group.members:
        given = getattr(value, member.name) if member.name else value
        where = f"{path}.{member.name}" if member.name else path
        if given is None:
            if member.needed and strict:
                raise InvalidValue(f"BT-22: {member.key} is mandatory", path=where)
            continue
        shown = member.form.show(given)
        if strict and (problem := member.form.problem(given, shown)):
            raise InvalidValue(f"BT-22: {problem}", path=where)
        key = member.key if number is None else f"{member.key}-{number:03d}"
        keyed.append((key, build(Tag(key=member.key, number=number, value=shown))))
    return keyed


def _next(last: int) -> int:
    """Return the number of the group behind the group `last`; the first is 1."""
    return max(last, 0) + 1


def _property(item: AdditionalProperty, index: int, *, strict: bool) -> str:
    path = f"additional_properties[{index}]"
    if "#" in item.name:
        raise InvalidValue("BT-22: a name cannot hold '#'", path=f"{path}.name")
    if strict:
        for name, given in (("name", item.name), ("value", item.value)):
            if problem := LINE_50.problem(given, given):
                raise InvalidValue(f"BT-22: {problem}", path=f"{path}.{name}")
    return build(Tag(key=_PROPERTY, value=f"{item.name}#{item.value}"))


def _suspicious(text: str) -> str | None:
    """Return what is odd about a note that begins like a reserved one."""
    if not text.startswith("#"):
        return None
    for key in (_PROPERTY, *_BY_KEY):
        if text.startswith((f"#{key}#", f"#{key}-")):
            return (
                f"begins like {key} but is malformed, repeated or lacks its "
                "companions; it was kept as a plain note"
            )
    return None


NOTES = _Notes()
