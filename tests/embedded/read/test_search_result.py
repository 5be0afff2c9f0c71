"""A search filters as people mean it, sorts closed sets in their order, and lists last what is not told."""

from __future__ import annotations

from synthtools_stream.embedded.read import ToolReading, found_ids, read_tool
from synthtools_stream.values.jsontypes import JsonObject

TYPES: list[JsonObject] = [
    {
        "name": "booking",
        "collection": "bookings",
        "id_prefix": "BK-",
        "attributes": [
            {"name": "status", "type": "string", "enum": ["requested", "confirmed", "cancelled"]},
            {"name": "guest", "type": "string"},
            {"name": "price", "type": "integer"},
        ],
    }
]
STATE: JsonObject = {
    "bookings": {
        "BK-1": {"status": "cancelled", "guest": "Ana Silva", "price": 40},
        "BK-2": {"status": "requested", "guest": "Bo Lind", "price": None},
        "BK-3": {"status": "confirmed", "guest": "Ana Silva", "price": 90},
    }
}


def search(order: str) -> ToolReading:
    parameters: JsonObject = {
        "guest": {"type": "string", "description": "Guest of the bookings wanted.", "required": False},
        "min_price": {"type": "integer", "description": "Lowest price of the bookings wanted.", "required": False},
    }
    outputs: JsonObject = {"bookings": {"type": "array", "description": f"The bookings found, {order}."}}
    tool: JsonObject = {
        "tool_name": "SearchBookings",
        "tool_description": "Searches bookings by guest and lowest price.",
        "usage": f"Read-only. Sorted by {order}.",
        "parameters": parameters,
        "output_details": outputs,
        "error_messages": [],
    }
    return read_tool(tool, TYPES, STATE)


def test_a_text_is_found_whatever_its_case() -> None:
    """A filter given in other capitals finds the same entities."""
    assert found_ids(search("price, highest first"), {"guest": "ana silva"}, STATE) == ["BK-3", "BK-1"]


def test_ties_go_by_id() -> None:
    """What is equal stands in the order of the ids, whichever end comes first; where no order is said, all does."""
    held: JsonObject = {
        name: {"status": "confirmed", "guest": "Bo Lind", "price": 7} for name in ("BK-9", "BK-4", "BK-6")
    }
    state: JsonObject = {"bookings": {**held, "BK-5": {"status": "confirmed", "guest": "Bo Lind", "price": 8}}}
    assert found_ids(search("price, highest first; ties by id, nulls last"), {}, state) == [
        "BK-5",
        "BK-4",
        "BK-6",
        "BK-9",
    ]
    assert found_ids(search("price, lowest first"), {}, state) == ["BK-4", "BK-6", "BK-9", "BK-5"]
    assert found_ids(search("id"), {}, state) == ["BK-4", "BK-5", "BK-6", "BK-9"]


def test_a_bound_leaves_out_what_is_not_told() -> None:
    """An entity without the attribute passes no bound on it."""
    assert found_ids(search("price, lowest first"), {"min_price": 30}, STATE) == ["BK-1", "BK-3"]


def test_what_is_not_told_comes_last_in_either_direction() -> None:
    """An entity without the attribute that is sorted by is last, whichever end comes first."""
    assert found_ids(search("price, highest first"), {}, STATE) == ["BK-3", "BK-1", "BK-2"]
    assert found_ids(search("price, lowest first"), {}, STATE) == ["BK-1", "BK-3", "BK-2"]


def test_a_closed_set_is_sorted_as_it_is_told() -> None:
    """States come in the order of their life cycle, not of their letters."""
    assert found_ids(search("status, lowest first"), {}, STATE) == ["BK-2", "BK-3", "BK-1"]
