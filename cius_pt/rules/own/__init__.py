# SPDX-License-Identifier: MIT
"""Our own rules, one subject a module: from an invoice to remarks, pure functions."""
