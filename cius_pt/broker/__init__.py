# SPDX-License-Identifier: MIT
"""iLink: what is sent, what came of it, what is still open."""
