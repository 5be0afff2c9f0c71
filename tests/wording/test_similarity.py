"""Novelty: near-duplicates fall out, the most different texts stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.wording.similarity import distinct, select_novel, similarity


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


def test_most_different_stay() -> None:
    """Of more candidates than wanted the most different ones stay, in the given order."""
    texts = ["port booking", "port bookings now", "invoice disputes", "crew rostering"]
    assert select_novel(texts, 3) == ["port booking", "invoice disputes", "crew rostering"]


@given(st.lists(st.text(max_size=20), max_size=12), st.integers(1, 12))
def test_selection_is_a_part(texts: list[str], count: int) -> None:
    """A selection has the wanted size, keeps the order, and begins with the first text."""
    chosen = select_novel(texts, count)
    assert len(chosen) == min(count, len(texts))
    assert chosen[:1] == texts[:1]
    remaining = iter(texts)
    assert all(any(text == other for other in remaining) for text in chosen)
