"""A proven task of the freight world with all that words can be wrong about: limits, units, places, keys."""

from __future__ import annotations

from synthtools_stream.proof.certificate import certify
from synthtools_stream.records import Change, Effects, OutputField, Parameter, Task, Tool
from synthtools_stream.values.jsontypes import Json
from tests.proof.freight import Spoken, drafted

__all__ = ["REQUEST", "TURNS", "wordy"]

_ID = Parameter(type="string", required=True)
_TOOLS = [
    Tool(
        tool_name="FindBookings",
        tool_description="Find bookings by their number of containers.",
        parameters={"min_containers": Parameter(type="integer", required=True, description="Fewest containers.")},
        usage="Read-only. Sorted by id.",
        output_details={"bookings": OutputField(type="array"), "count": OutputField(type="integer")},
        effects=Effects(reads=["bookings"]),
    ),
    Tool(
        tool_name="DelayVessel",
        tool_description="Delay the eta of a vessel by some days.",
        parameters={"vessel_id": _ID, "days": Parameter(type="integer", required=True, minimum=1)},
        output_details={"vessel_id": OutputField(type="string"), "eta": OutputField(type="string")},
        effects=Effects(reads=[], writes=["vessels"]),
    ),
    Tool(
        tool_name="ChangeContainers",
        tool_description="Change the containers of a booking.",
        parameters={"booking_id": _ID, "containers": Parameter(type="integer", required=True)},
        output_details={"booking_id": OutputField(type="string"), "containers": OutputField(type="integer")},
        effects=Effects(reads=[], writes=["bookings"]),
    ),
    Tool(
        tool_name="CancelBooking",
        tool_description="Cancel a booking.",
        parameters={"booking_id": _ID},
        output_details={"booking_id": OutputField(type="string"), "status": OutputField(type="string")},
        effects=Effects(reads=[], writes=["bookings"]),
    ),
]
_FOUND: list[Json] = [
    {"booking_id": "BK-2041", "shipper": "Alba", "containers": 12},
    {"booking_id": "BK-2057", "shipper": "Nord", "containers": 4},
]
TURNS = [
    "Find bookings with at least 4 containers. I want to know the shipper of the first one.",
    "Delay vessel VS-77 by 3 days.",
    "Change the containers of booking BK-2057 to 20.",
    "Cancel the first of the bookings you found.",
]
_STEPS: list[Spoken] = [
    (
        TURNS[0],
        "FindBookings(min_containers=4)",
        {"bookings": [*_FOUND], "count": 2},
        [],
        ["/bookings/0/shipper"],
        [],
    ),
    (
        TURNS[1],
        "DelayVessel(vessel_id='VS-77', days=3)",
        {"vessel_id": "VS-77", "eta": "2026-03-17"},
        [Change(op="update", collection="vessels", id="VS-77", attributes={"eta": "2026-03-17"})],
        [],
        [],
    ),
    (
        TURNS[2],
        "ChangeContainers(booking_id='BK-2057', containers=20)",
        {"booking_id": "BK-2057", "containers": 20},
        [Change(op="update", collection="bookings", id="BK-2057", attributes={"containers": 20})],
        [],
        [],
    ),
    (
        TURNS[3],
        "CancelBooking(booking_id='BK-2041')",
        {"booking_id": "BK-2041", "status": "cancelled"},
        [Change(op="update", collection="bookings", id="BK-2041", attributes={"status": "cancelled"})],
        [],
        [],
    ),
]
REQUEST = (
    "First, find bookings with at least 4 containers. I want to know the shipper of the first one. Then delay vessel"
    " VS-77 by 3 days. After that, change the containers of booking BK-2057 to 20. Finally, cancel the first of the"
    " bookings you found."
)


def wordy() -> Task:
    """Return the task with its certificate."""
    task = drafted("freight_spec_001_seq03", REQUEST, {tool.tool_name: tool for tool in _TOOLS}, _STEPS)
    return task.model_copy(update={"certificate": certify(task)})
