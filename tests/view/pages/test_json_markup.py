"""JSON is shown whole, and nothing in it is markup."""

from __future__ import annotations

import json
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.values.json_pointers import leaf_pointers
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.view.pages.addresses import anchor
from synthtools_stream.view.pages.json_markup import inline_json, json_markup
from tests.view.pages.written_page import HOSTILE, WrittenPage

_TEXTS = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(_TEXTS, inner, max_size=6),
)


def text_of(value: Json) -> str:
    """Return what is read of a value."""
    return WrittenPage(str(json_markup(value))).elements[0].words


@settings(deadline=None)
@given(_VALUES)
def test_what_is_shown_is_the_value(value: object) -> None:
    """Read as JSON, it is the same."""
    assert json.loads(text_of(cast("Json", value))) == value


def test_short_containers_stand_on_a_line() -> None:
    """A few values stand side by side; a container in a container is written out."""
    assert text_of({"a": 1, "b": []}) == '{"a": 1, "b": []}'
    assert text_of({"a": {"b": 1}}) == '{\n  "a": {"b": 1}\n}'
    assert text_of(["x" * 50, "y" * 50]).count("\n") == 3


def test_lines_are_shown_as_lines() -> None:
    """A text of several lines is no row of backslashes."""
    assert text_of({"a": 'one\n"two"'}) == '{"a": one\n"two"}'


def test_places_have_ids() -> None:
    """What is linked to has an id, whatever its keys are made of."""
    value: Json = {'a/b~"<i>': [{"x y": 1}, {}], "": {"": 2}}
    places = [leaf.pointer for leaf in leaf_pointers(value)]
    page = WrittenPage(str(json_markup(value, prefix="step-0", places=places)))
    ids = [element.attributes["id"] for element in page.of("span", class_="place")]
    assert ids == [anchor("step-0", place) for place in places]
    assert len(set(ids)) == len(places) == 3
    assert page.at(anchor("step-0", places[0])).words == "1"


@pytest.mark.parametrize("value", [HOSTILE, {HOSTILE: HOSTILE}, [{HOSTILE: [HOSTILE, "\n" + HOSTILE]}]])
def test_hostile_values_are_text(value: Json) -> None:
    """Keys and values are escaped alike."""
    page = WrittenPage(str(json_markup(value)))
    assert not page.unbalanced
    assert {element.tag for element in page.elements} <= {"div", "span", "i"}
    assert not any("onerror" in element.attributes for element in page.elements)


def test_depth_and_size_are_survived() -> None:
    """What is nested too deep is said to be; numbers of any size are written."""
    deep: Json = 1
    for _ in range(200):
        deep = [deep]
    assert "too deep" in inline_json(deep)
    assert "0x" in inline_json(cast("Json", 10**5000))
    assert text_of([1e400, 2**70]).startswith("[Infinity, 1180591620717411303424")
