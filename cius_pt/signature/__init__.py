# SPDX-License-Identifier: MIT
"""Signatures in invoices and in the PDFs they carry: verified, explained and made."""
