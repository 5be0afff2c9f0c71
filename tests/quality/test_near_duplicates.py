"""The index of near-duplicates: it tells the earliest text that one is like, and agrees with comparing each pair."""

from __future__ import annotations

import random
import sys

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.quality.near_duplicates import NearDuplicates, near_duplicates
from synthtools_stream.wording.similarity import NEAR_DUPLICATE, similarity

WORDS = ["move", "the", "calm", "hive", "of", "north", "yard", "to", "south", "heath", "and", "book", "two", "jars"]


def test_earliest_is_told() -> None:
    """The earliest of several likes is told; what was like another is not remembered."""
    texts = {"t0": "Move hive HV-1 to the heath.", "t1": "Sell ten jars.", "t2": "Move hive HV-1 to the heath!!"}
    assert list(near_duplicates(texts.items())) == [("t2", "t0")]
    index = NearDuplicates()
    assert [index.add(*item) for item in texts.items()] == [None, None, "t0"]
    assert index.add("t3", "move hive HV-1 to the heath") == "t0"


def test_agrees_with_every_pair() -> None:
    """Of many texts, what is told is true, and next to nothing that is true is left out."""
    rng = random.Random(7)
    texts = [" ".join(rng.sample(WORDS, 12)) for _ in range(150)]
    texts += [text.replace("calm", "wild") for text in texts[:100]]
    told = dict(near_duplicates((str(place), text) for place, text in enumerate(texts)))
    assert all(similarity(texts[int(key)], texts[int(other)]) >= NEAR_DUPLICATE for key, other in told.items())
    kept = [text for place, text in enumerate(texts) if str(place) not in told]
    missed = [a for i, a in enumerate(kept) for b in kept[:i] if similarity(a, b) >= NEAR_DUPLICATE]
    assert len(told) >= 40
    assert len(missed) <= 2


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lacks datasketch is told what to install."""
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(UsageError, match=r"pip install 'synthtools-stream\[duplicates\]'"):
        NearDuplicates()
