"""A second reading: the simulator plays a call on its own, and what it says is held against the program's answer.

Two that read the same words and come to the same have read them right, as far as anybody can tell. Where they differ,
the referee sees both answers, not knowing whose is whose, and says which follow the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import UnusableReply
from synthtools_stream.records import EntityType, State, ToolDraft
from synthtools_stream.roles.program_roles import REFEREE, RefereeInput
from synthtools_stream.roles.simulator_role import ToolRequest
from synthtools_stream.simulator.shown_world import shown_state, shown_types
from synthtools_stream.simulator.tool_runtime import Served, Simulator
from synthtools_stream.toolcalls import Call, format_call
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_json

__all__ = ["Reading", "ReadingKind", "second_reading"]


class ReadingKind(StrEnum):
    """What a second reading comes to."""

    agreed = "agreed"
    """Both said the same."""
    upheld = "upheld"
    """They differed, and the program's answer follows the words."""
    contradicted = "contradicted"
    """They differed, and the program's answer does not."""
    unread = "unread"
    """No second answer, or no word of the referee's, could be had."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One call read twice."""

    call: Call
    kind: ReadingKind
    problem: str = ""
    """What the programmer is told of a contradicted answer."""

    def to_json(self) -> JsonObject:
        """Return the reading as it stands in a tool's row."""
        return {"call": format_call(self.call), "result": self.kind.value}


async def second_reading(
    item: ToolDraft, world: State, call: Call, answered: Served, key: str, seed: int, context: Context
) -> Reading:
    """Let the simulator play `call` in `world`, and settle what differs from the program's answer.

    `key` tells this call's requests apart; the order in which the referee sees the answers follows from `seed`.

    :raises TransportError: when a model cannot be reached.
    """
    types = item.setting.entity_types
    simulator = Simulator({item.tool.tool_name: item.tool}, types, world, context, owner=f"{item.id}/{key}")
    try:
        second = await simulator.call(call)
    except UnusableReply:
        return Reading(call, ReadingKind.unread)
    if _same(answered, second, call, item.tool.error_messages, types):
        return Reading(call, ReadingKind.agreed)
    swapped = bool(blake2b(f"{seed}|{item.id}|{key}".encode(), digest_size=1).digest()[0] & 1)
    first, other = (second, answered) if swapped else (answered, second)
    asked = RefereeInput(
        entity_types=shown_types(item.tool, types),
        tool=item.tool,
        state=shown_state(item.tool, world, types),
        call=ToolRequest(tool_name=call.name, arguments=call.arguments),
        first=_told(first),
        second=_told(other),
    )
    try:
        reply = await context.ask(REFEREE, asked, key=key)
    except UnusableReply:
        return Reading(call, ReadingKind.unread)
    if reply.follows in ("both", "second" if swapped else "first"):
        return Reading(call, ReadingKind.upheld)
    problem = (
        f"{format_call(call)} is answered {_shown(answered)}; played by hand it is {_shown(second)}. "
        f"A referee who saw both: {reply.reasoning}"
    )
    return Reading(call, ReadingKind.contradicted, problem)


_MAX_SHOWN = 700
"""Characters of an answer that the programmer is shown: a list of some entities, and what differs in it."""


def _shown(served: Served) -> str:
    return canonical_json(_told(served)).decode()[:_MAX_SHOWN]


def _told(served: Served) -> JsonObject:
    """Return an answer as the referee sees it, whoever gave it."""
    return {**served.body, "changes": [change.to_json() for change in served.changes]}


def _same(one: Served, two: Served, call: Call, errors: Sequence[str], types: Sequence[EntityType]) -> bool:
    """Say whether two answers are one: of refusals the status and the rule, of successes all but free wording."""
    if one.status_code != two.status_code:
        return False
    if not one.ok:
        names = [error.partition(":")[0] for error in errors]
        rules = [_rule(served.error_message or "", names) for served in (one, two)]
        return "" in rules or rules[0] == rules[1]
    free = {attribute.name for kind in types for attribute in kind.attributes if attribute.volatile}
    given = [value for value in call.arguments.values() if isinstance(value, str)]
    told, changed = zip(*(_compared(served, free, given) for served in (one, two)), strict=True)
    return same_json(*told) and changed[0] == changed[1]


def _compared(served: Served, free: set[str], given: Sequence[str]) -> tuple[Json, set[bytes]]:
    """Return what is compared of a success: its response, and what it changes, in no order."""
    changed = [
        canonical_json({**change.to_json(), "attributes": _plain(dict(change.attributes), free, given)})
        for change in served.changes
    ]
    return _plain(served.response, free, given), set(changed)


def _rule(message: str, names: Iterable[str]) -> str:
    return next((name for name in names if name and message.startswith(name)), "")


def _plain(value: Json, free: set[str], given: Sequence[str]) -> Json:
    """Return a value, however deep, with all free wording alike; null is none, nor is what the call itself gave."""
    if isinstance(value, dict):
        return {
            key: "in other words"
            if key in free and item is not None and item not in given
            else _plain(item, free, given)
            for key, item in value.items()
        }
    return [_plain(item, free, given) for item in value] if isinstance(value, list) else value
