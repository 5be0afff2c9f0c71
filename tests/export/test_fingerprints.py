"""Fingerprints: as like as the marks that tell rows apart."""

from __future__ import annotations

import random

import pytest

from synthtools_stream.export.fingerprints import Fingerprints
from synthtools_stream.export.hashed_marks import Uses, hashed_marks


def test_near_to_the_overlap_of_marks() -> None:
    """A bit that two marks share changes little."""
    rng = random.Random(1)
    words = [f"word{number}" for number in range(2000)]
    rows = [rng.sample(words, 60) for _ in range(30)]
    rows += [[*row[:40], *rng.sample(words, 20)] for row in rows]
    prints = Fingerprints([hashed_marks(row) for row in rows])
    for one in range(30):
        both = len({*rows[one]} & {*rows[one + 30]})
        assert prints.alike(one, one + 30) == pytest.approx(both / (120 - both), abs=0.08)
        assert prints.alike(one, one) == 1


def test_what_many_have_does_not_count() -> None:
    """Rows that share what everybody has are nothing like each other."""
    rows = [hashed_marks(["please", "tell", "me", f"thing{number}", f"place{number}"]) for number in range(40)]
    prints = Fingerprints(rows)
    assert prints.alike(0, 1) == 0
    assert Fingerprints(rows[:5]).alike(0, 1) > 0.3


def test_rows_that_nothing_tells_apart() -> None:
    """They are the same."""
    assert Fingerprints([hashed_marks([]), hashed_marks([])]).alike(0, 1) == 1


def test_uses_are_counted() -> None:
    """A mark is counted once a row."""
    uses = Uses([hashed_marks(["a", "b", "a"]), hashed_marks(["b", "c"])])
    a, b = hashed_marks("a")[0], hashed_marks("b")[0]
    assert (uses.of(a), uses.of(b)) == (1, 2)
