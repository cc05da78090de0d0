# SPDX-License-Identifier: MIT
"""A local iLink: a real HTTP server on loopback for those without an account.

It answers as iLink's documentation says, validates with this package's own engine,
and fails when told to. It is no proof that iLink itself behaves so.
"""

from cius_pt.testing.fake_ilink.clock import Clock
from cius_pt.testing.fake_ilink.faults import Fault, Faults, Kind
from cius_pt.testing.fake_ilink.server import Attempt, FakeIlink, Stored
from cius_pt.testing.fake_ilink.settings import Change, Entity, Hook, Quirks, Settings

__all__ = [
    "Attempt",
    "Change",
    "Clock",
    "Entity",
    "FakeIlink",
    "Fault",
    "Faults",
    "Hook",
    "Kind",
    "Quirks",
    "Settings",
    "Stored",
]
