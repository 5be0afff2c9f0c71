"""The packed index says what a dict would say."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.storage.journal.packed_index import PackedIndex, Place

KEYS = st.integers(0, 2**64 - 1)
PLACES = st.builds(Place, st.integers(0, 2**62 - 1), st.integers(0, 2**32 - 1), st.integers(0, 3))


@settings(deadline=None)
@given(st.lists(st.tuples(KEYS | st.integers(2, 40), PLACES)))
def test_same_as_dict(entries: list[tuple[int, Place]]) -> None:
    """Whatever is put, the latest place of every key is found, extreme figures and colliding keys included."""
    index = PackedIndex()
    expected: dict[int, Place] = {}
    for key, place in entries:
        key = max(key, 2)  # 0 and 1 are one key
        index.put(key, place)
        expected[key] = place
    assert len(index) == len(expected)
    assert {key: index.find(key) for key in expected} == expected


def test_many_keys_are_found() -> None:
    """Tables that were laid out anew hold what they held, and nothing else."""
    rng = random.Random(4)
    keys = [rng.getrandbits(64) for _ in range(20_000)]
    index = PackedIndex()
    for number, key in enumerate(keys):
        index.put(key, Place(number, number + 1, number % 4))
    assert all(index.find(key) == (number, number + 1, number % 4) for number, key in enumerate(keys))
    assert all(index.find(rng.getrandbits(64)) is None for _ in range(1000))


def test_key_of_zero() -> None:
    """The key that marks what is empty can be used like any other."""
    index = PackedIndex()
    index.put(0, Place(5, 6))
    assert index.find(0) == Place(5, 6)
    assert len(index) == 1
