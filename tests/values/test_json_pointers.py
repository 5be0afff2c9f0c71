"""Places inside JSON: every leaf has one, and leads back to its value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.values.json_pointers import leaf_pointers, leaf_values, objects, resolve
from synthtools_stream.values.jsontypes import Json

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a~/1", max_size=3), inner, max_size=3),
)


@given(VALUES)
def test_leaves_are_found_where_they_stand(value: Json) -> None:
    """Each pointer leads to its leaf; the values alone come in the same order."""
    leaves = leaf_pointers(value)
    assert [resolve(value, leaf.pointer) for leaf in leaves] == [leaf.value for leaf in leaves] == leaf_values(value)


@pytest.mark.parametrize("pointer", ["a", "/b", "/a/2", "/a/x", "/a/0/0", "/a/-1", "/a/²"])
def test_pointers_to_nothing_are_refused(pointer: str) -> None:
    """Where nothing stands nothing is found."""
    with pytest.raises(LookupError):
        resolve({"a": [1, 2]}, pointer)


def test_objects_with_their_places() -> None:
    """Every object once, outer before inner, and its place leads to it."""
    value: Json = {"a/b": [{"c": {}}, 3], "d": {"e": []}}
    found = list(objects(value))
    assert [place for place, _ in found] == ["", "/a~1b/0", "/a~1b/0/c", "/d"]
    assert all(resolve(value, place) == inner for place, inner in found)
