"""A harbour's types, and hand-made tools whose words say what the inventor seldom does."""

from __future__ import annotations

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["TOOLS", "TYPES", "tool"]

TYPES: list[JsonObject] = [
    {
        "name": "booking",
        "collection": "bookings",
        "id_prefix": "BK-",
        "attributes": [
            {"name": "shipper", "type": "string"},
            {"name": "status", "type": "string", "enum": ["requested", "confirmed", "cancelled"]},
            {"name": "vessel_id", "type": "string", "references": "vessels"},
            {"name": "containers", "type": "integer"},
            {"name": "price", "type": "float"},
            {"name": "hazardous", "type": "boolean"},
            {"name": "tags", "type": "array"},
            {"name": "booked_on", "type": "string", "format": "date"},
        ],
    },
    {
        "name": "vessel",
        "collection": "vessels",
        "id_prefix": "VS-",
        "attributes": [
            {"name": "name", "type": "string"},
            {"name": "eta", "type": "string", "format": "date"},
            {"name": "capacity_left", "type": "integer"},
            {"name": "phase", "type": "string", "enum": ["planned", "docked", "sailing"]},
        ],
    },
    {
        "name": "order",
        "collection": "orders",
        "id_prefix": "OR-",
        "attributes": [
            {"name": "booking_id", "type": "string", "references": "bookings"},
            {"name": "note", "type": "string"},
            {"name": "due_at", "type": "string", "format": "datetime"},
            {"name": "stage", "type": "string", "enum": ["open", "closed"]},
        ],
    },
]


def parameter(description: str, kind: str = "string", *, required: bool = True, **more: Json) -> JsonObject:
    """Return a parameter's schema."""
    return {"type": kind, "required": required, "description": description, **more}


def tool(
    name: str,
    description: str,
    usage: str,
    parameters: dict[str, Json],
    outputs: dict[str, tuple[str, str]],
    writes: tuple[str, ...] = (),
    errors: tuple[str, ...] = (),
) -> JsonObject:
    """Return a tool that may read everything."""
    return {
        "tool_name": name,
        "tool_description": description,
        "usage": usage,
        "parameters": parameters,
        "output_details": {key: {"type": kind, "description": text} for key, (kind, text) in outputs.items()},
        "error_messages": [*errors],
        "effects": {"reads": ["bookings", "vessels", "orders"], "writes": [*writes]},
    }


_BOOKING = parameter("Id of the booking.")
_VESSEL = parameter("Id of the vessel.")
_GONE = ("UnknownBooking: no booking has this id; check it", "UnknownVessel: no vessel has this id; check it")

