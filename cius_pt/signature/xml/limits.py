# SPDX-License-Identifier: MIT
"""How much of a signed document is looked at before it is called too much."""

from __future__ import annotations

from typing import Final

from cius_pt.signature.xml.refusal import Refused

# Real documents have one or two signatures; DSS's largest honest sample has four.
MAX_SIGNATURES: Final = 32
# XAdES needs two or three; each can cost a canonical form of the whole document.
MAX_REFERENCES: Final = 64
MAX_TRANSFORMS: Final = 8
MAX_CERTIFICATES: Final = 64
MAX_TIMESTAMPS: Final = 16
# Elements that the transforms of one reference may take out.
MAX_REMOVED: Final = 64
# PDFs of one invoice that are looked at.
MAX_ATTACHMENTS: Final = 100
# RSA moduli beyond this make one check of a signature take seconds.
MAX_KEY_BITS: Final = 16_384
# Octets canonicalised for one document, all its references together. The honest
# worst is a document of 64 MB with two signatures over all of it.
MAX_WORK: Final = 512 * 1024 * 1024
# Exclusive C14N writes a namespace again at every element that uses it: a name of a
# megabyte, declared once and used a million times, would be a terabyte.
MAX_SWELL: Final = 512 * 1024 * 1024


class Budget:
    """What may still be spent on one document; it ends in a refusal, never a hang."""

    def __init__(self, octets: int = MAX_WORK) -> None:
        self._left = octets

    def spend(self, octets: int) -> None:
        """Take `octets` away; raises `Refused` when there is not enough."""
        self._left -= octets
        if self._left < 0:
            raise Refused(
                "CP-XSIG-09",
                f"more than {MAX_WORK:,} bytes would have to be canonicalised",
            )
