"""A memo by identity: made once for an object, anew for an equal one, and no more is held than was said."""

from __future__ import annotations

import gc
import weakref

from synthtools_stream.values.object_memo import ObjectMemo


class _Value:
    """An object that can be watched."""


def test_made_once_for_each_object() -> None:
    """The same object is not asked about twice; an equal one is another object."""
    made: list[list[int]] = []

    def make(value: list[int]) -> int:
        made.append(value)
        return sum(value)

    memo = ObjectMemo(make, 8)
    first, equal = [1, 2], [1, 2]
    assert [memo(first), memo(first), memo(equal)] == [3, 3, 3]
    assert len(made) == 2


def test_holds_the_latest_and_no_more() -> None:
    """What is remembered is held, so that its address stays its own; the oldest is let go."""
    memo = ObjectMemo[_Value, int](id, 2)
    values = [_Value() for _ in range(3)]
    watched = [weakref.ref(value) for value in values]
    assert len([memo(value) for value in values]) == 3
    del values
    gc.collect()
    assert [ref() is None for ref in watched] == [True, False, False]
