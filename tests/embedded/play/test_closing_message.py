"""The closing message tells what was asked for, each value with what it is, and nothing else that was seen."""

from __future__ import annotations

import pytest

from synthtools_stream.embedded.play.asked_outputs import asked_outputs
from synthtools_stream.embedded.play.closing_message import closing_message, told_by_slot
from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.values.jsontypes import JsonObject

SHIP: JsonObject = {
    "vessel_id": "VS-81",
    "name": "Castor Bay",
    "eta": "2026-03-16",
    "capacity_left": 36.0,
    "urgent": False,
    "owner": {"name": "Nord", "city": "Oslo"},
}
HITS: JsonObject = {"vessels": [SHIP, {**SHIP, "vessel_id": "VS-90", "capacity_left": 9}], "total": 2}


def past(response: JsonObject, call: str = "ShowVessel(vessel_id='VS-81')", status: int = 200) -> Past:
    """Return a call that was answered."""
    return Past("", call, status, response, "" if status < 400 else "No such vessel")


@pytest.mark.parametrize(
    ("clause", "keys"),
    [
        ("show vessel VS-81 and tell me its capacity left and eta", ["eta", "capacity_left"]),
        ("I need the eta on record for it, so show vessel VS-81", ["eta"]),
        ("I was wondering about the name of that vessel: can you show it", ["name"]),
        ("show vessel VS-81; I would like to know whether it is urgent", ["urgent"]),
        ("show VS-81. What is its owner's city?", ["city"]),
        ('show vessel VS-81 with name "tell me the eta"', []),
        ("report vessel VS-81 as urgent", []),
        ("I need you to check the capacity left of vessel VS-81", []),
        ("show vessel VS-81 and tell me how much room is left", ["capacity_left"]),
        ("show vessel VS-81 to find out its eta and how much capacity is left", ["eta", "capacity_left"]),
    ],
)
def test_what_a_clause_asks_for(clause: str, keys: list[str]) -> None:
    """Only what stands where something is asked for is asked for; a quotation asks for nothing."""
    assert [told.key for told in asked_outputs(0, clause, past(SHIP))] == keys


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("find vessels and tell me how many vessels there are", 2),
        ("find vessels and tell me the capacity left of the first one", 36.0),
        ("find vessels and tell me the capacity left of the last one", 9),
        ("tell me how many vessels whose name is Castor Bay there are", 2),
    ],
)
def test_what_a_clause_asks_of_a_list(clause: str, told: float) -> None:
    """Of a list its number, its first or its last item."""
    assert [value.value for value in asked_outputs(0, clause, past(HITS))] == [told]


def test_each_value_stands_with_its_label() -> None:
    """A sentence tells one value, whose it is and what; of ids, which are of one kind, no second one is named."""
    asked = "show it and tell me its capacity left, name, whether it is urgent and its vessel id"
    assert closing_message([asked], [past(SHIP)], {}) == (
        'Done. The vessel id is VS-81. The name of vessel VS-81 is "Castor Bay". '
        "The capacity left of vessel VS-81 is 36. No, vessel VS-81 is not urgent."
    )
    assert closing_message(["show vessel VS-81"], [past(SHIP)], {}) == "Done."


def test_what_failed_is_told() -> None:
    """A refused call is told as such, and no value of it."""
    assert closing_message(["tell me its eta"], [past(SHIP, status=404)], {}) == (
        "I could not do what you asked. That did not work: No such vessel."
    )
    assert "could not find anything" in closing_message([], [], {})


def test_slots_are_filled_from_the_calls_they_are_for() -> None:
    """Equal labels are told apart by the entity in a slot's name, or by the words that ask for it."""
    other = past({"vessel_id": "VS-77", "eta": "2026-03-20"}, "ShowVessel(vessel_id='VS-77')")
    clauses = ["show vessel VS-77 and tell me its eta", "show the first of those and tell me its eta"]
    slots: JsonObject = {
        "eta": "eta: a date, asked for in: Please show the first of those and tell me its eta.",
        "eta_of_VS-77": "eta: a date, asked for in: Show vessel VS-77, and tell me its eta.",
        "berth": "berth: a text",
    }
    told = told_by_slot(clauses, [other, past(SHIP)], slots)
    assert {slot: value.value for slot, value in told.items()} == {"eta": "2026-03-16", "eta_of_VS-77": "2026-03-20"}
    assert closing_message(clauses, [other, past(SHIP)], slots) == (
        "Done. The eta of vessel VS-81 is 2026-03-16. The eta of vessel VS-77 is 2026-03-20."
    )
