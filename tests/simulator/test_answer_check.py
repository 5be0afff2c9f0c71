"""What an answer says of entities: whom an object is about, and what counts as an id."""

from __future__ import annotations

from synthtools_stream.records import Change, Effects, OutputField, Parameter, Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import NOTIFY, TYPES, world

GET = Tool(
    tool_name="GetBooking",
    tool_description="Look up a booking.",
    parameters={"booking_id": Parameter(type="string", required=True)},
    output_details={"booking": OutputField(type="object")},
    effects=Effects(reads=["bookings", "vessels"]),
)
NOTICE = Change(op="create", collection="notices", id="$new1", attributes={"booking_id": "BK-2041", "channel": "sms"})


def read_problems(booking: JsonObject) -> list[str]:
    """Return what is wrong with an answer that shows this of BK-2041."""
    state = world()
    state["vessels"]["VS-77"]["shipper"] = "Hanna Lines"
    answer = Answer(200, {"booking": booking}, None, [])
    return list(answer_problems(answer, GET, {"booking_id": "BK-2041"}, state, TYPES))


def test_references_are_no_subjects() -> None:
    """An object that shows a reference is about the entity that refers, though both have an attribute of that name."""
    assert read_problems({"shipper": "Alba", "vessel_id": "VS-77"}) == []
    (problem,) = read_problems({"shipper": "Hanna Lines", "vessel_id": "VS-77"})
    assert "the state holds 'Alba'" in problem
    assert read_problems({"booking_id": "BK-2041", "shipper": "Alba", "vessel_id": "VS-77", "eta": "2026-03-14"}) == []
    assert read_problems({"booking_id": "BK-2041", "vessel_id": "VS-77", "eta": "2026-03-15"}) != []


def test_new_ids_are_ids() -> None:
    """Where a response should show the id of what was created, anything else is refused."""
    arguments: JsonObject = {"booking_id": "BK-2041", "channel": "sms", "text": "x"}

    def problems(notice: str) -> list[str]:
        answer = Answer(200, {"notice_id": notice, "booking_id": "BK-2041"}, None, [NOTICE])
        return list(answer_problems(answer, NOTIFY, arguments, world(), TYPES))

    assert problems("$new1") == []
    assert problems("unknown") == ["response.notice_id is 'unknown', which is no entity's id"]
    assert problems("$new1 II") != []
