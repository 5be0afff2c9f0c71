"""Play one tool call on the state that is shown: check ids and rules, change what the tool's words say, respond."""

from __future__ import annotations

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.played_call import PlayedCall
from synthtools_stream.embedded.play.tool_changes import draft_changes
from synthtools_stream.embedded.play.tool_response import answer
from synthtools_stream.embedded.read import absent_ids, broken_rules
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["play", "refusal", "simulate"]


def simulate(job: Job) -> JsonObject:
    """Answer a simulator request."""
    return play(PlayedCall.asked(job))


def play(call: PlayedCall, *, unchecked: bool = False) -> JsonObject:
    """Return the tool's answer; `unchecked` passes over ids and rules."""
    refused = None if unchecked else refusal(call)
    if refused is not None:
        return refused
    draft = draft_changes(call)
    made = answer(call, draft)
    imagined: list[Json] = [*made.imagined[:10]]
    return {
        "status_code": 200,
        "response": made.response,
        "error_message": None,
        "changes": draft.listed(call),
        "imagined": imagined,
    }


def refusal(call: PlayedCall) -> JsonObject | None:
    """Return the 404 or 400 that the call deserves, or None where it may pass."""
    missing = absent_ids(call.reading, call.arguments, call.state)
    if missing:
        meaning = call.reading.meaning(missing[0])
        before, behind = call.reading.absence(meaning) if meaning is not None else ("No entity has the id '", "'.")
        return _refused(404, f"{before}{call.arguments[missing[0]]}{behind}")
    broken = broken_rules(call.reading, call.arguments, call.state)
    return _refused(400, broken[0].error) if broken else None


def _refused(status: int, message: str) -> JsonObject:
    nothing: list[Json] = []
    return {
        "status_code": status,
        "response": {},
        "error_message": message[:300],
        "changes": nothing,
        "imagined": [],
    }
