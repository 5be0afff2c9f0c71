"""Likeness without a model: what texts share, less what all of them share."""

from __future__ import annotations

import subprocess
import sys

import pytest

from synthtools_stream.toolgraph.likeness import tfidf_likeness

TEXTS = ["vessel_id: Id of the vessel", "vessels: Vessels found", "fee: Id of the fee", "berth: Where it lies", "…"]


def test_a_text_is_itself() -> None:
    """A text has cosine 1 to itself, also one without a letter, and none has more to another."""
    likeness = tfidf_likeness(TEXTS)
    assert [likeness(text, text) for text in TEXTS] == pytest.approx([1.0] * len(TEXTS))
    assert all(0 <= likeness(one, other) < 1 for one in TEXTS for other in TEXTS if one != other)


def test_rare_words_say_more() -> None:
    """A word in another form counts for more than three that stand in many texts."""
    likeness = tfidf_likeness([*TEXTS, "date: Id of the date", "berth_id: Id of the berth", "crew: Id of the crew"])
    assert likeness(TEXTS[0], TEXTS[1]) > likeness(TEXTS[0], TEXTS[2])


def test_likeness_is_symmetric() -> None:
    """It makes no difference which of two texts is named first."""
    likeness = tfidf_likeness(TEXTS)
    assert likeness(TEXTS[0], TEXTS[1]) == pytest.approx(likeness(TEXTS[1], TEXTS[0]))


def test_every_process_computes_the_same() -> None:
    """Sums are made in one order, whatever the process's own order of sets is."""
    code = (
        "from synthtools_stream.toolgraph.likeness import tfidf_likeness as f;"
        f"t={TEXTS!r};l=f(t);print([l(a, b) for a in t for b in t])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