TOOLS: list[JsonObject] = [
    tool(
        "CancelBooking",
        "Cancels a booking.",
        "Sets the booking's status to cancelled. Also raises the vessel's capacity left by the booking's containers. "
        "A booking whose status is cancelled cannot be cancelled. The vessel's phase must not be sailing.",
        {"booking_id": _BOOKING},
        {
            "booking_id": ("string", "Id of the booking."),
            "status": ("string", "The booking's new status."),
            "capacity_left": ("integer", "The vessel's capacity left."),
        },
        ("bookings", "vessels"),
        (
            *_GONE,
            "BookingClosed: the booking's status is cancelled already",
            "VesselAway: the vessel's phase is sailing",
        ),
    ),
    tool(
        "ChangeBooking",
        "Changes a booking.",
        "At least one of vessel_id, containers and new_price must be given. Only what is given is changed. "
        "If vessel_id is given, the vessel's capacity left must be at least the booking's containers. "
        "new_price must be more than 0.5. vessel_id must differ from the booking's vessel.",
        {
            "booking_id": _BOOKING,
            "vessel_id": parameter("Id of the new vessel.", required=False),
            "containers": parameter("New containers of the booking.", "integer", required=False),
            "new_price": parameter("New price of the booking.", "float", required=False),
        },
        {"booking": ("object", "The booking: booking_id, vessel_id, containers, price, vessel_name.")},
        ("bookings",),
        (*_GONE, "TooFull: the vessel's capacity left is less than the booking's containers", "NothingGiven: give one"),
    ),
    tool(
        "DelayVessel",
        "Delays a vessel.",
        "Postpones the vessel's eta by the days given. days must be at most 5. reason must have at least 3 characters.",
        {
            "vessel_id": _VESSEL,
            "days": parameter("By how many days to postpone.", "integer"),
            "reason": parameter("Reason, in words.", required=False),
        },
        {"vessel_id": ("string", "Id of the vessel."), "eta": ("string", "The vessel's new eta.")},
        ("vessels",),
        _GONE,
    ),
    tool(
        "FindBookings",
        "Lists bookings.",
        "Read-only. Sorted by status, highest first.",
        {
            "vessel_id": parameter("Id of the vessel of the bookings wanted.", required=False),
            "booked_on": parameter("Booked on of the bookings wanted, YYYY-MM-DD.", required=False),
            "tag": parameter("Tags of the bookings wanted.", required=False),
            "hazardous": parameter("Whether the booking is hazardous.", "boolean", required=False),
            "max_price": parameter("Highest price of the bookings wanted.", "float", required=False),
            "limit": parameter("How many bookings to return at most.", "integer", required=False),
        },
        {
            "bookings": ("array", "The bookings found: booking_id, shipper, vessel_name, status."),
            "count": ("integer", "Number of bookings found."),
            "returned": ("integer", "How many bookings are returned."),
        },
    ),
    tool(
        "GetVessel",
        "Shows a vessel with its bookings.",
        "Read-only.",
        {"vessel_id": _VESSEL},
        {"vessel": ("object", "The vessel."), "bookings": ("array", "Bookings of the vessel: booking_id, shipper.")},
    ),
    tool(
        "OpenOrder",
        "Opens an order for a booking.",
        "Creates an order whose stage is open. Also sets the booking's status to confirmed. "
        "The booking's vessel's phase must be docked. due_at must not lie in the past. "
        "Either note or due_at, but not both.",
        {
            "booking_id": _BOOKING,
            "note": parameter("Note of the order, at most 20 characters.", required=False),
            "due_at": parameter("Due moment of the order, YYYY-MM-DDTHH:MM:SS.", required=False),
        },
        {
            "order_id": ("string", "Id of the new order."),
            "stage": ("string", "The order's stage."),
            "note": ("string", "The order's note."),
            "status": ("string", "The booking's status."),
            "sent": ("boolean", "Whether it was sent."),
        },
        ("orders", "bookings"),
        (*_GONE, "NoteTooLong: note has at most 20 characters", "GiveOne: either note or due_at, but not both"),
    ),
    tool(
        "RemoveOrder",
        "Removes an order.",
        "Removes the order for good. Also sets the booking's booked on to today. "
        "Only an order whose stage is closed can be removed.",
        {"order_id": parameter("Id of the order.")},
        {"order_id": ("string", "Id of the order."), "booked_on": ("string", "The booking's booked on.")},
        ("orders", "bookings"),
        ("NoOrder: no order has this id", "StillOpen: only an order whose stage is closed can be removed"),
    ),
    tool(
        "SplitBooking",
        "Registers a booking for the rest of a load.",
        "Creates a booking with status requested. Raises the booking's containers by extra. "
        "Also lowers the vessel's capacity left by extra.",
        {
            "shipper": parameter("Shipper of the booking."),
            "containers": parameter("Containers of the booking.", "integer", required=False),
            "extra": parameter("By how many to raise the containers.", "integer", required=False),
            "vessel_id": parameter("Id of the vessel.", required=False),
        },
        {
            "booking_id": ("string", "Id of the new booking."),
            "containers": ("integer", "The booking's containers."),
            "capacity_left": ("integer", "The vessel's capacity left."),
        },
        ("bookings", "vessels"),
        _GONE,
    ),
    tool(
        "RaisePrice",
        "Raises the price of a booking.",
        "Raises the booking's price by amount. amount must not exceed the booking's price. "
        "If channel is sms, amount must be at most 1. channel and contact must be given together.",
        {
            "booking_id": _BOOKING,
            "amount": parameter("By how much to raise the price.", "float"),
            "channel": parameter("How to tell it.", enum=["email", "sms"], required=False),
            "contact": parameter("Whom to tell.", required=False),
        },
        {"booking_id": ("string", "Id of the booking."), "price": ("float", "Price of the booking.")},
        ("bookings",),
        (*_GONE, "TooMuch: amount exceeds the booking's price", "Together: channel and contact go together"),
    ),
]
