# SPDX-License-Identifier: MIT
"""How much the fiscal tests draw: ``CIUS_PT_FISCAL=full`` for the full sizes."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

FULL = os.environ.get("CIUS_PT_FISCAL") == "full"
NUMBERS = 100_000 if FULL else 5_000


def drawn(full: int, usual: int = 200) -> settings:
    """Return settings for `full` documents, or for `usual` ones by default."""
    return settings(
        max_examples=full if FULL else usual,
        derandomize=not FULL,
        database=None,
        deadline=None,
        print_blob=True,
        # Shrinking a whole invoice takes minutes; the blob reproduces it as it is.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
