# SPDX-License-Identifier: MIT
"""What a buyer demands beyond the format: the step ``recipient`` of a report.

A profile is data: which demands a recipient makes and how badly it takes a breach.
Those that come with the package stand beside this file with their sources; a user's
own is a TOML file of the same form, which may extend one of them.
"""

from cius_pt.rules.recipients.demands import DEMANDS
from cius_pt.rules.recipients.judge import STEP, check, judge
from cius_pt.rules.recipients.profile import Profile, load, names

__all__ = ["DEMANDS", "STEP", "Profile", "check", "judge", "load", "names"]
