"""A simulator call of ordinary size: the commonest request of a run."""

from __future__ import annotations

import orjson

from synthtools_stream.records import Attribute, Effects, EntityType, OutputField, Parameter, Tool
from synthtools_stream.roles.simulator_role import SimulatorInput, ToolRequest
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["ANSWER", "TOOL", "TYPES", "simulator_input", "state"]

# Sizes are those of a run of the embedded model: some 13 KB a prompt.
TYPES = [
    EntityType(
        name="booking",
        collection="bookings",
        id_prefix="BK-",
        description="A shipper's order to move containers.",
        attributes=[
            Attribute(name="shipper", type="string", description="Who ships."),
            Attribute(name="status", type="string", enum=["requested", "confirmed", "loaded", "cancelled"]),
            Attribute(name="pickup_date", type="string", format="date"),
            Attribute(name="containers", type="integer"),
            Attribute(name="declared_value", type="float", description="In EUR."),
            Attribute(name="vessel_id", type="string", references="vessels"),
        ],
    ),
    EntityType(
        name="vessel",
        collection="vessels",
        id_prefix="VS-",
        attributes=[
            Attribute(name="name", type="string"),
            Attribute(name="eta", type="string", format="date"),
            Attribute(name="capacity_left", type="integer"),
        ],
    ),
]
TOOL = Tool(
    tool_name="MoveBooking",
    tool_description="Moves a booking to another vessel and, where wanted, to another pickup date.",
    parameters={
        "booking_id": Parameter(type="string", required=True, description="Id of the booking to move."),
        "vessel_id": Parameter(type="string", required=True, description="Id of the vessel the booking moves to."),
        "pickup_date": Parameter(type="string", description="New pickup date of the booking, YYYY-MM-DD."),
    },
    error_messages=["NotConfirmed: the booking is not confirmed; confirm it first."],
    usage="Sets the booking's vessel. Only a booking whose status is requested or confirmed can be moved.",
    output_details={
        "booking_id": OutputField(type="string", description="Id of the booking."),
        "vessel_id": OutputField(type="string", description="The booking's vessel after the change."),
    },
    effects=Effects(reads=["vessels"], writes=["bookings"]),
)
ANSWER = orjson.dumps(
    {
        "status_code": 200,
        "response": {"booking_id": "BK-1007", "vessel_id": "VS-1003"},
        "error_message": None,
        "changes": [
            {"op": "update", "collection": "bookings", "id": "BK-1007", "attributes": {"vessel_id": "VS-1003"}}
        ],
        "imagined": [],
    }
).decode()


def state(bookings: int = 18, vessels: int = 8) -> JsonObject:
    """Return a state of some 4 KB."""
    return {
        "bookings": {
            f"BK-{1000 + number}": {
                "shipper": f"Shipper {number}",
                "status": "confirmed",
                "pickup_date": f"2026-03-{1 + number % 28:02d}",
                "containers": 2 + number,
                "declared_value": 1500.5 * number,
                "vessel_id": f"VS-{1000 + number % vessels}",
            }
            for number in range(bookings)
        },
        "vessels": {
            f"VS-{1000 + number}": {"name": f"Vessel {number}", "eta": "2026-03-14", "capacity_left": 40 + number}
            for number in range(vessels)
        },
        "clock": {"now": {"value": "2026-03-10T09:00:00"}},
    }


def simulator_input(number: int, shown: JsonObject) -> SimulatorInput:
    """Return the input of call `number`."""
    call = ToolRequest(
        tool_name=TOOL.tool_name,
        arguments={"booking_id": f"BK-{1000 + number % 18}", "vessel_id": "VS-1003", "pickup_date": "2026-03-20"},
    )
    return SimulatorInput(entity_types=TYPES, tool=TOOL, state=shown, call=call)
