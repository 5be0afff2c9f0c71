"""Where the proof goes a shorter way, it comes to what the long way comes to."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.jsontypes import Json, canonical_json
from synthtools_stream.proof import verdicttests
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.verdict import Target, is_solved
from synthtools_stream.proof.verdicttests import verdict_tests
from synthtools_stream.proof.wholewords import find_word, holds_word
from synthtools_stream.records.state import State
from synthtools_stream.state import Expectation
from tests.truth.freight import proven

LETTERS = st.text(alphabet="aAkKsSiI1_- .\u212a\u017f\u0130\u0131éß", max_size=12)
WORDS = st.text(alphabet="aAkKsSiI1_-.\u212a\u017f\u0130\u0131é", min_size=1, max_size=3)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)


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


@given(
    st.recursive(
        st.none() | st.booleans() | NUMBERS | st.text(max_size=2),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    )
)
def test_canonical_json_leaves_its_value_alone(value: Json) -> None:
    """Writing a value in its one form changes nothing in the value itself, and says the same twice."""
    before = repr(value)
    written = canonical_json(value)
    assert repr(value) == before
    assert canonical_json(value) == written


def test_what_is_sure_to_be_refused_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The altered states that are not tried, and only those, are each refused when they are tried all the same."""
    task = proven()
    replayed = replay(task)
    is_sure = vars(verdicttests)["_is_sure"]
    tried: list[State] = []

    def spy(target: Target, state: State, told: str, expectation: Expectation) -> bool:
        tried.append(state)
        return is_solved(target, state, told, expectation)

    def other_way(*of: object) -> bool:
        return not is_sure(*of)

    def never(*_of: object) -> bool:
        return False

    monkeypatch.setattr(verdicttests, "is_solved", spy)
    usual = verdict_tests(task, replayed)
    shortly = len(tried)
    tried.clear()
    monkeypatch.setattr(verdicttests, "_is_sure", other_way)
    assert verdict_tests(task, replayed) == usual
    monkeypatch.setattr(verdicttests, "_is_sure", never)
    tried.clear()
    assert verdict_tests(task, replayed) == usual
    assert len(tried) > shortly, "some are passed over"


def test_verdict_that_accepts_everything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though not every altered state is tried, a verdict that refuses nothing does not pass."""
    task = proven()

    def accept(*_of: object) -> bool:
        return True

    monkeypatch.setattr(verdicttests, "is_solved", accept)
    tests = verdict_tests(task, replay(task))
    assert not tests.rejects_nothing
    assert not tests.rejects_missing_write
    assert not tests.rejects_extra_write
