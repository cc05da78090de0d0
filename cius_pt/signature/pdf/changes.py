# SPDX-License-Identifier: MIT
"""What was added to a PDF after a signature, and whether that was allowed.

pyhanko compares the revisions object by object and knows which differences are those
of archiving, of filling in and of signing. Ours is what to make of them: the value of
a field is content, unless the certifying author left it to be filled in; a new visible
field that nobody signed is content too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cius_pt.signature.pdf.reading import value
from cius_pt.signature.refusal import why
from cius_pt.signature.status import Changes
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pyhanko.sign.diff_analysis import (
        DiffPolicy,
        DiffResult,
        QualifiedWhitelistRule,
    )
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

    from cius_pt.signature.pdf.reading import Field

MAX_REVISIONS: Final = 64
_CORNERS: Final = (0.0, 0.0, 0.0, 0.0)
_NAME = re.compile(r"/[^\s,'\"{}]+")
_OBJECT = re.compile(r"idnum=(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The worst of what came later, with the finding that says so, if any."""

    changes: Changes
    rule: str | None = None
    message: str = ""


def later(embedded: EmbeddedPdfSignature, form: Iterable[Field]) -> Later:
    """Return what came after the revision of a signature that covers it whole."""
    reader, base = embedded.reader, embedded.signed_revision
    revisions = reader.xrefs.total_revisions
    if base + 1 >= revisions:
        return Later(changes=Changes.NONE)
    if revisions - base > MAX_REVISIONS:
        message = f"The document was changed more than {MAX_REVISIONS} times since."
        return _unknown(message)
    try:
        return _compared(embedded, list(form))
    except Exception as error:  # noqa: BLE001 - pyhanko fails in many ways
        return _unknown(f"What was added after signing cannot be judged: {why(error)}.")


def _unknown(message: str) -> Later:
    return Later(changes=Changes.UNKNOWN, rule="CP-PSIG-20", message=message)


def _compared(embedded: EmbeddedPdfSignature, form: list[Field]) -> Later:
    from pyhanko.sign.diff_analysis import SuspiciousModification  # noqa: PLC0415

    permission = embedded.docmdp_level
    found = policy().review_file(
        embedded.reader,
        embedded.signed_revision,
        field_mdp_spec=embedded.fieldmdp,
        doc_mdp=permission,
    )
    if isinstance(found, SuspiciousModification):
        what = _what(str(found))
        return _content(f"The document was changed after it was signed: {what}.")
    level = found.modification_level
    if permission is not None and level.value > permission.value:
        message = f"The author allowed no such change: {level.name}, {permission.name}."
        return _content(message)
    return _harmless(embedded, found, form)


def _harmless(
    embedded: EmbeddedPdfSignature, found: DiffResult, form: list[Field]
) -> Later:
    """Return what came later, of the kinds of change that pyhanko calls harmless."""
    from pyhanko.sign.diff_analysis import ModificationLevel  # noqa: PLC0415
    from pyhanko.sign.fields import MDPPerm  # noqa: PLC0415

    signatures = {one.name: one.dictionary for one in form}
    seen = _new_and_visible(embedded, signatures)
    if empty := [name for name in seen if "/V" not in signatures[name]]:
        message = f"A visible field that nobody signed was added: {empty[0]}."
        return Later(changes=Changes.FORM, rule="CP-PSIG-19", message=message)
    archiving = found.modification_level <= ModificationLevel.LTA_UPDATES
    if archiving and not seen:
        message = "Validation data or a time stamp was added after signing."
        return Later(changes=Changes.LTV, rule="CP-PSIG-28", message=message)
    changed = sorted(found.changed_form_fields - signatures.keys())
    if changed or not (found.changed_form_fields or archiving):
        names = ", ".join(changed[:5]) or "its appearance"
        allowed = embedded.docmdp_level in {MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE}
        return _filled(names, allowed=allowed)
    return _signed(embedded, seen)


def _filled(names: str, *, allowed: bool) -> Later:
    message = f"The form was filled in after signing: {names}."
    rule = "CP-PSIG-18" if allowed else "CP-PSIG-19"
    return Later(changes=Changes.FORM, rule=rule, message=message)


