"""Depth of JSON: what is nested deeper than a limit, by the exact way and by the quick one."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.values.json_depth import ORJSON_LEVELS, compact_size, deeper_than
from synthtools_stream.values.jsontypes import Json

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.integers(0, 9) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


def depth(value: Json) -> int:
    """Return how many containers stand one inside the other, the long way."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def nested(levels: int) -> Json:
    """Return so many containers, lists and objects in turn."""
    value: Json = "x"
    for level in range(levels):
        value = [value] if level % 2 else {"a": value, "b": 1}
    return value


@given(VALUES, st.integers(0, 6))
def test_depth_is_counted_in_containers(value: Json, levels: int) -> None:
    """A value is deeper than so many levels exactly when it has more containers one inside the other."""
    assert deeper_than(value, levels) == (depth(value) > levels)


@pytest.mark.parametrize("levels", [1, 64, 201, ORJSON_LEVELS])
def test_quick_way_agrees_with_exact_way(levels: int) -> None:
    """What is as deep as may be has a size, and what is one level deeper has none."""
    fits, deep = nested(levels), nested(levels + 1)
    assert compact_size(fits, levels) == len(orjson.dumps(fits))
    assert compact_size(deep, levels) is None
    assert (deeper_than(fits, levels), deeper_than(deep, levels)) == (False, True)


def test_depth_costs_no_stack() -> None:
    """Brackets by the hundred thousand are deep, and nothing worse."""
    assert deeper_than(nested(200_000), 100_000)


def test_what_cannot_be_written_has_no_size() -> None:
    """Another reason for no size is told apart by the exact way."""
    assert compact_size({"a": 2**70}, 10) is None
    assert not deeper_than({"a": 2**70}, 10)
