"""Slots: names of the answers, by the words of the request alone."""

from __future__ import annotations

from synthtools_stream.proof.answer_slots import entity_ids, slot_meanings, slot_names, slots_of
from synthtools_stream.proof.certificate import certify
from synthtools_stream.proof.integrity import integrity_problems, replay
from synthtools_stream.records import AnswerValue, Provenance, ProvenanceKind, Step, Task
from synthtools_stream.state import as_json
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import draft, proven, world

IDS = entity_ids(as_json(world()))
SAID = Provenance(kind=ProvenanceKind.user, turn=0, quote="BK-2041")


def step(booking: str, response: JsonObject, *answer: str, proof: Provenance = SAID) -> Step:
    """Return a step that shows a booking."""
    call = f"ShowBooking(booking_id='{booking}')"
    return Step(
        turn=f"Show {booking}.",
        call=call,
        status_code=200,
        response=response,
        provenance={"/booking_id": proof},
        answer=[*answer],
    )


def test_a_slot_is_named_by_its_key() -> None:
    """The innermost key of the pointer is the name; a place in a list is none."""
    response: JsonObject = {"vessels": [{"Capacity left": 3}], "count": 1, "é": 2}
    assert slot_names([step("BK-2041", response, "/vessels/0/Capacity left", "/count", "/é")], IDS) == [
        "capacity_left",
        "count",
        "e",
    ]
    assert slot_names([step("BK-2041", {"0": "x"}, "/0")], IDS) == ["answer"]


def test_equal_keys_get_names_of_their_own() -> None:
    """Several answers under one key are told apart by the entity that the user named, or else by a number."""
    found = Provenance(kind=ProvenanceKind.response, step=0, pointer="/booking_id")
    steps = [
        step("BK-2041", {"status": "requested"}, "/status"),
        step("BK-2057", {"status": "confirmed"}, "/status", proof=found),
        step("BK-2057", {"hits": [{"status": "confirmed"}, {"status": "x"}]}, "/hits/0/status", "/hits/1/status"),
    ]
    assert slot_names(steps, IDS) == ["status_of_BK-2041", "status", "status_2", "status_3"]


def test_names_and_meanings_leak_nothing() -> None:
    """What a slot is for is told without its value: an id that was looked up names no slot."""
    task = draft()
    assert slot_meanings(task) == {"count": "count: a number, without its unit"}
    same = step("BK-2041", {"id": "BK-2041"}, "/id")
    assert slot_names([same, same], IDS) == ["id", "id_2"]


def test_meanings_tell_what_stands_twice_apart() -> None:
    """Where a label stands twice, the words that ask for each are told, too; kinds are told in words."""
    steps = [
        step("BK-2041", {"eta": "2026-03-14", "urgent": True}, "/eta", "/urgent"),
        step("BK-2057", {"eta": "2026-03-14T09:00:00", "vessel_id": "VS-77"}, "/eta", "/vessel_id"),
    ]
    values = [(0, "eta"), (0, "urgent"), (1, "eta"), (1, "vessel_id")]
    answer = [AnswerValue(step=at, pointer=f"/{key}", value=steps[at].response[key]) for at, key in values]
    task = draft().model_copy(update={"steps": steps, "answer": answer})
    assert slot_meanings(task) == {
        "eta_of_BK-2041": "eta: a date, asked for in: Show BK-2041.",
        "urgent": "urgent: true or false",
        "eta_of_BK-2057": "eta: a date and time, asked for in: Show BK-2057.",
        "vessel_id": "vessel id: an id",
    }


def named(slot: str) -> Task:
    """Return the freight task with its answer under a name."""
    task = draft()
    return task.model_copy(update={"answer": [task.answer[0].model_copy(update={"slot": slot})]})


def test_recorded_slots_are_those_of_the_steps() -> None:
    """A row of today names its slots, and a name of anybody's choice is found; rows without names still prove."""
    assert slots_of(named("count")) == slots_of(proven()) == ["count"]
    assert "slot" not in str(proven().to_json()["answer"])
    assert certify(named("count")).integrity
    other = named("how_many")
    assert "answer names its slots otherwise than its steps do" in list(integrity_problems(other, replay(other)))
