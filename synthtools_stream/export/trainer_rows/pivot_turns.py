"""The turns on which it hung whether a task was solved, found among several attempts at it.

Attempts that made the same calls, were answered the same and were told the same by the user stand in the same place of
the same world. Of those, outcomes are 1 (solved) and 0. Their variance at a place, p(1 - p), is the sum of two parts:
what lies between the actions taken there, and what lies within, decided later. A turn is a pivot where the first part
is more than 0: attempts that acted differently there fared differently. Where all acted alike, nothing hung on it.

An action is a call, whatever was said beside it, with arguments that are the same JSON; or a message, whatever it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from synthtools_stream.export.chat_messages import Conversation, Said
from synthtools_stream.values.jsontypes import Json, canonical_json

__all__ = ["Pivot", "Tried", "pivot_turns"]

_DIGEST_BYTES = 16
"""Of what was done and answered so far."""


@dataclass(frozen=True)
class Tried:
    """An attempt that says something of the agent."""

    id: str
    conversation: Conversation
    """One call a message."""
    solved: bool


@dataclass(frozen=True)
class Pivot:
    """A turn, with what to do there: the action of those that fared best, as one of them took it."""

    tried: Tried
    at: int
    """Index of its message."""
    turn: int
    """Turns of the agent before it."""
    attempts: int
    """That came to this place."""
    solved: int
    variance: float
    """Of their outcomes, 0 to 0.25."""
    between: float
    """The part of it that lies between actions."""


@dataclass(frozen=True)
class _Choice:
    """What one attempt did at a place."""

    tried: Tried
    at: int
    turn: int
    action: bytes


def pivot_turns(attempts: Sequence[Tried]) -> Iterator[Pivot]:
    """Yield the pivots of a task in the order in which the attempts came to them."""
    places: dict[bytes, list[_Choice]] = defaultdict(list)
    for tried in attempts:
        for place, choice in _choices(tried):
            places[place].append(choice)
    for choices in places.values():
        pivot = _pivot(choices)
        if pivot is not None:
            yield pivot


def _choices(tried: Tried) -> Iterator[tuple[bytes, _Choice]]:
    place, turn = b"", 0
    for at, said in enumerate(tried.conversation.messages):
        if said.speaker == "assistant":
            yield place, _Choice(tried, at, turn, _action(said))
            turn += 1
        if said.speaker != "system":
            place = blake2b(place + canonical_json(_what_counts(said)), digest_size=_DIGEST_BYTES).digest()


def _action(said: Said) -> bytes:
    return canonical_json([[call.name, call.arguments] for call in said.calls])


def _what_counts(said: Said) -> Json:
    """Return what of a message makes the place after it: not its wording where it calls a tool, and no ids."""
    calls: list[Json] = [[call.name, call.arguments] for call in said.calls]
    return [said.speaker, None if calls else said.content, calls]


def _pivot(choices: Sequence[_Choice]) -> Pivot | None:
    by_action: dict[bytes, list[_Choice]] = defaultdict(list)
    for choice in choices:
        by_action[choice.action].append(choice)
    overall = _share(choices)
    between = sum(len(same) * (_share(same) - overall) ** 2 for same in by_action.values()) / len(choices)
    if not between:
        return None
    best = min(by_action.values(), key=lambda same: (-_share(same), -len(same), same[0].action))
    shown = next(choice for choice in best if choice.tried.solved)
    solved = sum(choice.tried.solved for choice in choices)
    return Pivot(shown.tried, shown.at, shown.turn, len(choices), solved, overall * (1 - overall), between)


def _share(choices: Sequence[_Choice]) -> float:
    return sum(choice.tried.solved for choice in choices) / len(choices)