def _signed(embedded: EmbeddedPdfSignature, seen: list[str]) -> Later:
    if seen:
        # Its appearance is content too, and may lie over that of the first.
        message = f"A later signature shows on the page: {seen[0]}."
        return Later(changes=Changes.SIGNATURE, rule="CP-PSIG-34", message=message)
    if "/Perms" in embedded.reader.root and not _certified(embedded):
        message = "A later signature certifies the document, which the first should do."
        return Later(changes=Changes.SIGNATURE, rule="CP-PSIG-21", message=message)
    message = "Another signature was added after this one."
    return Later(changes=Changes.SIGNATURE, rule="CP-PSIG-30", message=message)


def _what(said: str) -> str:
    """Return what pyhanko objects to, in an order that does not change."""
    before, differ, after = said.partition(" vs. ")
    if differ and before.startswith("Dict keys differ"):
        names = set(_NAME.findall(before)) ^ set(_NAME.findall(after))
        return f"entries {', '.join(sorted(names))}"
    first = said.partition("\n")[0]
    if numbers := {int(number) for number in _OBJECT.findall(first)}:
        return f"objects {', '.join(map(str, sorted(numbers)))}"
    return first.strip().rstrip(".")[:160] or "its content"


def _content(message: str) -> Later:
    return Later(changes=Changes.OTHER, rule="CP-PSIG-17", message=message)


def _certified(embedded: EmbeddedPdfSignature) -> bool:
    """Whether the document was certified already when this signature was made."""
    old = embedded.reader.get_historical_resolver(embedded.signed_revision)
    return "/Perms" in old.root


def _new_and_visible(
    embedded: EmbeddedPdfSignature, signatures: Mapping[str, Any]
) -> list[str]:
    """Return the names of signature fields that are new and can be seen."""
    old = embedded.reader.get_historical_resolver(embedded.signed_revision)
    return [
        name
        for name, dictionary in signatures.items()
        if _has_area(dictionary)
        and (
            (reference := dictionary.container_ref) is None
            or old.is_ref_unassignable(reference)
        )
    ]


def _has_area(field: Any) -> bool:
    """Whether a field has a widget that takes up room, in itself or in its kids."""
    widgets = [field, *(value(field, "/Kids") or ())]
    for widget in widgets:
        corners = [float(n) for n in value(widget.get_object(), "/Rect") or ()]
        left, bottom, right, top = (
            corners if len(corners) == len(_CORNERS) else _CORNERS
        )
        if left != right and bottom != top:
            return True
    return False


@cache
def policy() -> DiffPolicy:
    """Return pyhanko's policy, which also lets a later signature certify.

    ISO 32000-2, 12.8.2.2 wants the certifying signature to be the first one. Signers in
    use put it second; what they add is /Perms with /DocMDP, which shows nothing.
    """
    from pyhanko.sign.diff_analysis import (  # noqa: PLC0415
        DEFAULT_DIFF_POLICY,
        StandardDiffPolicy,
        SuspiciousModification,
    )
    from pyhanko.sign.diff_analysis.constants import (  # noqa: PLC0415
        ROOT_EXEMPT_STRICT_COMPARISON,
    )
    from pyhanko.sign.diff_analysis.rules.file_structure_rules import (  # noqa: PLC0415
        CatalogModificationRule,
    )

    class LaterCertification(CatalogModificationRule):
        def apply_qualified(self, old: Any, new: Any) -> Any:
            was, now = value(old.root, "/Perms"), value(new.root, "/Perms")
            added = was is None and now is not None
            if added and (set(now) != {"/DocMDP"} or "/Contents" not in now["/DocMDP"]):
                raise SuspiciousModification("Permissions were added")
            exempt = ROOT_EXEMPT_STRICT_COMPARISON | ({"/Perms"} if added else set())
            rule = CatalogModificationRule(exempt)
            yield from rule.apply_qualified(old, new)

    standard = DEFAULT_DIFF_POLICY
    make: Callable[[], QualifiedWhitelistRule] = LaterCertification
    return StandardDiffPolicy(
        global_rules=[make(), *standard.global_rules[1:]],
        form_rule=standard.form_rule,
    )
