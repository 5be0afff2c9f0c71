"""A hand-made world of visits: two tools that change one, and what look-ups told of two of them."""

from __future__ import annotations

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["LOWER", "OTHER", "SHOWN", "STATE", "UPDATE"]

VISIT: JsonObject = {"visit": "Spring tour", "visit_date": "2026-03-10", "fee": 120.0, "seats": 40}
STATE: JsonObject = {"visits": {"VI-1002": VISIT, "VI-1003": {**VISIT, "fee": 300.0}}}
UPDATE: JsonObject = {
    "tool_name": "UpdateVisit",
    "tool_description": "Update a visit: its visit date, fee and seats.",
    "parameters": {
        "visit_id": {"type": "string", "required": True, "description": "Id of the visit."},
        "visit_date": {"type": "string", "format": "date", "description": "The visit's new visit date, YYYY-MM-DD."},
        "fee": {"type": "float", "description": "The visit's new fee, in EUR.", "minimum": 0},
        "seats": {"type": "integer", "description": "The visit's new seats.", "minimum": 0},
    },
    "usage": "Changes only what is given.",
    "error_messages": [],
    "output_details": {"visit_id": {"type": "string", "description": "Id of the visit."}},
    "effects": {"reads": ["visits"], "writes": ["visits"]},
}
LOWER: JsonObject = {
    **UPDATE,
    "tool_name": "LowerFee",
    "tool_description": "Lower the fee of a visit.",
    "parameters": {
        "visit_id": {"type": "string", "required": True, "description": "Id of the visit."},
        "amount": {"type": "float", "required": True, "description": "By how much to lower the fee, in EUR."},
    },
    "usage": "Lowers the visit's fee by that amount.",
}
SHOWN: JsonObject = {
    "user": "Show visit VI-1002 and tell me its fee.",
    "call": "ShowVisit(visit_id='VI-1002')",
    "status_code": 200,
    "response": {"visit": {"visit_id": "VI-1002", **VISIT}},
}
OTHER: JsonObject = {
    "user": "Show visit VI-1003.",
    "call": "ShowVisit(visit_id='VI-1003')",
    "status_code": 200,
    "response": {"visit": {"visit_id": "VI-1003", **VISIT, "fee": 300.0}},
}
