"""Dialogue: a task's goals as the turns of a conversation, and what the user does in them besides asking."""

from __future__ import annotations

from enum import StrEnum
from operator import not_

from pydantic import Field

from synthtools_stream.records.record import Record

__all__ = ["ActKind", "DialogueAct", "DialogueTurn"]


class ActKind(StrEnum):
    """What a user does in a turn besides asking for what it is about."""

    held_back = "held_back"
    """Leaves a value out, and tells it when asked."""
    corrected = "corrected"
    """Says a wrong value first, and puts it right in the same breath."""
    together = "together"
    """Says the next turn, too, which does not rest on this one."""
    chat = "chat"
    """Says something first that asks for nothing."""


class DialogueAct(Record):
    """The words of an act, in the order in which they are said."""

    kind: ActKind
    pointer: str = Field(default="", exclude_if=not_)
    """Into the arguments of the step: what is held back, or said wrongly first."""
    opening: str
    """What the user says instead of the turn; of `chat`, before it."""
    first: str = Field(default="", exclude_if=not_)
    """`corrected`: the wrong words that stand in `opening`."""
    reply: str = Field(default="", exclude_if=not_)
    """What the assistant says to that: `held_back`, the question for the value; `chat`, a courtesy."""
    reveal: str = Field(default="", exclude_if=not_)
    """What the user says then: `held_back`, the value; `corrected`, with the opening, what is right."""


class DialogueTurn(Record):
    """One planned goal of the conversation and the user turn that came of it."""

    step: int
    goal: str
    turn: str
    act: DialogueAct | None = Field(default=None, exclude_if=not_)
    """None: the turn is said as it is, by itself or with the one before."""
