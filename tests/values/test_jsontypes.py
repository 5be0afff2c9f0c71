"""Values that are the same, and the one form of each."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.values.jsontypes import Json, canonical_json, same_bytes, same_json

NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


@given(VALUES)
def test_canonical_json_leaves_its_value_alone(value: Json) -> None:
    """Writing a value in its one form changes nothing in the value itself, and says the same twice."""
    before = repr(value)
    written = canonical_json(value)
    assert repr(value) == before
    assert canonical_json(value) == written


def one_form(value: Json) -> Json:
    """Give every number its one form, the long way."""
    if isinstance(value, dict):
        return {key: one_form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [one_form(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return int(value) if float(value).is_integer() and abs(value) < 2**63 else float(value)


@given(VALUES)
def test_canonical_json_is_what_the_long_way_writes(value: Json) -> None:
    """Passing over what is in its one form already writes the same bytes."""
    assert canonical_json(value) == orjson.dumps(one_form(value), option=orjson.OPT_SORT_KEYS)


@given(VALUES, VALUES)
def test_same_bytes_are_the_same_values(a: Json, b: Json) -> None:
    """However two values are compared, they are the same or they are not."""
    assert same_bytes(a, b) == same_json(a, b)
    assert same_bytes(a, one_form(a))


@given(VALUES, VALUES)
def test_canonical_bytes_mean_sameness(a: Json, b: Json) -> None:
    """Two values have the same canonical bytes exactly when they are the same."""
    assert (canonical_json(a) == canonical_json(b)) == same_json(a, b)
