"""Pairs of a passed and a failed attempt at one task, cut where they first differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import Conversation, Said, conversation_of
from synthtools_stream.export.corpus import TaskGroup
from synthtools_stream.export.export_format import Choices, LeftOut
from synthtools_stream.export.selection import Only, outcome
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Pair", "pairs_of"]


@dataclass(frozen=True)
class Pair:
    """What both attempts begin with, and how either goes on."""

    prompt: tuple[Said, ...]
    """Ends before a message of the agent."""
    chosen: tuple[Said, ...]
    """The rest of the attempt that passed."""
    rejected: tuple[Said, ...]
    tools: tuple[JsonObject, ...]


def pairs_of(group: TaskGroup, choices: Choices) -> Iterator[Pair | LeftOut]:
    """Pair each failed attempt with the passed one that goes with it for longest; of equal pairs, the first.

    Where a task has but one outcome, or a pair no difference that the agent made, that is told instead.
    """
    passed: list[Conversation] = []
    failed: list[tuple[str, Conversation]] = []
    for attempt in group.attempts:
        found = outcome(attempt)
        if found is None:
            continue
        try:
            told = conversation_of(attempt, choices)
        except Rejection as rejection:
            yield LeftOut(attempt.id, rejection.reason, rejection.detail)
            continue
        if found is Only.passed:
            passed.append(told)
        else:
            failed.append((attempt.id, told))
    if not passed or not failed:
        yield LeftOut(group.task_id, "one_outcome", f"{len(passed)} attempts passed, {len(failed)} failed")
        return
    yield from _pairs(passed, failed)


def _pairs(passed: Sequence[Conversation], failed: Sequence[tuple[str, Conversation]]) -> Iterator[Pair | LeftOut]:
    made: list[Pair] = []
    for attempt_id, bad in failed:
        good = max(passed, key=lambda told: _common(told, bad))  # the first of equals
        try:
            pair = _cut(good, bad)
        except Rejection as rejection:
            yield LeftOut(attempt_id, rejection.reason, rejection.detail)
            continue
        if pair not in made:
            made.append(pair)
            yield pair


def _cut(good: Conversation, bad: Conversation) -> Pair:
    if good.tools != bad.tools:
        raise Rejection("other_tools", "the attempts that passed were offered other tools")
    length = _common(good, bad)
    chosen, rejected = good.messages[length:], bad.messages[length:]
    if not chosen or not rejected:
        raise Rejection("no_difference", "one attempt is how the other begins")
    if chosen[0].speaker != "assistant" or rejected[0].speaker != "assistant":
        raise Rejection("not_the_agents", f"the attempts first differ in a message of the {rejected[0].speaker}")
    return Pair(good.messages[:length], chosen, rejected, good.tools)


def _common(one: Conversation, other: Conversation) -> int:
    """Return how many messages two conversations begin with alike; 0 where their agents had other tools."""
    if one.tools != other.tools:
        return 0
    both = zip(one.messages, other.messages, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))
