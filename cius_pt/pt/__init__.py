# SPDX-License-Identifier: MIT
"""What exists only in Portugal, one small module each."""
