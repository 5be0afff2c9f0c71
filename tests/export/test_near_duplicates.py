"""Near-duplicates: exactly those that comparing each pair would tell, and the earliest that stays is named."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.export.hashed_marks import hashed_marks
from synthtools_stream.export.near_duplicates import near_duplicates

WORDS = [f"word{number}" for number in range(400)]


def plainly(rows: Sequence[Sequence[int]], threshold: float) -> dict[int, int]:
    """Compare each row with every earlier one that stays."""
    found: dict[int, int] = {}
    for place, row in enumerate(rows):
        for earlier in range(place):
            both = len({*row} & {*rows[earlier]})
            if row and earlier not in found and both / (len({*row} | {*rows[earlier]})) >= threshold - 1e-9:
                found[place] = earlier
                break
    return found


def test_earliest_is_told() -> None:
    """The earliest of several likes is told; what was like another is not compared with later ones."""
    texts = ["move hive one to the heath", "sell ten jars", "move hive two to the heath", "move hive one to the yard"]
    assert near_duplicates([hashed_marks(text.split()) for text in texts]) == {2: 0, 3: 0}
    assert near_duplicates([hashed_marks(text.split()) for text in texts], 0.9) == {}
    assert near_duplicates([]) == {}


@pytest.mark.parametrize("threshold", [0.5, 0.7, 1.0])
def test_agrees_with_every_pair(threshold: float) -> None:
    """Of many texts, some of them others with a few words changed, exactly what is true is told."""
    rng = random.Random(7)
    rows: list[Sequence[int]] = []
    for _ in range(120):
        words = rng.sample(WORDS[:60], 20) + rng.sample(WORDS, 15)
        changed = rng.randrange(12)
        rows += [hashed_marks(words), hashed_marks([*words[changed:], *rng.sample(WORDS, changed)])]
    rng.shuffle(rows)
    told = near_duplicates(rows, threshold)
    assert told == plainly(rows, threshold)
    assert len(told) > 5


@given(st.lists(st.lists(st.integers(0, 12), max_size=12).map(lambda row: sorted({*row})), max_size=30))
def test_short_rows(rows: list[list[int]]) -> None:
    """Rows of a few marks, or none, are no exception."""
    assert near_duplicates(rows) == plainly(rows, 0.7)
