"""What was said in an attempt, message by message, each call with its result and what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import orjson

from synthtools_stream.records.task import Task
from synthtools_stream.records.trajectory import ToolTurn, Trajectory
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.addresses import message_anchor, step_anchor
from synthtools_stream.view.pages.call_view import CallView, call_view
from synthtools_stream.view.pages.state_diff import EntityDiff, Tape

__all__ = ["MessageView", "PlayedCall", "conversation", "played_calls", "true_calls", "understood_calls"]


_LEVELS = 100
"""Containers one inside the other: far beyond honest arguments and results, well within Python's recursion."""


@dataclass(frozen=True)
class PlayedCall:
    """One call of the agent: as it was said, as it was understood, and what came of it."""

    index: int
    """Among all calls of the attempt, from 0."""
    anchor: str
    name: str
    said: Json
    """The arguments as the message has them: an object, or a text that is none."""
    understood: CallView | None
    """Where that differs from what was said, or nothing was said in a message."""
    result: Json
    """What the agent was told: JSON where it is, else text."""
    status_code: int | None
    turn: ToolTurn | None
    """None: the runtime has no word of it."""
    diff: Sequence[EntityDiff] = ()


@dataclass(frozen=True)
class MessageView:
    """One message, and the calls that it makes."""

    index: int
    anchor: str
    role: str
    content: str
    reasoning: str
    calls: Sequence[PlayedCall]


def conversation(attempt: Trajectory, initial: JsonObject | None) -> list[MessageView]:
    """Return the messages of an attempt; results of calls stand beside the calls, and nothing is left out."""
    return list(_messages(attempt, initial))


def played_calls(attempt: Trajectory, initial: JsonObject | None = None) -> list[PlayedCall]:
    """Return the calls of an attempt, in order."""
    return list(chain.from_iterable(message.calls for message in _messages(attempt, initial)))


def understood_calls(messages: Sequence[MessageView]) -> list[PlayedCall]:
    """Return the calls of some messages as the runtime understood them: under the row's names, defaults filled in."""
    return [_understood(call) for message in messages for call in message.calls]


def _understood(call: PlayedCall) -> PlayedCall:
    meant = call.understood
    if meant is None or meant.arguments is None:
        return call
    return replace(call, name=meant.name, said={part.name: part.value for part in meant.arguments}, understood=None)


def true_calls(task: Task) -> list[PlayedCall]:
    """Return the calls of a task's ground truth in the form of those that an attempt made."""
    names, tape = [tool.tool_name for tool in task.tools], Tape(task.initial_state)
    calls: list[PlayedCall] = []
    for index, step in enumerate(task.steps):
        call = call_view(step.call, step_anchor(index), names)
        said: Json = step.call if call.arguments is None else {part.name: part.value for part in call.arguments}
        diff = tape.after(step.changes)
        place = step_anchor(index)
        calls.append(PlayedCall(index, place, call.name, said, None, step.response, step.status_code, None, diff))
    return calls


def _messages(attempt: Trajectory, initial: JsonObject | None) -> Iterator[MessageView]:
    results = _results(attempt.messages)
    names = [name for name in map(_offered_name, attempt.tools) if name]
    turns, tape, made = iter(attempt.turns), Tape(initial), 0
    shown: set[str] = set()
    for index, message in enumerate(attempt.messages):
        role, wishes = _text(message.get("role")), _calls(message)
        if role == "tool" and _text(message.get("tool_call_id")) in shown:
            continue
        calls: list[PlayedCall] = []
        for wish in wishes:
            call_id = _text(wish.get("id"))
            calls.append(_played(made, wish, results.get(call_id), next(turns, None), tape, names))
            shown.add(call_id)
            made += 1
        content, reasoning = _text(message.get("content")), _text(message.get("reasoning"))
        yield MessageView(index, message_anchor(index), role, content, reasoning, calls)
    rest = [_played(number, None, None, turn, tape, names) for number, turn in enumerate(turns, made)]
    if rest:
        index = len(attempt.messages)
        yield MessageView(index, message_anchor(index), "assistant", "", "", rest)


def _results(messages: Sequence[JsonObject]) -> dict[str, str]:
    """Return what was answered, by the call's id."""
    told = (message for message in messages if message.get("role") == "tool")
    return {_text(message.get("tool_call_id")): _text(message.get("content")) for message in told}


def _played(
    index: int, wish: JsonObject | None, result: str | None, turn: ToolTurn | None, tape: Tape, names: Sequence[str]
) -> PlayedCall:
    function = {} if wish is None else wish.get("function")
    name = _text(function.get("name")) if isinstance(function, dict) else ""
    said = _read(_text(function.get("arguments"))) if isinstance(function, dict) and wish is not None else None
    understood = None if turn is None else call_view(turn.call, step_anchor(index), [name, *names])
    if understood is not None and wish is not None and not _differs(understood, name, said):
        understood = None
    seen = _read(result) if result is not None else (turn.response if turn is not None else None)
    return PlayedCall(
        index=index,
        anchor=step_anchor(index),
        name=name or (understood.name if understood is not None else ""),
        said=said,
        understood=understood,
        result=_without_status(seen, turn),
        status_code=turn.status_code if turn is not None else None,
        turn=turn,
        diff=tape.after(turn.changes) if turn is not None else (),
    )


def _differs(understood: CallView, name: str, said: Json) -> bool:
    if understood.arguments is None:
        return True
    return understood.name != name or {part.name: part.value for part in understood.arguments} != said


def _without_status(seen: Json, turn: ToolTurn | None) -> Json:
    """Return what was answered without the status beside it, which is shown as a mark."""
    if turn is None or not isinstance(seen, dict) or seen.get("status_code") != turn.status_code:
        return seen
    return seen["response"] if seen.keys() == {"status_code", "response"} else _without(seen, "status_code")


def _without(value: Mapping[str, Json], key: str) -> JsonObject:
    return {name: item for name, item in value.items() if name != key}


def _calls(message: JsonObject) -> list[JsonObject]:
    found = message.get("tool_calls")
    return [call for call in found if isinstance(call, dict)] if isinstance(found, list) else []


def _offered_name(tool: JsonObject) -> str:
    function = tool.get("function")
    return _text(function.get("name")) if isinstance(function, dict) else ""


def _text(value: Json) -> str:
    """Return a message's text: as it is, or of a list of parts as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except TypeError:  # nested deeper than orjson writes
        return "nested too deep to be shown: see the row as JSON"


def _read(text: str) -> Json:
    """Return a text as the JSON that it is; where it is none, or nested deeper than anything is compared, as it is."""
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return text if deeper_than(value, _LEVELS) else value
