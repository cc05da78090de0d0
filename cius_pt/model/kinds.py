# SPDX-License-Identifier: MIT
"""BT-3, the invoice type code: the fifteen values CIUS-PT admits.

Source: rules DT-CIUS-PT-003_i and DT-CIUS-PT-003_cn of CIUS-PT 2.1.2; the letters are
the document types of SAF-T (PT), the numbers UNTDID 1001.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """BT-3, 1..1: which document it is. Codes are never renamed, only given names.

    >>> Kind("FT")
    <Kind.FT: 'FT'>
    >>> Kind.NC.is_credit_note
    True
    """

    INVOICE = "380"
    DEBIT_NOTE = "383"
    ADVANCE_INVOICE = "386"
    SELF_BILLED_INVOICE = "389"
    FT = "FT"  # fatura
    FS = "FS"  # fatura simplificada
    FR = "FR"  # fatura-recibo
    ND = "ND"  # nota de débito
    RP = "RP"  # prémio ou recibo de prémio (seguros)
    RE = "RE"  # estorno ou recibo de estorno (seguros)
    CS = "CS"  # imputação a co-seguradoras
    LD = "LD"  # imputação a co-seguradora líder
    RA = "RA"  # resseguro aceite
    CREDIT_NOTE = "381"
    NC = "NC"  # nota de crédito

    @property
    def is_credit_note(self) -> bool:
        """Whether it is written as a UBL CreditNote (381, NC)."""
        return self in {Kind.CREDIT_NOTE, Kind.NC}

    @property
    def is_debit_note(self) -> bool:
        """Whether it must name the invoice it corrects (383, ND; BR-CIUS-PT-65)."""
        return self in {Kind.DEBIT_NOTE, Kind.ND}
