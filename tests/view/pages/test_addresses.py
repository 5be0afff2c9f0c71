"""Every row has an address, and every place on its page an id."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.view.pages.addresses import (
    anchor,
    compare_address,
    list_address,
    raw_address,
    request_address,
    row_address,
    text_fragment,
)

_IDS = st.text(min_size=1, alphabet=st.characters(codec="utf-8"))


def test_ids_are_encoded() -> None:
    """What means something in an address does not stand for itself."""
    assert row_address("attempts", "a_seq00#r1") == "/attempts/a_seq00%23r1"
    assert raw_address("tasks", "a/b?c") == "/raw/tasks/a%2Fb%3Fc"
    assert request_address("a#r0", 3) == "/requests/a%23r0/3"


@settings(deadline=None)
@given(_IDS, _IDS)
def test_addresses_lead_back(one: str, other: str) -> None:
    """The id is read from the address again, and two are told apart."""
    split = urlsplit(row_address("tasks", one))
    assert (split.scheme, split.netloc, split.query, split.fragment) == ("", "", "", "")
    assert unquote(split.path).removeprefix("/tasks/") == one
    assert parse_qs(urlsplit(compare_address(one, other)).query) == {"one": [one], "other": [other]}


def test_filters_without_a_value_are_left_out() -> None:
    """An address says what is chosen."""
    assert (
        list_address("attempts", {"verdict": "solved", "q": "", "role": "user"}) == "/attempts?verdict=solved&role=user"
    )
    assert list_address("attempts", {"q": ""}) == list_address("attempts") == "/attempts"


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=3), st.lists(st.text(max_size=6), min_size=1, max_size=3))
def test_anchors_are_told_apart(one: list[str], other: list[str]) -> None:
    """They hold nothing that an id or a link must not, and are the same only for the same parts."""
    assert all(c.isascii() and (c.isalnum() or c in "_.:-") for c in anchor(*one))
    assert (anchor(*one) == anchor(*other)) == (one == other)


def test_words_found_are_led_to() -> None:
    """A browser goes to the first term; what means something there is encoded."""
    assert text_fragment([]) == ""
    assert text_fragment(["a-b, c&d", "e"]) == "#:~:text=a%2Db%2C%20c%26d"
