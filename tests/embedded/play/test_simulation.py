"""The simulator's answers follow from the tool's words and the state."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from synthtools_stream.embedded.play.played_call import PlayedCall
from synthtools_stream.embedded.play.simulation import play
from synthtools_stream.values.jsontypes import Json, JsonObject

DATA = Path(__file__).parents[2] / "data"
WORLD = json.loads((DATA / "embedded" / "freight.json").read_text(encoding="utf-8"))
TOOLS: dict[str, JsonObject] = {tool["tool_name"]: tool for tool in WORLD["tools"]}
ROWS = [json.loads(line) for line in (DATA / "samples" / "task_content.jsonl").read_text(encoding="utf-8").splitlines()]


def played(name: str, **arguments: Json) -> JsonObject:
    call: JsonObject = {"tool_name": name, "arguments": arguments}
    return play(PlayedCall.of(TOOLS[name], WORLD["entity_types"], WORLD["state"], call, random.Random(1)))


def sample(row: int, name: str, state: JsonObject | None, **arguments: Json) -> JsonObject:
    tool = next(tool for tool in ROWS[row]["tools"] if tool["tool_name"] == name)
    call: JsonObject = {"tool_name": name, "arguments": arguments}
    return play(PlayedCall.of(tool, [], state, call, random.Random(1)))


def change(op: str, collection: str, identifier: str, **attributes: Json) -> JsonObject:
    return {"op": op, "collection": collection, "id": identifier, "attributes": attributes}


def test_unknown_id_is_404() -> None:
    """An id that is not there is answered 404 with the tool's own message and that id."""
    answer = played("GetBooking", booking_id="BK-9999")
    assert (answer["status_code"], answer["response"], answer["changes"]) == (404, {}, [])
    assert answer["error_message"] == "UnknownBooking: no booking has this id (BK-9999); check the id"


def test_broken_rule_is_400() -> None:
    """A broken rule is answered 400 with that rule's message, and nothing changes."""
    answer = played("CancelBooking", booking_id="BK-1003")
    assert (answer["status_code"], answer["changes"]) == (400, [])
    assert str(answer["error_message"]).startswith("NotCancellable")


def test_read_shows_the_state() -> None:
    """A read returns exactly the keys that its output lists, as the state has them."""
    answer = played("GetBooking", booking_id="BK-1002")
    assert answer["response"] == {
        "booking": {
            "status": "requested",
            "pickup_date": "2026-03-18",
            "declared_value": 450.0,
            "temperature_class": "ambient",
            "carrier_id": "CR-1002",
        }
    }


@pytest.mark.parametrize(
    ("arguments", "ids", "total"),
    [
        ({"temperature_class": "chilled"}, ["BK-1001", "BK-1003"], 2),
        ({"carrier_id": "CR-1002"}, ["BK-1004", "BK-1002"], 2),
        ({"min_value": 450}, ["BK-1002", "BK-1001", "BK-1003"], 3),
        ({"pickup_until": "2026-03-18"}, ["BK-1004", "BK-1002"], 2),
        ({"hazardous": True}, ["BK-1002"], 1),
        ({"how_many": 1}, ["BK-1004"], 4),
    ],
)
def test_search_filters_sorts_limits(arguments: JsonObject, ids: list[str], total: int) -> None:
    """A search returns what passes every filter, in the order told, up to the limit; the count knows no limit."""
    response = played("FindBookings", **arguments)["response"]
    assert isinstance(response, dict)
    listed = response["bookings"]
    assert isinstance(listed, list)
    assert [row["booking_id"] for row in listed if isinstance(row, dict)] == ids
    assert response["total"] == total


def test_transition_with_secondary_effect() -> None:
    """A transition sets its state, and `also` reaches the entity that the target refers to."""
    answer = played("CancelBooking", booking_id="BK-1001")
    assert answer["response"] == {"booking_id": "BK-1001", "status": "cancelled"}
    assert answer["changes"] == [
        change("update", "bookings", "BK-1001", status="cancelled"),
        change("update", "carriers", "CR-1001", capacity=13),
    ]


def test_create_uses_placeholder() -> None:
    """A new entity has all attributes of its type and a placeholder for its id, alike in response and change."""
    answer = played(
        "RequestBooking",
        pickup_date="2026-04-01",
        declared_value=10.5,
        temperature_class="ambient",
        carrier_id="CR-1001",
    )
    assert answer["response"] == {"booking_id": "$new1", "status": "requested"}
    assert answer["changes"] == [
        change(
            "create",
            "bookings",
            "$new1",
            status="requested",
            pickup_date="2026-04-01",
            declared_value=10.5,
            temperature_class="ambient",
            hazardous=None,
            carrier_id="CR-1001",
        )
    ]


