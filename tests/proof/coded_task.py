"""A proven task of the freight world whose tools are all code: a search, a move, a rule, a list, a notice."""

from __future__ import annotations

from synthtools_stream.proof.certificate import certify
from synthtools_stream.records import Change, Task
from synthtools_stream.roles.evolution_roles import Grounding
from tests.programs.coded_freight import CODED, PROGRAMS
from tests.proof.freight import Spoken, drafted

__all__ = ["coded"]

_TEXT = "Your booking now sails with Castor."
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
        "Move BK-2057 to the first of those.",
        "MoveBooking(booking_id='BK-2057', vessel_id='VS-81')",
        {"booking_id": "BK-2057", "vessel_id": "VS-81"},
        [Change(op="update", collection="bookings", id="BK-2057", attributes={"vessel_id": "VS-81"})],
        [],
        [],
    ),
    (
        "Confirm BK-2057. What is left on the vessel?",
        "ConfirmBooking(booking_id='BK-2057')",
        {"booking_id": "BK-2057", "status": "confirmed", "capacity_left": 36},
        [
            Change(op="update", collection="bookings", id="BK-2057", attributes={"status": "confirmed"}),
            Change(op="update", collection="vessels", id="VS-81", attributes={"capacity_left": 36}),
        ],
        ["/capacity_left"],
        [],
    ),
    (
        "List the bookings that are confirmed. How many match?",
        "ListBookings(status='confirmed', max_results=3)",
        {
            "bookings": [
                {"booking_id": "BK-2041", "shipper": "Alba", "status": "confirmed", "containers": 12},
                {"booking_id": "BK-2057", "shipper": "Nord", "status": "confirmed", "containers": 4},
            ],
            "count": 2,
        },
        [],
        ["/count"],
        [],
    ),
    (
        "Tell the shipper of BK-2057 by email that it now sails with Castor.",
        f"NotifyShipper(booking_id='BK-2057', channel='email', text='{_TEXT}')",
        {"notice_id": "N-1001", "booking_id": "BK-2057"},
        [
            Change(
                op="create",
                collection="notices",
                id="N-1001",
                attributes={"booking_id": "BK-2057", "channel": "email", "text": _TEXT},
            )
        ],
        [],
        [Grounding(argument="/text", kind="text")],
    ),
]


def coded() -> Task:
    """Return the task with its programs and its certificate."""
    task = drafted(
        "freight_spec_001_seq02",
        "Find vessels arriving by 16 March 2026 with room for 12 containers and tell me how many there are; move"
        " BK-2057 to the first of those, confirm it and tell me what is left on the vessel. List the bookings that are"
        " confirmed and how many match. Then tell the shipper of BK-2057 by email that it now sails with Castor.",
        CODED,
        _STEPS,
    )
    task = task.model_copy(update={"meta": task.meta.model_copy(update={"programs": PROGRAMS})})
    return task.model_copy(update={"certificate": certify(task)})
