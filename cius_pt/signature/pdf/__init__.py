# SPDX-License-Identifier: MIT
"""Signatures of PDFs: PAdES, adbe.pkcs7.detached and document time stamps."""

from __future__ import annotations

from cius_pt.signature.pdf.verification import verify_pdf

__all__ = ["verify_pdf"]