def test_update_changes_only_given() -> None:
    """What is not given stays, and the response shows it as it is."""
    answer = played("ChangeBooking", booking_id="BK-1001", new_carrier_id="CR-1002")
    assert answer["changes"] == [change("update", "bookings", "BK-1001", carrier_id="CR-1002")]
    assert answer["response"] == {"booking_id": "BK-1001", "pickup_date": "2026-03-20", "carrier_id": "CR-1002"}


def test_adjust_counts_down_once() -> None:
    """An amount is taken off once, however often the prose speaks of it."""
    answer = played("LowerCapacity", carrier_id="CR-1001", amount=5)
    assert answer["changes"] == [change("update", "carriers", "CR-1001", capacity=7)]


def test_delete_removes() -> None:
    """A delete removes the entity and tells its id."""
    state: JsonObject = {
        **WORLD["state"],
        "notices": {"NT-1": {"booking_id": "BK-1001", "channel": "sms", "text": "x"}},
    }
    call: JsonObject = {"tool_name": "RemoveNotice", "arguments": {"notice_id": "NT-1"}}
    scene = PlayedCall.of(TOOLS["RemoveNotice"], WORLD["entity_types"], state, call, random.Random(1))
    answer = play(scene)
    assert (answer["response"], answer["changes"]) == ({"notice_id": "NT-1"}, [change("delete", "notices", "NT-1")])


def test_sample_vessels_are_filtered() -> None:
    """A filter on which a free-form state is silent is passed over; the others hold."""
    state = ROWS[0]["initial_state"]
    answer = sample(0, "SearchVessels", state, destination="Rotterdam", arrive_by="2026-03-16", min_capacity=12)
    row: JsonObject = {"vessel_id": "V-81", "name": "Castor Bay", "eta": "2026-03-16", "capacity_left": 40}
    assert answer["response"] == {"vessels": [row]}


def test_sample_booking_moves() -> None:
    """A move takes room on the new vessel and frees it on the old one, as the limit in its error text implies."""
    answer = sample(0, "MoveBooking", ROWS[0]["initial_state"], booking_id="BK-2041", vessel_id="V-81")
    assert answer["response"] == {"booking_id": "BK-2041", "vessel_id": "V-81", "eta": "2026-03-16"}
    assert answer["changes"] == [
        change("update", "bookings", "BK-2041", vessel_id="V-81"),
        change("update", "vessels", "V-81", capacity_left=28),
        change("update", "vessels", "V-77", capacity_left=15),
    ]


def test_sample_notice_is_created() -> None:
    """A message makes a notice in a collection that the state does not have yet."""
    answer = sample(0, "NotifyShipper", ROWS[0]["initial_state"], booking_id="BK-2041", channel="email", text="Moved.")
    assert answer["response"] == {"notice_id": "$new1"}
    assert answer["changes"] == [
        change("create", "notices", "$new1", booking_id="BK-2041", channel="email", text="Moved.")
    ]


def test_sample_assay_needs_reservation() -> None:
    """`reserve the sample first` refuses an assay on a free sample; on a reserved one the volume goes down."""
    state = ROWS[1]["initial_state"]
    call: JsonObject = {"sample_id": "S-19", "panel": "lipid", "volume_ml": 1.5}
    assert sample(1, "QueueAssay", state, **call)["status_code"] == 400
    held: JsonObject = {**state, "samples": {"S-19": {**state["samples"]["S-19"], "reserved_by": "Lindqvist"}}}
    answer = sample(1, "QueueAssay", held, **call)
    assert answer["response"] == {"assay_id": "$new1", "volume_left_ml": 2.0}


def test_sample_reservation() -> None:
    """A reservation is stored, and refused where somebody else holds the sample."""
    state = ROWS[1]["initial_state"]
    answer = sample(1, "ReserveSample", state, sample_id="S-19", person="Lindqvist")
    assert answer["changes"] == [change("update", "samples", "S-19", reserved_by="Lindqvist")]
    assert sample(1, "ReserveSample", state, sample_id="S-20", person="Lindqvist")["status_code"] == 400


def test_null_state_is_imagined() -> None:
    """Without a state the facts are supplied, as many as asked for, and marked."""
    answer = sample(4, "GetWindForecast", None, station="OSL-3", hours=6, units="kn")
    response = answer["response"]
    assert isinstance(response, dict)
    hours = response["hours"]
    assert isinstance(hours, list)
    assert [row["hour"] for row in hours if isinstance(row, dict)] == [1, 2, 3, 4, 5, 6]
    assert answer["imagined"] != []
