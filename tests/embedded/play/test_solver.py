"""The solver finds the call that a turn asks for, from tools and dialogue alone."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import cast

import pytest

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.said_values import said_values
from synthtools_stream.embedded.play.solver import solve
from synthtools_stream.values.jsontypes import Json, JsonObject

DATA = Path(__file__).parents[2] / "data" / "embedded" / "freight.json"
TOOLS = cast(list[Json], json.loads(DATA.read_text(encoding="utf-8"))["tools"])
NOW = "2026-03-14T09:00:00"
FOUND: JsonObject = {
    "user": "Find bookings with temperature class chilled.",
    "call": "FindBookings(temperature_class='chilled', how_many=5)",
    "status_code": 200,
    "response": {"bookings": [{"booking_id": "BK-1003"}, {"booking_id": "BK-1001"}], "total": 2},
}


def solved(turn: str, *dialogue: JsonObject) -> tuple[str, JsonObject]:
    tags: JsonObject = {"tools": TOOLS, "now": NOW, "dialogue": list(dialogue), "user_turn": turn}
    answer = solve(Job(tags, random.Random(1), "solver", [], ()))
    return str(answer["tool_name"]), cast(JsonObject, answer["arguments"])


@pytest.mark.parametrize(
    ("turn", "name", "arguments"),
    [
        ("What is the status of booking BK-1004?", "GetBooking", {"booking_id": "BK-1004"}),
        ("Please call off booking BK-1004.", "CancelBooking", {"booking_id": "BK-1004"}),
        (
            "Find bookings picked up by 18 March 2026 with a declared value of at least 100 EUR, at most 3 of them.",
            "FindBookings",
            {"min_value": 100.0, "pickup_until": "2026-03-18", "how_many": 3},
        ),
        ("List bookings of carrier CR-1002.", "FindBookings", {"carrier_id": "CR-1002"}),
        ("Which bookings are not hazardous?", "FindBookings", {"hazardous": False}),
        (
            "Move the pickup date of booking BK-1001 to 2026-03-22, please.",
            "ChangeBooking",
            {"booking_id": "BK-1001", "new_pickup_date": "2026-03-22"},
        ),
        ("Reduce the capacity of carrier CR-1001 by 4.", "LowerCapacity", {"carrier_id": "CR-1001", "amount": 4}),
        (
            'Send the shipper of booking BK-1001 a notice by sms saying "All is well."',
            "SendNotice",
            {"booking_id": "BK-1001", "channel": "sms", "text": "All is well."},
        ),
    ],
)
def test_turn_becomes_call(turn: str, name: str, arguments: JsonObject) -> None:
    """Words choose the tool; ids, dates, numbers, enum words and quotes fill it; what is not said is left out."""
    assert solved(turn) == (name, arguments)


def test_first_of_a_list_is_recalled() -> None:
    """`the first of those` is the first row of the list that came back."""
    assert solved("Cancel the first of those bookings.", FOUND) == ("CancelBooking", {"booking_id": "BK-1003"})


def test_new_entity_is_recalled() -> None:
    """`the booking you just created` is the id that nobody had said before."""
    made: JsonObject = {
        "user": "Request a new booking with carrier CR-1001.",
        "call": "RequestBooking(carrier_id='CR-1001')",
        "status_code": 200,
        "response": {"booking_id": "BK-1005", "status": "requested"},
    }
    looked: JsonObject = {**FOUND, "user": "Look up booking BK-1002.", "response": {"booking_id": "BK-1002"}}
    found = solved("Cancel the booking you just created.", made, looked)
    assert found == ("CancelBooking", {"booking_id": "BK-1005"})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("on 16 March 2026", ["2026-03-16"]),
        ("on 2026-03-16 at 14:30", ["2026-03-16T14:30:00"]),
        ("by March 3rd, 2027", ["2027-03-03"]),
        ("tomorrow, 1,250 EUR for BK-1042", ["2026-03-15", "1250", "BK-1042"]),
        ('"Kvist & Co" takes six of 2.5 kg', ["Kvist & Co", "6", "2.5"]),
    ],
)
def test_values_are_normalised(text: str, values: list[str]) -> None:
    """Dates in several forms, numbers with separators and number words become plain values."""
    assert [said.value for said in said_values(text, NOW)] == values


def test_endless_digits_are_no_number() -> None:
    """What no number of JSON can hold is not taken for one, and nothing breaks on it."""
    assert said_values("move it by " + "9" * 5000) == ()
    assert solved("Delay booking BK-1004 by " + "9" * 400 + " days")[0]
