"""The README does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCKS = re.findall(
    r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_python_example_runs(block: str) -> None:
    exec(compile(block, str(README), "exec"), {})  # noqa: S102 - our own README


def test_there_is_an_example() -> None:
    assert BLOCKS
