"""Text from models on a terminal is data: it moves no cursor and hides nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.cli.plain_text import duration, printable, quantity


@given(st.text(max_size=60), st.integers(1, 40))
def test_one_plain_line(text: str, limit: int) -> None:
    """Whatever the text, what is shown is one short line without control characters."""
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in shown)


def test_escapes_are_shown_as_dots() -> None:
    """Escapes and overrides are replaced, breaks become spaces, other text stays."""
    assert printable("a\x1b[2Jb\u202ec\nd é 航") == "a·[2Jb·c d é 航"


def test_long_text_is_cut() -> None:
    """A text longer than the limit ends in an ellipsis."""
    assert printable("abcdef", 6) == "abcdef"
    assert printable("abcdefg", 6) == "abcde…"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, "-"), (0, "0s"), (59.4, "59s"), (59.6, "1m00s"), (200, "3m20s"), (3725, "1h02m")]
)
def test_durations(seconds: float | None, shown: str) -> None:
    """Durations show their two largest units."""
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (950, "950"), (9_999, "9,999"), (12_345, "12.3k"), (4.5e6, "4.5M"), (2e9, "2.0G")]
)
def test_quantities(count: float, shown: str) -> None:
    """Counts are short enough to read at a glance."""
    assert quantity(count) == shown
