"""Which of more walks are shown to the planner: the most different ones, so that no question is spent on the rest."""

from __future__ import annotations

from collections.abc import Sequence

from stages.sequencing.walks import OPENING, Walks
from stages.sequencing.wanted_shapes import Shape
from synthtools_stream.quality.novelty import Candidate, chain_marks, choose

__all__ = ["novel_walks"]


def novel_walks(walks: Walks, shapes: Sequence[Shape], oversample: int, kept: Sequence[list[str]]) -> list[list[str]]:
    """Return a walk for each shape, of `oversample` that are drawn for it: the one least like those before it.

    Those are the sequences `kept` so far and the walks of the shapes before; alike is what has the same tools, one
    after the other. One that begins like none before goes first. What is left counts as never drawn, so the next
    draws look for what those that stay lack; and each shape keeps its one walk, so lengths and patterns are those that
    were asked for.
    """
    shown: list[list[str]] = []
    for shape in shapes:
        drawn = [walks.draw(shape) for _ in range(oversample)]
        place = _most_novel(drawn, [*kept, *shown])
        for other in (*drawn[:place], *drawn[place + 1 :]):
            walks.forget(other)
        shown.append(drawn[place])
    return shown


def _most_novel(drawn: Sequence[list[str]], before: Sequence[list[str]]) -> int:
    begun = {_opening(walk): 0 for walk in before}
    found = choose([*map(_candidate, drawn)], 1, begun, [*map(_candidate, before)])
    return found[0] if found else 0


def _candidate(walk: Sequence[str]) -> Candidate:
    return Candidate(chain_marks(walk), dict([_opening(walk)]))


def _opening(walk: Sequence[str]) -> tuple[str, str]:
    return "opening", "\n".join(walk[:OPENING])
