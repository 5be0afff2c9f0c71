"""Whole words are found without a pattern as they are with one."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.wording.whole_words import find_word, holds_word

LETTERS = st.text(alphabet="aAkKsSiI1_- .\u212a\u017f\u0130\u0131éß", max_size=12)


WORDS = st.text(alphabet="aAkKsSiI1_-.\u212a\u017f\u0130\u0131é", min_size=1, max_size=3)


def by_pattern(text: str, word: str, any_case: bool) -> str | None:
    """Find a word the long way."""
    before = r"(?<!\w)(?<!\w-)" if word[0].isalnum() else ""
    after = r"(?!\w|-\w)" if word[-1].isalnum() else ""
    found = re.search(before + re.escape(word) + after, text, re.IGNORECASE if any_case else 0)
    return found[0] if found else None


@given(LETTERS, WORDS, st.booleans())
def test_words_are_found_as_patterns_find_them(text: str, word: str, any_case: bool) -> None:
    """A word is found where a pattern would find it, in any case and any script."""
    assert find_word(text, word, any_case=any_case) == by_pattern(text, word, any_case)
    beside = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    assert holds_word(text, word) == (beside is not None)
