# SPDX-License-Identifier: MIT
"""The UBL 2.1 syntax: one table that writes, reads and locates."""
