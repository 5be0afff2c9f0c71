"""What an agent tells by slot: one value each, compared as what it is."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.told_slots import slot_problems
from synthtools_stream.values.jsontypes import Json

IDS = frozenset({"VS-81", "BK-2041"})
RIGHT: list[tuple[Json, list[Json]]] = [
    (31, [31, 31.0, "31", "31.0", " 31 ", "`31`"]),
    (41970, [41970, "41,970", "41 970"]),
    (3, ["three", "Three"]),
    (0.5, [0.5, "0.50"]),
    (12.3456, [12.3456, 12.35]),
    (True, [True, "yes", "True", "YES"]),
    (False, [False, "no", "false"]),
    ("2026-03-16", ["2026-03-16", "16 March 2026", "March 16, 2026", "2026-03-16T00:00:00", "2026/03/16"]),
    ("2026-03-16T15:30:00", ["2026-03-16T15:30:00", "2026-03-16T15:30"]),
    ("in_person", ["in_person", "In person", "in-person", "IN\u2011PERSON"]),
    ("Harbour Lights B", ["harbour lights b", '"Harbour Lights B"', "Harbour  Lights B."]),
    ("VS-81", ["VS-81", "`VS-81`"]),
    (["a"], [["a"]]),
]
WRONG: list[tuple[Json, list[Json]]] = [
    (31, [32, "31 or 32", "31 EUR", "31EUR", [31], {"count": 31}, True, "not 31", "3 1", "", "The count is 31."]),
    (1, [True, "yes", [1], "1, 2"]),
    (True, [1, "not yes", "yes and no", [True], "it is urgent"]),
    (False, [0, "", True, "none"]),
    ("2026-03-16", ["2026-03-17", "16 March 2025", "16 March", "2026-03-16 or 2026-03-17", ["2026-03-16"]]),
    ("2026-03-16T15:30:00", ["2026-03-16", "2026-03-16T16:30:00"]),
    ("confirmed", ["confirmed or cancelled", "not confirmed", "unconfirmed", '{"status": "confirmed"}']),
    ("VS-81", ["vs-81", "VS 81", "VS-811", "VS-81 (Castor)", "the Castor"]),
]


@pytest.mark.parametrize(("value", "told"), [(value, told) for value, all_ in RIGHT for told in all_])
def test_told_in_another_spelling(value: Json, told: Json) -> None:
    """Spelling is free where kinds allow it."""
    assert list(slot_problems({"x": value}, {"x": told}, IDS)) == []


@pytest.mark.parametrize(("value", "told"), [(value, told) for value, all_ in WRONG for told in all_])
def test_told_wrong(value: Json, told: Json) -> None:
    """Another value, more than the value, and the value within something else are none."""
    (problem,) = slot_problems({"x": value}, {"x": told}, IDS)
    assert problem.startswith("answers hold ")


def test_slots_nobody_asked_for() -> None:
    """A name that was not asked for is wrong; a null tells nothing, and is as good as no name."""
    assert list(slot_problems({"x": 1}, {"x": None, "y": None}, IDS)) == []
    assert list(slot_problems({"x": 1}, {"x": 1, "y": 1}, IDS)) == ["answers hold 'y', which nobody asked for"]
