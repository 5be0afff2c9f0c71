"""Likeness of short texts: near-duplicates fall out."""

from __future__ import annotations

from synthtools_stream.wording.similarity import distinct, similarity


def test_similarity_ignores_form() -> None:
    """Case, spacing and punctuation do not count; order of words does a little."""
    assert similarity("Cold-chain  Booking", "cold chain booking") == 1.0
    assert similarity("Vessel tracking", "Invoice disputes") < 0.1
    assert similarity("", "!!") == 1.0


def test_near_duplicates_fall_out() -> None:
    """The first of near-duplicates stays, and nothing that is to be avoided."""
    texts = ["Cold chain booking", "cold-chain booking", "Customs clearance", "Cold chain bookings"]
    assert distinct(texts) == ["Cold chain booking", "Customs clearance"]
    assert distinct(texts, avoid=["customs clearance"]) == ["Cold chain booking"]
