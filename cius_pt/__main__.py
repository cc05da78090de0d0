# SPDX-License-Identifier: MIT
"""``python -m cius_pt`` is ``cius-pt``."""

import sys

from cius_pt.cli import main

sys.exit(main())
