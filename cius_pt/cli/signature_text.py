# SPDX-License-Identifier: MIT
"""Reports on signatures as text: the three answers, who signed, and every reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.cli.streams import put
from cius_pt.cli.text import one_line, visible
from cius_pt.rules import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cius_pt.findings import Finding
    from cius_pt.rules.entry import Language
    from cius_pt.signature.status import Signature, SignatureReport

# Every word of `signature.status` that a report shows, in Portuguese.
_PORTUGUESE: Final[Mapping[str, str]] = {
    "unsigned": "sem assinatura",
    "valid": "válido",
    "invalid": "inválido",
    "unsupported": "não suportado",
    "malformed": "malformado",
    "accept": "aceita",
    "e217": "erro e217",
    "unknown": "desconhecido",
    "integrity": "integridade",
    "intact": "intacta",
    "broken": "violada",
    "coverage": "abrange",
    "document": "todo o documento",
    "revision": "o documento à data",
    "partial": "uma parte",
    "unclear": "não se sabe",
    "changes": "alterações depois",
    "none": "nenhuma",
    "ltv": "dados de validação",
    "signature": "outra assinatura",
    "form": "formulário",
    "other": "outras",
    "trust": "confiança",
    "trusted": "sim",
    "untrusted": "não",
    "expired": "certificado expirado",
    "not-yet-valid": "certificado ainda não válido",
    "revoked": "certificado revogado",
    "not-checked": "não verificada",
    "signed by": "assinado por",
    "issued by": "emitido por",
    "on": "em",
    "stamped on": "selo temporal de",
    "fatal": "erro",
    "warning": "aviso",
    "info": "informação",
}


class SignatureTexts:
    """Writes reports to standard output as they come."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang

    def write(self, file: str, report: SignatureReport) -> None:
        """Write the report on one file."""
        put("".join(f"{line}\n" for line in self._lines(file, report)))

    def close(self) -> None:
        """End the output: text has no end."""

    def _lines(self, file: str, report: SignatureReport) -> Iterator[str]:
        verdict = self._word(report.verdict.value)
        ilink = self._word(report.ilink.value)
        yield f"{visible(file)}: {verdict}; iLink: {ilink}"
        for finding in report.findings:
            yield f"  {self._reason(finding)}"
        for signature in report.signatures:
            yield from self._signature(signature)
        for name, attachment in report.attachments:
            for line in self._lines(name, attachment):
                yield f"  {line}"

    def _signature(self, one: Signature) -> Iterator[str]:
        yield f"  {one.level or one.format.value} {one_line(one.location)}"
        answers = {
            "integrity": one.integrity.value,
            "coverage": one.coverage.value,
            "changes": one.changes.value,
            "trust": one.trust.value,
        }
        said = (f"{self._word(k)}: {self._word(v)}" for k, v in answers.items())
        yield f"    {', '.join(said)} ({self._status(one)})"
        if one.signer is not None:
            subject, issuer = map(one_line, (one.signer.subject, one.signer.issuer))
            yield f"    {self._word('signed by')} {subject}"
            yield f"    {self._word('issued by')} {issuer}"
        if one.signing_time is not None:
            yield f"    {self._word('on')} {one.signing_time.isoformat()}"
        for stamp in one.timestamps:
            yield f"    {self._word('stamped on')} {stamp.time.isoformat()}"
        for finding in one.reasons:
            yield f"    {self._reason(finding)}"

    def _reason(self, finding: Finding) -> str:
        entry = catalogue.entry(finding.rule) if self._lang == "pt" else None
        message = finding.message if entry is None else entry.asks.pt
        severity = self._word(finding.severity.value)
        return one_line(f"{severity} {finding.rule}: {message}")

    def _word(self, word: str) -> str:
        return _PORTUGUESE.get(word, word) if self._lang == "pt" else word

    @staticmethod
    def _status(one: Signature) -> str:
        sub = f" {one.sub_indication.value}" if one.sub_indication else ""
        return f"{one.indication.value}{sub}"
