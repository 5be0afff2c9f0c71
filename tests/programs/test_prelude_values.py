"""What every program finds to compare, pick and reckon with: null is like nothing and stops nothing."""

from __future__ import annotations

import pytest

from synthtools_stream.programs.prelude import (
    above,
    at_least,
    at_most,
    below,
    compare,
    days_after,
    fail,
    given,
    minus,
    order,
    pick,
    plus,
)
from synthtools_stream.values.jsontypes import Json


@pytest.mark.parametrize(
    ("left", "right", "stands"),
    [
        (1, 2.0, -1),
        (2, 2.0, 0),
        ("2026-03-10T09:00:00", "2026-03-10", 0),
        ("2026-03-11", "2026-03-10T09:00:00", 1),
        (None, 1, None),
        ("", "2026-03-10", None),
        (True, 1, None),
        ("3", 2, None),
    ],
)
def test_comparisons_agree(left: Json, right: Json, stands: int | None) -> None:
    """The four tests are what `compare` says, and none holds where it says nothing."""
    assert compare(left, right) == stands
    tests = (below(left, right), above(left, right), at_least(left, right), at_most(left, right))
    assert tests == (stands == -1, stands == 1, stands in (0, 1), stands in (0, -1))


def test_only_what_is_given() -> None:
    """An argument that was not given sets nothing; one that is null was given."""
    names = {"price": "new_price", "note": "note", "tags": "tags"}
    assert given({"new_price": 3, "note": None}, names) == {"price": 3, "note": None}


def test_what_is_shown() -> None:
    """Attributes come in the order asked for; one that the entity lacks is null."""
    assert list(pick({"a": 1, "b": 2}, "b", "a", "c").items()) == [("b", 2), ("a", 1), ("c", None)]


def test_reckoning() -> None:
    """Sums are free of binary dust, whole numbers stay whole, and null stops nothing."""
    assert (plus(0.1, 0.2), minus(0.3, 0.1)) == (0.3, 0.2)
    assert isinstance(plus(1, 2), int)
    assert (plus(None, 2), minus(None, 2), plus(5, None), minus(None, None)) == (2, -2, 5, None)


def test_days_after() -> None:
    """Dates and moments keep their form; null stays null."""
    assert days_after("2026-02-27", 2) == "2026-03-01"
    assert days_after("2026-03-01T08:30:00", -1) == "2026-02-28T08:30:00"
    assert days_after(None, 1) is None


@pytest.mark.parametrize("descending", [False, True])
def test_ties_stand_by_id(descending: bool) -> None:
    """`BK-9` stands before `BK-10` where both are alike, whichever way the list goes; null is last."""
    rows = [("BK-10", {"n": 1}), ("BK-3", {"n": None}), ("BK-9", {"n": 1})]
    assert [name for name, _ in order(rows, "n", descending)] == ["BK-9", "BK-10", "BK-3"]


def test_a_long_message_is_cut() -> None:
    """A refusal never breaks the form of an answer by what it quotes."""
    assert fail(400, "x" * 999)["error_message"] == "x" * 300
