"""Words without their inflection."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.worded.word_stems import content_words, name_stems, stem


@pytest.mark.parametrize(
    "words",
    [
        "move moves moved moving",
        "cancel cancels cancelled canceling",
        "company companies",
        "plan planned planning",
        "box boxes",
        "find found finding",
        "notify notified notifies",
        "book booked books",
    ],
)
def test_inflections_are_one(words: str) -> None:
    """Endings of nouns and verbs, doubled consonants and the commonest irregular forms fall away."""
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("words", ["status state", "notice note", "princess prince", "bus bush"])
def test_others_stay_two(words: str) -> None:
    """What only looks like an ending stays."""
    assert len({stem(word) for word in words.split()}) == 2


def test_what_carries_meaning() -> None:
    """Joining, asking and thanking words are left out; names as code has them come apart."""
    assert [word.text for word in content_words("Please move the shipper's booking, and thank you!")] == [
        "move",
        "shipper",
        "booking",
    ]
    assert name_stems("max_capacity") == (stem("max"), stem("capacity"))
    assert name_stems("FindRooms") == (stem("find"), stem("rooms"))
