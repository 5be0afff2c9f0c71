"""Programs written by hand for the freight world, and two tools more: one with rules and a date, one that sorts."""

from __future__ import annotations

from synthtools_stream.records import Effects, OutputField, Parameter, Tool
from tests.proof.freight import MOVE, NOTIFY, SEARCH

__all__ = ["CODED", "CONFIRM", "LIST", "PROGRAMS"]

LIST = Tool(
    tool_name="ListBookings",
    tool_description="List bookings of a shipper.",
    parameters={
        "shipper": Parameter(type="string", description="Any part of the shipper's name, in any case."),
        "status": Parameter(type="string", enum=["requested", "confirmed", "cancelled"]),
        "max_results": Parameter(
            type="integer", default=3, minimum=1, maximum=5, description="How many bookings to return at most."
        ),
    },
    usage="Read-only. Sorted by containers, highest first; ties by id.",
    output_details={
        "bookings": OutputField(type="array", description="The bookings: booking_id, shipper, status, containers."),
        "count": OutputField(type="integer", description="How many bookings match."),
    },
    effects=Effects(reads=["bookings"]),
)
CONFIRM = Tool(
    tool_name="ConfirmBooking",
    tool_description="Confirm a booking on its vessel.",
    parameters={"booking_id": Parameter(type="string", required=True, description="Id of the booking.")},
    error_messages=[
        "UnknownBooking: no booking has this id; list bookings first",
        "NotRequested: the booking's status is not requested; only requested bookings are confirmed",
        "NoVessel: the booking has no vessel; move it to one first",
        "EtaPast: the vessel's eta is before today, or unknown; move the booking first",
        "NoRoom: the vessel has less capacity_left than the booking has containers, or one is unknown; move it first",
    ],
    usage="Sets the booking's status to confirmed and lowers the vessel's capacity_left by its containers.",
    output_details={
        "booking_id": OutputField(type="string", description="Id of the booking."),
        "status": OutputField(type="string", description="The booking's status now."),
        "capacity_left": OutputField(type="integer", description="What is left on the vessel."),
    },
    effects=Effects(reads=[], writes=["bookings", "vessels"]),
)
CODED = {tool.tool_name: tool for tool in (SEARCH, MOVE, NOTIFY, LIST, CONFIRM)}

PROGRAMS = {
    "SearchVessels": """\
def call(state, arguments, now):
    found = []
    for vessel_id, vessel in order(state["vessels"].items(), "eta"):
        eta = compare(vessel.get("eta"), arguments["arrive_by"])
        room = compare(vessel.get("capacity_left"), arguments["min_capacity"])
        if eta is None or eta > 0 or room is None or room < 0:
            continue
        found.append({"vessel_id": vessel_id, "name": vessel.get("name"), "eta": vessel["eta"]})
    return ok({"vessels": found, "count": len(found)})
""",
    "MoveBooking": """\
def call(state, arguments, now):
    booking_id, vessel_id = arguments["booking_id"], arguments["vessel_id"]
    if booking_id not in state["bookings"]:
        return fail(404, f"UnknownBooking: there is no booking {booking_id}")
    if vessel_id not in state["vessels"]:
        return fail(404, f"UnknownVessel: there is no vessel {vessel_id}")
    changes = [update("bookings", booking_id, {"vessel_id": vessel_id})]
    return ok({"booking_id": booking_id, "vessel_id": vessel_id}, changes)
""",
    "NotifyShipper": """\
def call(state, arguments, now):
    booking_id = arguments["booking_id"]
    if booking_id not in state["bookings"]:
        return fail(404, f"UnknownBooking: there is no booking {booking_id}")
    notice = {"booking_id": booking_id, "channel": arguments["channel"], "text": arguments["text"]}
    return ok({"notice_id": "$new1", "booking_id": booking_id}, [create("notices", notice)])
""",
    "ListBookings": """\
def call(state, arguments, now):
    rows = []
    for booking_id, booking in state["bookings"].items():
        if "shipper" in arguments:
            if booking.get("shipper") is None or arguments["shipper"].lower() not in booking["shipper"].lower():
                continue
        if "status" in arguments and not same(booking.get("status"), arguments["status"]):
            continue
        rows.append((booking_id, booking))
    rows = order(rows, "containers", True)
    shown = [
        {
            "booking_id": booking_id,
            "shipper": booking.get("shipper"),
            "status": booking.get("status"),
            "containers": booking.get("containers"),
        }
        for booking_id, booking in rows[: arguments["max_results"]]
    ]
    return ok({"bookings": shown, "count": len(rows)})
""",
    "ConfirmBooking": """\
def call(state, arguments, now):
    booking_id = arguments["booking_id"]
    booking = state["bookings"].get(booking_id)
    if booking is None:
        return fail(404, f"UnknownBooking: there is no booking {booking_id}")
    if booking.get("status") != "requested":
        return fail(400, f"NotRequested: {booking_id} is {booking.get('status')}")
    vessel_id = booking.get("vessel_id")
    if vessel_id is None:
        return fail(400, f"NoVessel: {booking_id} has no vessel")
    vessel = state["vessels"][vessel_id]
    eta = compare(vessel.get("eta"), now[:10])
    if eta is None or eta < 0:
        return fail(400, f"EtaPast: {vessel_id} arrives {vessel.get('eta')}")
    room = compare(vessel.get("capacity_left"), booking.get("containers"))
    if room is None or room < 0:
        return fail(400, f"NoRoom: {vessel_id} has room for {vessel.get('capacity_left')}")
    left = vessel["capacity_left"] - booking["containers"]
    changes = [
        update("bookings", booking_id, {"status": "confirmed"}),
        update("vessels", vessel_id, {"capacity_left": left}),
    ]
    return ok({"booking_id": booking_id, "status": "confirmed", "capacity_left": left}, changes)
""",
}
"""By the tool's name."""
