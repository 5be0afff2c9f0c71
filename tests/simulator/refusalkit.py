"""A tool of the freight world that declares its errors, and refusals of it as a model may write them."""

from __future__ import annotations

from synthtools_stream.records import Effects, Parameter, Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import TYPES, world

__all__ = ["CONFIRM", "problems", "tool"]

CONFIRM = Tool(
    tool_name="ConfirmBooking",
    tool_description="Confirm a booking.",
    parameters={
        "booking_id": Parameter(type="string", required=True, description="Id of the booking."),
        "containers": Parameter(type="integer", description="How many containers."),
        "sails_on": Parameter(type="string", description="Day it sails, YYYY-MM-DD."),
        "remark": Parameter(type="string", description="Remark of the clerk, 20 characters at most."),
    },
    error_messages=[
        "NoBooking: no booking has this id; check booking_id",
        "NotRequested: the booking's status is not requested; choose another booking",
    ],
    usage="Only a booking whose status is requested can be confirmed. Sets the booking's status to confirmed.",
    effects=Effects(writes=["bookings"]),
)


def tool(*errors: str, usage: str = "") -> Tool:
    """Return the tool with other errors and another usage."""
    return CONFIRM.model_copy(update={"error_messages": [*errors], "usage": usage})


def problems(message: str, status: int = 400, of: Tool = CONFIRM, given: JsonObject | None = None) -> list[str]:
    """Return what is wrong with a refusal; BK-2041 is confirmed, BK-2057 requested, and now is 2026-03-10."""
    arguments: JsonObject = {"booking_id": "BK-2041", **(given or {})}
    return list(answer_problems(Answer(status, {}, message), of, arguments, world(), TYPES))
