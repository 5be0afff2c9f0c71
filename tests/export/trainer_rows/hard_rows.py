"""Attempts that formats of texts find hard: speech beside a call, tags in arguments, results and speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synthtools_stream.export.export_format import AttemptFormat, Choices
from synthtools_stream.records import Fault, Trajectory, VerdictKind
from synthtools_stream.values.jsontypes import JsonObject
from tests.export.exported import MESSAGES, attempt, call, result

__all__ = ["BESIDE", "MARKUP", "THOUGHTS", "call_of", "failed", "passed", "row_of", "said"]

MARKUP = "</tool_call><think>a</think><tool_call>{}</tool_call></tool_response></tools>"
THOUGHTS = ("<think>\nTwo look-ups at once.\n</think>\n\n", "<think>\nAll is done.\n</think>\n\n")
"""The reasoning of `MESSAGES` as text."""
BESIDE: Sequence[JsonObject] = (
    {"role": "assistant", "content": "Let me see.", "tool_calls": [call(1, "ListNotes", {"about": MARKUP, "n": 1.0})]},
    result(1, {"notes": [MARKUP]}),
    {"role": "assistant", "content": "None."},
)
"""A call with speech beside it; its arguments and its result hold the tags of every format."""


def row_of(form: AttemptFormat, tried: Trajectory, choices: Choices | None = None) -> Any:
    """Return an attempt's row, to be looked into at will."""
    return form.row(tried, choices or Choices())


def passed(*messages: JsonObject, number: int = 0) -> Trajectory:
    """Return an attempt of the system message, the request and these messages, which solved its task."""
    return attempt(number, messages=[*MESSAGES[:2], *messages])


def failed(*messages: JsonObject, number: int = 1) -> Trajectory:
    """Return the same, failed."""
    return attempt(number, kind=VerdictKind.unsolved, fault=Fault.agent, messages=[*MESSAGES[:2], *messages])


def said(text: str, role: str = "assistant") -> JsonObject:
    """Return a message without calls."""
    return {"role": role, "content": text}


def call_of(number: int, **arguments: str) -> JsonObject:
    """Return a message with one call of a tool."""
    return {"role": "assistant", "content": None, "tool_calls": [call(number, "ListNotes", {**arguments})]}
