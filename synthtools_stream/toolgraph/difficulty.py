"""How difficult a task is by its structure: by how many calls it takes, and whether they branch or join.

Known before anybody has tried it, unlike the share of attempts that fail (`export/selection`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from synthtools_stream.toolgraph.task_links import Pattern

__all__ = ["DIFFICULTIES", "Difficulty", "difficulty_of"]

Difficulty: TypeAlias = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard")
_WEIGHT: dict[Pattern, int] = {"chain": 0, "branch": 1, "join": 2}
"""Calls that a pattern is worth: in a branch one answer is held for two uses, in a join two answers for one."""
_EASY, _MEDIUM = 3, 5
"""Calls up to which a chain is easy, and medium: of the lengths that come by default, 3 to 6, each level has some."""


def difficulty_of(calls: int, pattern: Pattern) -> Difficulty:
    """Return the level of a sequence or a task."""
    weight = calls + _WEIGHT[pattern]
    if weight <= _EASY:
        return "easy"
    return "medium" if weight <= _MEDIUM else "hard"
