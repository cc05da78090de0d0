# SPDX-License-Identifier: MIT
"""Making signatures: keys, XAdES for invoices, PAdES for PDFs, time stamps."""
