"""A program of middling length, run in the sandbox and, for comparison, as the Python function that it is."""

from __future__ import annotations

import inspect
from typing import Any

from synthtools_stream.programs.prelude import compare, fail, ok, order, same, update
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["SOURCE", "arguments", "call", "large_world"]

_ENTITIES = 40
"""As many as a world may have; of some 200 bytes each: 8 KB, the most that a world may be."""


def call(state: Any, arguments: Any, now: Any) -> Any:  # as a model writes it: a filter, an order, a limit, a change
    shipper = arguments["shipper"]
    found = []
    for booking_id, booking in order(state["bookings"].items(), "pickup_date", True):
        days = compare(booking.get("pickup_date"), now[:10])
        if not same(booking.get("shipper"), shipper) or days is None or days < 0:
            continue
        found.append({"booking_id": booking_id, "status": booking["status"], "pickup_date": booking["pickup_date"]})
    if not found:
        return fail(400, f"NothingDue: {shipper} has no booking from today on")
    first = found[0]["booking_id"]
    return ok({"bookings": found[: arguments["limit"]]}, [update("bookings", first, {"status": "confirmed"})])


SOURCE = inspect.getsource(call)
arguments: JsonObject = {"shipper": "alba", "limit": 5}


def large_world(number: int) -> JsonObject:
    """Return one of many worlds of 8 KB."""
    return {
        "bookings": {
            f"BK-{1000 + place}": {
                "shipper": "Alba" if place % 3 else "Nord",
                "status": "requested",
                "pickup_date": f"2026-03-{1 + (number + place) % 28:02d}",
                "declared_value": 1250.5 + number + place,
                "note": f"Reefer at 4 degrees, seal {number}-{place}, release against original documents only.",
            }
            for place in range(_ENTITIES)
        }
    }
