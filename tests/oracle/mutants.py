# SPDX-License-Identifier: MIT
"""Mutants of valid documents: what a differential test feeds to two rule sets.

`Workshop.mutant(seed)` breaks one of the given documents in one to four places, the
same ones for the same seed; `Workshop.systematic()` goes through every element of a
document that has them all. Only mutants that the UBL 2.1 schema still allows are
given out, the others never reach any rules.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from cius_pt import artefacts

from . import vocabulary
from .grammar import Grammar, path, tag
from .operators import OPERATORS, add_property, double, drop, extend, put, unset, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lxml.etree import _Element as Element

    from cius_pt.xmlio import Kind


_LARGE = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A document that the schema allows, and how to make it again."""

    name: str
    data: bytes


class Workshop:
    """Makes mutants of `documents`; `paths` are those that systematic ones visit."""

    def __init__(
        self, documents: Mapping[str, bytes], *, paths: Iterable[str] = ()
    ) -> None:
        self.grammar = Grammar()
        self.paths = [path(p) for p in paths]
        self._validators: dict[str, etree.XMLSchema] = {}
        self._smallest: dict[str, Element] = {}
        self._documents: list[tuple[str, Element]] = []
        for name, data in sorted(documents.items()):
            root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
            if len(data) < _LARGE and self._is_valid(root):
                self._documents.append((name, root))

    def __len__(self) -> int:
        return len(self._documents)

    def mutant(self, seed: int) -> Mutant | None:
        """Return the mutant of a seed; None when the schema does not allow it."""
        rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
        name, original = rng.choice(self._documents)
        root = copy.deepcopy(original)
        done = []
        for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
            (chosen,) = rng.choices(list(OPERATORS), list(OPERATORS.values()))
            if chosen(self, root, rng):
                done.append(chosen.__name__.strip("_"))
        return self._finished(root, f"{seed}: {name} {' '.join(done)}")

    def originals(self) -> Iterator[Mutant]:
        """Yield the documents themselves."""
        for name, root in self._documents:
            yield Mutant(name=name, data=etree.tostring(root))

    def visits(self) -> Iterator[Mutant]:
        """Yield small documents with something at each path, once, twice or odd."""
        for kind in ("Invoice", "CreditNote"):
            for change in self._small(kind):
                done = change()
                if done is not None:
                    yield done

    def _small(self, kind: str) -> Iterator[Callable[[], Mutant | None]]:
        for steps in self.paths:
            yield from self._visits(kind, steps)
        for name, value in vocabulary.PROPERTIES:
            yield partial(self._propertied, kind, name, value)
        for name in vocabulary.FOREIGN:
            yield partial(self._foreign, kind, name)

    def _propertied(self, kind: str, name: str, value: str) -> Mutant | None:
        root = copy.deepcopy(self._first(kind))
        for item in root.iter(tag("cac:Item")):
            for _ in range(3):
                add_property(self, item, name, value)
        return self._finished(root, f"{kind}: property {name} ×3")

    def _foreign(self, kind: str, name: str) -> Mutant | None:
        root = copy.deepcopy(self._first(kind))
        extend(self, root, etree.Element("{urn:example}foreign", {name: "X"}))
        return self._finished(root, f"{kind}: foreign attribute {name}")

    def systematic(self, *, start: int = 0, step: int = 1) -> Iterator[Mutant]:
        """Yield one change at each element of a document that has them all.

        Every `step`-th of them, beginning with the one numbered `start`.
        """
        number = 0
        for kind in ("Invoice", "CreditNote"):
            rich = self._rich(kind)
            for change in self._changes(kind, rich):
                if number % step == start:
                    done = change()
                    if done is not None:
                        yield done
                number += 1

    def systematic_size(self) -> int:
        """Return how many changes there are, those the schema refuses included."""
        kinds = ("Invoice", "CreditNote")
        return sum(len(list(self._changes(k, self._rich(k)))) for k in kinds)

    def with_attachment(self, characters: int) -> Mutant | None:
        """Return an invoice with an attachment of so many base64 characters."""
        root = copy.deepcopy(self._first("Invoice"))
        where = "cac:AdditionalDocumentReference/cac:Attachment/"
        end = self.grammar.ensure(
            root, path(f"{where}cbc:EmbeddedDocumentBinaryObject")
        )
        if end is None:
            return None
        end.set("filename", "x.txt")
        end.text = "A" * characters
        return self._finished(root, f"attachment of {characters} characters")

    def ensure(self, name: str, where: str, *, twice: bool = False) -> Mutant | None:
        """Return a document into which a path has been put, if the schema has it."""
        kind = "CreditNote" if "CreditNoteLine" in where else "Invoice"
        root = copy.deepcopy(self._first(kind))
        end = self.grammar.ensure(root, path(where))
        if end is None:
            return None
        if twice:
            end.addnext(copy.deepcopy(end))
        return self._finished(root, f"{name}: {where} put into the {kind}")

    def _visits(
        self, kind: str, steps: list[str]
    ) -> Iterator[Callable[[], Mutant | None]]:
        whole = len(steps)
        for upto in range(1, whole + 1):
            yield partial(self._visited, kind, steps[:upto])
            yield partial(self._visited, kind, steps, copied=upto)
            if tag("cac:AllowanceCharge") in steps:
                yield partial(self._visited, kind, steps, copied=upto, charge="false")
        basic = self.grammar.kind(steps[-1])
        if basic is not None:
            for value in vocabulary.few(basic):
                yield partial(self._visited, kind, steps, text=value)
            for name in self.grammar.attributes(steps[-1]):
                for odd in (None, "", "x" * 151, "#DESCRIPTION@ATMPAYMENT#x"):
                    yield partial(self._visited, kind, steps, attribute=(name, odd))

    def _visited(  # noqa: PLR0913 - one for each kind of change
        self,
        kind: str,
        steps: list[str],
        *,
        copied: int = 0,
        charge: str = "true",
        text: str | None = None,
        attribute: tuple[str, str | None] | None = None,
    ) -> Mutant | None:
        root = copy.deepcopy(self._first(kind))
        end = self.grammar.ensure(root, steps)
        if end is None:
            return None
        for indicator in root.iter(tag("cbc:ChargeIndicator")):
            indicator.text = charge
        if text is not None:
            end.text = text
        if attribute is not None:
            key, value = attribute
            unset(key, end)
            if value is not None:
                end.set(key, value)
        if copied:
            for _ in steps[copied:]:
                above = end.getparent()
                end = end if above is None else above
            end.addnext(copy.deepcopy(end))
        where = "/".join(etree.QName(step).localname for step in steps)
        return self._finished(
            root, f"{kind}: {where} {copied} {text!r:.20} {attribute}"
        )

    def _changes(
        self, kind: str, rich: Element
    ) -> Iterator[Callable[[], Mutant | None]]:
        for number, element in enumerate(rich.iter("*")):
            for change in self._edits(element):
                yield partial(self._edited, kind, rich, number, change)

    def _edits(self, element: Element) -> Iterator[Callable[[Element], object]]:
        yield drop
        yield double
        tag_ = str(element.tag)
        if not len(element):
            for value in vocabulary.values(self.grammar.kind(tag_) or ""):
                yield partial(write, value)
        for name in self.grammar.attributes(tag_):
            yield partial(unset, name)
            for value in vocabulary.ATTRIBUTES:
                yield partial(put, name, value)

    def _edited(
        self, kind: str, rich: Element, number: int, edit: Callable[[Element], object]
    ) -> Mutant | None:
        root = copy.deepcopy(rich)
        element = next(islice(root.iter("*"), number, None))
        name = etree.QName(element).localname
        edit(element)
        return self._finished(root, f"{kind}: element {number} {name}")

    def _first(self, kind: str) -> Element:
        """Return the smallest of the documents: it leaves most to be said."""
        if kind not in self._smallest:
            found = [r for _, r in self._documents if etree.QName(r).localname == kind]
            self._smallest[kind] = min(found, key=lambda r: len(etree.tostring(r)))
        return self._smallest[kind]

    def _rich(self, kind: str) -> Element:
        """Return a document with everything at the paths that can be there at once."""
        root = copy.deepcopy(self._first(kind))
        for steps in self.paths:
            before = copy.deepcopy(root)
            self.grammar.ensure(root, steps)
            if not self._is_valid(root):
                root = before
        return root

    def _finished(self, root: Element, name: str) -> Mutant | None:
        data = etree.tostring(root)
        # Read again: what was set must also survive being written.
        again = etree.fromstring(data, etree.XMLParser(huge_tree=True))
        return Mutant(name=name, data=data) if self._is_valid(again) else None

    def _is_valid(self, root: Element) -> bool:
        kind: Kind
        name = etree.QName(root).localname
        if name == "Invoice":
            kind = "Invoice"
        elif name == "CreditNote":
            kind = "CreditNote"
        else:
            return False
        if kind not in self._validators:
            entry = artefacts.schema(kind).entry
            self._validators[kind] = etree.XMLSchema(etree.parse(entry))
        return self._validators[kind].validate(root)
