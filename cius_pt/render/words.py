# SPDX-License-Identifier: MIT
"""What a page says of itself, in both languages, and the names of fields."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cius_pt import codes
from cius_pt.render.markup import Markup, escaped
from cius_pt.rules.entry import Language, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
# Their names mean something else elsewhere.
_SUMS: Final = frozenset({"totals.lines", "totals.vat"})
_INDEX: Final = re.compile(r"\[(\d+)\](~\d+)?")
_WORDS: Final[Mapping[str, Text]] = {
    "title": Text(
        pt="Verificação de documentos CIUS-PT", en="Check of CIUS-PT documents"
    ),
    "made by": Text(pt="Feito por", en="Made by"),
    "unfinished": Text(
        pt="Este relatório não está completo: falta-lhe a linha «Fim do relatório». "
        "Pode haver documentos que não constam dele.",
        en="This report is not whole: its line “End of the report” is missing. There "
        "may be documents that are not in it.",
    ),
    "end": Text(pt="Fim do relatório", en="End of the report"),
    "summary": Text(pt="Resumo", en="Summary"),
    "problems": Text(
        pt="Não foi possível encontrar o que se pediu",
        en="What was asked for could not be found",
    ),
    "conforms": Text(pt="Conforme", en="Conforms"),
    "fails": Text(pt="Não conforme", en="Does not conform"),
    "unknown": Text(pt="Não foi possível verificar", en="Could not be checked"),
    "conforms.many": Text(pt="conformes", en="conform"),
    "fails.many": Text(pt="não conformes", en="do not conform"),
    "unknown.many": Text(
        pt="que não foi possível verificar", en="could not be checked"
    ),
    "conforms.means": Text(
        pt="Nada impede o envio deste documento.",
        en="Nothing stands against sending this document.",
    ),
    "fails.means": Text(
        pt="O documento tem de ser corrigido antes de ser enviado.",
        en="The document has to be mended before it is sent.",
    ),
    "unknown.means": Text(
        pt="Não se sabe se o documento está conforme: faltou verificar uma parte.",
        en="Whether the document conforms is not known: a part was not checked.",
    ),
    "incomplete": Text(
        pt="Além disso, houve passos que não foi possível verificar.",
        en="Moreover, there were steps that could not be checked.",
    ),
    "nothing": Text(
        pt="Nenhum passo verificou este documento.",
        en="No step has checked this document.",
    ),
    "documents": Text(pt="documentos", en="documents"),
    "fatal": Text(pt="Erro fatal", en="Fatal error"),
    "warning": Text(pt="Aviso", en="Warning"),
    "info": Text(pt="Informação", en="Information"),
    "fatal.many": Text(pt="erros fatais", en="fatal errors"),
    "warning.many": Text(pt="avisos", en="warnings"),
    "info.many": Text(pt="informações", en="pieces of information"),
    "clean": Text(pt="Sem observações.", en="No findings."),
    "steps": Text(pt="Passos da verificação", en="Steps of the check"),
    "well-formed": Text(pt="XML bem formado", en="Well-formed XML"),
    "schema": Text(pt="Esquema UBL", en="UBL schema"),
    "rules": Text(pt="Regras CIUS-PT", en="CIUS-PT rules"),
    "fiscal": Text(pt="Verificações fiscais", en="Fiscal checks"),
    "signature": Text(pt="Assinatura", en="Signature"),
    "recipient": Text(pt="Exigências do destinatário", en="Demands of the buyer"),
    "passed": Text(pt="passou", en="passed"),
    "failed": Text(pt="falhou", en="failed"),
    "not-applicable": Text(pt="não se aplica", en="does not apply"),
    "skipped": Text(pt="não foi feito", en="was not done"),
    "advisory": Text(
        pt="segunda opinião, não muda o veredicto",
        en="second opinion, changes no verdict",
    ),
    "silenced": Text(pt="Observações silenciadas", en="Silenced findings"),
    "silenced.means": Text(
        pt="O veredicto acima conta também com estas observações.",
        en="The verdict above counts these findings, too.",
    ),
    "shown as": Text(pt="mostrado como", en="shown as"),
    "hidden": Text(pt="não mostrado", en="not shown"),
    "by": Text(pt="por", en="by"),
    "without place": Text(
        pt="Observações sobre o documento no seu todo",
        en="Findings on the document as a whole",
    ),
    "sheet": Text(pt="O documento", en="The document"),
    "half": Text(
        pt="O documento tem falhas que impedem a sua leitura completa. Os valores "
        "estão como foram escritos.",
        en="The document has faults that prevent it from being read in full. The "
        "values are as they were written.",
    ),
    "no sheet": Text(
        pt="O documento não pode ser lido como fatura; veja as observações.",
        en="The document cannot be read as an invoice; see the findings.",
    ),
    "gone": Text(
        pt="O conteúdo do documento já não está disponível.",
        en="The content of the document is not available any more.",
    ),
    "source": Text(pt="O ficheiro XML", en="The XML file"),
    "no source": Text(
        pt="O ficheiro não é texto que se possa mostrar.",
        en="The file is no text that could be shown.",
    ),
    "left out": Text(pt="linhas", en="lines"),
    "characters": Text(pt="caracteres", en="characters"),
    "lines": Text(pt="linhas", en="lines"),
    "lines without": Text(
        pt="linhas sem observações não são mostradas",
        en="lines without findings are not shown",
    ),
    "line": Text(pt="linha", en="line"),
    "column": Text(pt="coluna", en="column"),
    "no line": Text(
        pt="Observações em linhas que o ficheiro já não tem",
        en="Findings at lines that the file has no more",
    ),
    "missing": Text(pt="em falta", en="missing"),
    "empty": Text(pt="Sem conteúdo.", en="No content."),
    "explain": Text(pt="Explicação da regra", en="The rule explained"),
    "asks": Text(pt="O que exige", en="What it asks"),
    "why": Text(pt="Porquê", en="Why"),
    "fix": Text(pt="Como corrigir", en="How to mend it"),
    "explained": Text(
        pt="A explicação está na primeira observação desta regra.",
        en="The explanation is in the first finding of this rule.",
    ),
    "see": Text(pt="ver a observação", en="see finding"),
    "details": Text(pt="Dados do documento", en="Details"),
    "item": Text(pt="Descrição", en="Item"),
    "price": Text(pt="Preço", en="Price"),
    "others": Text(pt="Outros dados", en="Other details"),
    "payment": Text(pt="Pagamento", en="Payment"),
    "extras": Text(pt="Anexos e observações", en="Attachments and notes"),
    "notes": Text(pt="Observações da verificação", en="Findings"),
    "yes": Text(pt="sim", en="yes"),
    "no": Text(pt="não", en="no"),
}


def word(name: str, lang: Language) -> str:
    """Return what the page says; KeyError for what it never says."""
    return _WORDS[name].get(lang)


def step(name: str, lang: Language) -> str:
    """Return the name of a step; that of one nobody has named here is its own."""
    return _WORDS[name].get(lang) if name in _STEPS else name


_STEPS: Final = frozenset(
    {"well-formed", "schema", "rules", "fiscal", "signature", "recipient"}
)


@cache
def fields() -> Mapping[str, tuple[str, Text]]:
    """Return form and label of every field of the model."""
    file = Path(__file__).with_name("labels.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in file.splitlines() if line[:1] != "#"]
    return {name: (form, Text(pt=pt, en=en)) for name, form, pt, en in rows[1:]}


def label(path: str, lang: Language) -> str:
    """Return the name of the field at a path: those of its steps, with numbers."""
    return " › ".join(_label(part, lang) for part in path.split("."))


def _label(part: str, lang: Language) -> str:
    name = part.partition("[")[0]
    index = _INDEX.search(part)
    number = f" {int(index[1]) + 1}" if index else ""
    known = fields().get(name)
    return f"{name if known is None else known[1].get(lang)}{number}"


def shown(path: str, text: str, lang: Language) -> Markup:
    """Return the text of a field as the language writes its kind of value."""
    name = path.rpartition(".")[2].partition("[")[0]
    form = fields()[name][0] if name in fields() else ""
    if path in _SUMS:
        form = "amount"
    if name == "charge" and text in {"true", "false"}:
        return escaped(word("yes" if text == "true" else "no", lang))
    if form in {"amount", "number", "percent", "size"}:
        unit = {"percent": " %", "size": " bytes"}.get(form, "")
        number = numbered(text, lang)
        return Markup(f"{number}{unit}") if _NUMBER.fullmatch(text) else number
    if form:
        rows = codes.table(form).find(text)
        meaning = rows[0][lang] if rows else ""
        return escaped(f"{text} – {meaning}" if meaning else text)
    return escaped(text)


def numbered(text: str, lang: Language) -> Markup:
    """Return a number with its digits in groups; what is no number as it is.

    >>> str(numbered("-1234567.50", "pt"))
    '-1&#8239;234&#8239;567,50'
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return escaped(text)
    sign, whole, rest = found.groups()
    group, point = ("&#8239;", ",") if lang == "pt" else (",", ".")
    grouped = f"{int(whole[:40]):,}".replace(",", group) if len(whole) < 40 else whole  # noqa: PLR2004 - no amount has as many digits
    return Markup(f"{sign}{grouped}{point if rest else ''}{rest or ''}")
