"""Two texts side by side: nothing is lost, and what differs is marked."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from synthtools_stream.view.pages.text_diff import text_diff
from tests.view.pages.written_page import HOSTILE, WrittenPage


def words(markup: Markup, tag: str = "div") -> list[str]:
    """Return the texts of all elements of a tag."""
    return [element.words for element in WrittenPage(f"<p>{markup}</p>").of(tag)]


def test_words_are_marked() -> None:
    """Those of the first that the second does not have, and the other way round."""
    one, other = text_diff("BK-1 sails with Castor, soon.", "BK-1 sails with Pollux, very soon.")
    assert words(one, "del") == ["Castor"]
    assert words(other, "ins") == ["Pollux", "very "]


def test_two_texts_are_not_marked() -> None:
    """Where nearly all differs, marks would only hide it."""
    one, other = text_diff("All is done.", "I could not find any vessel with room for so many containers.")
    assert "<del>" not in one
    assert "<ins>" not in other


@settings(deadline=None)
@given(st.text(alphabet="ab <>&\n."), st.text(alphabet="ab <>&\n."))
def test_both_texts_are_whole(one: str, other: str) -> None:
    """Whatever they are."""
    pair = text_diff(one, other)
    assert words(pair.one) == ([one] if one else [])
    assert words(pair.other) == ([other] if other else [])


def test_long_or_hostile_texts() -> None:
    """They stand side by side, soon; nothing in them is markup."""
    begin = time.perf_counter()
    assert "<del>" not in text_diff("a b " * 400_000, "b a " * 400_000).one
    assert time.perf_counter() - begin < 2
    page = WrittenPage(f"<p>{text_diff(HOSTILE, HOSTILE[::-1]).one}</p>")
    assert {element.tag for element in page.elements} <= {"p", "div", "del", "i"}
    assert not page.unbalanced
