"""How difficult a task is by its structure."""

from __future__ import annotations

import pytest

from synthtools_stream.toolgraph.difficulty import DIFFICULTIES, Difficulty, difficulty_of
from synthtools_stream.toolgraph.task_links import PATTERNS, Pattern


@pytest.mark.parametrize(
    ("calls", "pattern", "level"),
    [(2, "chain", "easy"), (3, "chain", "easy"), (3, "branch", "medium"), (5, "chain", "medium"), (4, "join", "hard")],
)
def test_levels(calls: int, pattern: Pattern, level: Difficulty) -> None:
    """A join is worth two calls, a branch one."""
    assert difficulty_of(calls, pattern) == level


def test_more_calls_are_never_easier() -> None:
    """Nor is a branch easier than a chain, or a join than a branch."""
    for calls in range(2, 9):
        levels = [DIFFICULTIES.index(difficulty_of(calls, pattern)) for pattern in PATTERNS]
        longer = [DIFFICULTIES.index(difficulty_of(calls + 1, pattern)) for pattern in PATTERNS]
        assert levels == sorted(levels)
        assert all(after >= before for before, after in zip(levels, longer, strict=True))
