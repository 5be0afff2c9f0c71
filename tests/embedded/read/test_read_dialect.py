"""The reading of hand-made tools in the dialect: operations, parameters, rules, effects, outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.read import (
    MeaningKind,
    Order,
    OutputKind,
    Relation,
    ToolReading,
    absent_ids,
    broken_rules,
    read_tool,
)
from synthtools_stream.values.jsontypes import JsonObject

DATA = Path(__file__).parents[2] / "data"
WORLD = json.loads((DATA / "embedded" / "freight.json").read_text(encoding="utf-8"))
TOOLS: dict[str, JsonObject] = {tool["tool_name"]: tool for tool in WORLD["tools"]}
TYPES: list[JsonObject] = WORLD["entity_types"]
STATE: JsonObject = WORLD["state"]


def reading(name: str) -> ToolReading:
    return read_tool(TOOLS[name], TYPES, STATE)


@pytest.mark.parametrize(
    ("name", "operation", "collection"),
    [
        ("GetBooking", Operation.get, "bookings"),
        ("FindBookings", Operation.search, "bookings"),
        ("CancelBooking", Operation.transition, "bookings"),
        ("RequestBooking", Operation.create, "bookings"),
        ("ChangeBooking", Operation.update, "bookings"),
        ("LowerCapacity", Operation.adjust, "carriers"),
        ("SendNotice", Operation.create, "notices"),
        ("RemoveNotice", Operation.delete, "notices"),
    ],
)
def test_operation_and_collection(name: str, operation: Operation, collection: str) -> None:
    """What a tool does, and to what, comes from its prose."""
    found = reading(name)
    assert (found.operation, found.collection) == (operation, collection)


def test_filters_are_told_apart() -> None:
    """Each filter finds its attribute and its comparison."""
    found = {m.parameter: (m.kind, m.attribute, m.op) for m in reading("FindBookings").meanings}
    assert found == {
        "temperature_class": (MeaningKind.filter, "temperature_class", "eq"),
        "carrier_id": (MeaningKind.filter, "carrier_id", "eq"),
        "min_value": (MeaningKind.filter, "declared_value", "min"),
        "pickup_until": (MeaningKind.filter, "pickup_date", "until"),
        "hazardous": (MeaningKind.filter, "hazardous", "eq"),
        "how_many": (MeaningKind.limit, "", "eq"),
    }


def test_lists_have_an_order() -> None:
    """`Sorted by pickup date, earliest first` is an order."""
    assert reading("FindBookings").order == Order("pickup_date", descending=False)


def test_ids_are_targets_or_references() -> None:
    """The entity acted on is the target; other ids are stored where they are referred to."""
    found = {m.parameter: (m.kind, m.collection, m.attribute) for m in reading("ChangeBooking").meanings}
    assert found["booking_id"] == (MeaningKind.target_id, "bookings", "")
    assert found["new_carrier_id"] == (MeaningKind.reference, "carriers", "carrier_id")
    assert found["new_pickup_date"] == (MeaningKind.sets, "", "pickup_date")


def test_outputs_have_meanings() -> None:
    """Ids, attributes, lists and counts of a response are told apart."""
    found = {o.key: o.kind for name in ("FindBookings", "CancelBooking") for o in reading(name).outputs}
    assert found == {
        "bookings": OutputKind.list,
        "total": OutputKind.count,
        "booking_id": OutputKind.id,
        "status": OutputKind.attribute,
    }


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("CancelBooking", {"booking_id": "BK-1003"}, "NotCancellable"),
        ("CancelBooking", {"booking_id": "BK-1001"}, None),
        ("RequestBooking", {"pickup_date": "2026-03-01", "carrier_id": "CR-1001"}, "InThePast"),
        ("RequestBooking", {"pickup_date": "2026-03-14", "carrier_id": "CR-1003"}, "CarrierNotActive"),
        ("RequestBooking", {"temperature_class": "frozen", "carrier_id": "CR-1001"}, "When temperature_class"),
        ("ChangeBooking", {"booking_id": "BK-1001"}, "At least one"),
        ("ChangeBooking", {"booking_id": "BK-1001", "new_carrier_id": "CR-1001"}, "new_carrier_id must differ"),
        ("LowerCapacity", {"carrier_id": "CR-1002", "amount": 4}, "TooMuch"),
        ("LowerCapacity", {"carrier_id": "CR-1002", "amount": 3}, None),
        ("SendNotice", {"booking_id": "BK-1001", "channel": "sms", "text": "x" * 21}, "TextTooLong"),
        ("SendNotice", {"booking_id": "BK-1001", "channel": "email", "text": "x" * 21}, None),
    ],
)
def test_rules_break_as_told(name: str, arguments: JsonObject, error: str | None) -> None:
    """A call breaks exactly the rule that its words say it breaks, and is told that rule's error."""
    broken = broken_rules(reading(name), arguments, STATE)
    assert [rule.error[: len(error or "")] for rule in broken] == ([error] if error else [])


def test_absent_id_is_found() -> None:
    """An id that the state does not have is told by its parameter."""
    assert absent_ids(reading("GetBooking"), {"booking_id": "BK-9999"}, STATE) == ["booking_id"]


@pytest.mark.parametrize(
    ("usage", "arguments", "holds"),
    [
        ("to_date must be later than from_date.", {"from_date": "2026-03-02", "to_date": "2026-03-02"}, False),
        ("to_date must be on or after from_date.", {"from_date": "2026-03-02", "to_date": "2026-03-02"}, True),
        ("to_date must not be earlier than from_date.", {"from_date": "2026-03-03", "to_date": "2026-03-02"}, False),
        ("Give either email or phone, not both.", {"email": "a", "phone": "b"}, False),
        ("Give either email or phone, not both.", {"email": "a"}, True),
        ("When reason is other, note is required.", {"reason": "other"}, False),
        ("When reason is other, note is required.", {"reason": "late"}, True),
        ("note must be given when urgent is true.", {"urgent": True}, False),
        ("note must be given when urgent is true.", {"urgent": False}, True),
        ("to_date must lie in the future.", {"to_date": "2026-03-14"}, False),
    ],
)
def test_parameter_rules(usage: str, arguments: JsonObject, holds: bool) -> None:
    """Rules between parameters are read from the usage alone."""
    texts = ("from_date", "to_date", "email", "phone", "note")
    parameters: JsonObject = {name: {"type": "string", "description": f"{name}."} for name in texts}
    parameters["reason"] = {"type": "string", "description": "Why.", "enum": ["late", "other"]}
    parameters["urgent"] = {"type": "boolean", "description": "Whether it is urgent."}
    tool: JsonObject = {"tool_name": "T", "tool_description": "Do it.", "parameters": parameters, "usage": usage}
    found = read_tool(tool, [], None)
    assert [rule.text for rule in found.rules] != []
    assert (broken_rules(found, arguments, STATE) == []) is holds


def test_samples_are_read_without_types() -> None:
    """Tools of another corpus are read from their words and the state alone."""
    lines = (DATA / "samples" / "task_content.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[0])
    tools = {tool["tool_name"]: read_tool(tool, [], row["initial_state"]) for tool in row["tools"]}
    assert {name: found.operation.value for name, found in tools.items()} == {
        "GetBooking": "get",
        "SearchVessels": "search",
        "MoveBooking": "update",
        "NotifyShipper": "create",
    }
    relations = [rule.require.relation for rule in tools["MoveBooking"].rules]
    assert relations == [Relation.one_of, Relation.ne, Relation.ge]  # in the order of the error messages
