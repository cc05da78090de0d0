# SPDX-License-Identifier: MIT
"""How many documents the properties draw: HYPOTHESIS_PROFILE=quick|ci|thorough.

`mutants` is for tasks.py mutants: the same few documents for every mutant.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_EXAMPLES = {"quick": 25, "mutants": 25, "ci": 100, "thorough": 3000}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")

# A whole invoice is a large example, and a machine that runs two suites is slow.
DRAWN = settings(
    max_examples=_EXAMPLES[PROFILE],
    derandomize=PROFILE in {"ci", "mutants"},
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
