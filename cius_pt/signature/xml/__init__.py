# SPDX-License-Identifier: MIT
"""XML signatures: XMLDSig and XAdES, found, read and judged."""
