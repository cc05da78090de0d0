# SPDX-License-Identifier: MIT
"""The exit codes: other people's scripts hang on them.

The first four are the contract; the others are those of every shell.
"""

from typing import Final

DONE: Final = 0
FINDINGS: Final = 1
COULD_NOT: Final = 2
OUTSIDE_FAILED: Final = 3
INTERRUPTED: Final = 130  # 128 + SIGINT: Ctrl-C
NOBODY_READS: Final = 141  # 128 + SIGPIPE: the reader of the output has gone
