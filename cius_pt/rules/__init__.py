# SPDX-License-Identifier: MIT
"""What we know about rules: the catalogue that explains each of them."""
