"""Proven tasks of two coded calls, the last a write, and other tools of their environment."""

from __future__ import annotations

from synthtools_stream.proof.certificate import certify
from synthtools_stream.records import Change, Effects, NearTool, OutputField, Task, Tool
from tests.programs.coded_freight import CODED, PROGRAMS
from tests.proof.freight import Spoken, drafted

__all__ = ["NEAR", "ruled_task", "short_task"]

NOTICES = Tool(
    tool_name="CountNotices",
    tool_description="Count the notices.",
    usage="Read-only.",
    output_details={"count": OutputField(type="integer", description="How many notices there are.")},
    effects=Effects(reads=["notices"]),
)
COUNT = 'def call(state, arguments, now):\n    return ok({"count": len(state["notices"])})\n'
_OTHERS = ("NotifyShipper", "ListBookings", "ConfirmBooking")
NEAR = [
    *(
        NearTool(tool=CODED[name], program=PROGRAMS[name])
        for name in ("NotifyShipper", "ListBookings", "ConfirmBooking")
    ),
    NearTool(tool=NOTICES, program=COUNT),
]
_STEPS: list[Spoken] = [
    (
        "Which vessels arrive by 16 March 2026 with room for 12 containers? How many are there?",
        "SearchVessels(arrive_by='2026-03-16', min_capacity=12)",
        {"vessels": [{"vessel_id": "VS-81", "name": "Castor", "eta": "2026-03-16"}], "count": 1},
        [],
        ["/count"],
        [],
    ),
    (
        "Move BK-2057 to the vessel VS-81.",
        "MoveBooking(booking_id='BK-2057', vessel_id='VS-81')",
        {"booking_id": "BK-2057", "vessel_id": "VS-81"},
        [Change(op="update", collection="bookings", id="BK-2057", attributes={"vessel_id": "VS-81"})],
        [],
        [],
    ),
]
_CONFIRM: Spoken = (
    "Confirm BK-2057. What is left on its vessel?",
    "ConfirmBooking(booking_id='BK-2057')",
    {"booking_id": "BK-2057", "status": "confirmed", "capacity_left": 36},
    [
        Change(op="update", collection="bookings", id="BK-2057", attributes={"status": "confirmed"}),
        Change(op="update", collection="vessels", id="VS-81", attributes={"capacity_left": 36}),
    ],
    ["/capacity_left"],
    [],
)


def short_task() -> Task:
    """Return a search and a move, with their programs and the certificate."""
    request = "Find vessels arriving by 16 March 2026 with room for 12 containers and tell me how many there are; then"
    return _proven("01", f"{request} move BK-2057 to the vessel VS-81.", _STEPS, ("SearchVessels", "MoveBooking"))


def ruled_task() -> Task:
    """Return a move and a confirmation, which a rule forbids for all bookings but requested ones."""
    request = "Move BK-2057 to the vessel VS-81, then confirm BK-2057 and tell me what is left on its vessel."
    return _proven("02", request, [_STEPS[1], _CONFIRM], ("MoveBooking", "ConfirmBooking"))


def _proven(number: str, request: str, steps: list[Spoken], names: tuple[str, ...]) -> Task:
    task = drafted(f"freight_spec_001_seq{number}", request, {name: CODED[name] for name in names}, steps)
    meta = task.meta.model_copy(update={"programs": {name: PROGRAMS[name] for name in names}})
    task = task.model_copy(update={"meta": meta})
    return task.model_copy(update={"certificate": certify(task)})
