"""Values in words: every form in which one is heard, and none in which it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.value_search import Quoted, find_value

LETTERS = st.text(alphabet="aAkKsSiI1_- .\u212a\u017f\u0130\u0131éß", max_size=12)


@pytest.mark.parametrize(
    ("text", "value", "quote", "normaliser"),
    [
        ("take BK-2041.", "BK-2041", "BK-2041", None),
        ("take bk-2041", "BK-2041", "bk-2041", "case"),
        ("send it out for delivery", "out_for_delivery", "out for delivery", "words"),
        ("pay 1,200 EUR", 1200, "1,200", "number"),
        ("pay 1 200.50 now", 1200.5, "1 200.50", "number"),
        ("12 of them", 12.0, "12", "number"),
        ("use 12kg", 12, "12kg", "unit"),
        ("Twelve of them", 12, "Twelve", "number"),
        ("by -4 degrees", -4, "-4", None),
        ("on 2026-03-16", "2026-03-16", "2026-03-16", None),
        ("on 16 March 2026", "2026-03-16", "16 March 2026", "date"),
        ("on March 16, 2026", "2026-03-16", "March 16, 2026", "date"),
        ("on Mar 16th 2026", "2026-03-16", "Mar 16th 2026", "date"),
        ("by Sep 3rd, 2026", "2026-09-03", "Sep 3rd, 2026", "date"),
        ("by Sept. 3, 2026", "2026-09-03", "Sept. 3, 2026", "date"),
        ("on 16 March 2026 at 9:30", "2026-03-16T09:30:00", "16 March 2026 at 9:30", "date"),
        ("tomorrow", "2026-03-11", "tomorrow", "relative_date"),
        ("in three days", "2026-03-13", "in three days", "relative_date"),
    ],
)
def test_values_are_found_in_words(text: str, value: Json, quote: str, normaliser: str | None) -> None:
    """A value is recognised in each of its usual forms, and quoted as it stands there."""
    assert find_value(text, value, "2026-03-10T09:00:00") == Quoted(quote, normaliser)
    assert quote in text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("take BK-20415", "BK-2041"),
        ("take BK-2041-2", "BK-2041"),
        ("take BK-2041", 2041),
        ("on 2026-03-16", 16),
        ("version 1.12", 12),
        ("pay 1,200", 200),
        ("someone", 1),
        ("on 16 March 2027", "2026-03-16"),
        ("the day after tomorrow", "2026-03-11"),
        ("yes", True),
        ("", ""),
    ],
)
def test_lookalikes_are_not_found(text: str, value: Json) -> None:
    """Parts of longer ids, numbers and dates are no values."""
    assert find_value(text, value, "2026-03-10T09:00:00") is None


@given(st.integers(0, 10**50))
def test_number_said_alone_is_said_in_any_text(number: int) -> None:
    """A text that is nothing but the number is read as one that goes on."""
    assert find_value(f"{number}", number) == find_value(f"{number} ", number)


@given(LETTERS.filter(str.strip))
def test_value_said_alone_is_said_in_any_text(text: str) -> None:
    """A text that is nothing but the value is read as one that goes on."""
    assert find_value(text, text) == find_value(f"{text} ", text)
