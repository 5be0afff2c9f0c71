"""Serve a user's request call by call: in JSON actions or native tool calls, from the conversation alone.

The conversation tells how far the attempt is: the calls made since the user last spoke say which step comes next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

import orjson

from synthtools_stream.chat.language_model import Message
from synthtools_stream.embedded.english import base_form, tokens
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.closing_message import closing_message, told_by_slot
from synthtools_stream.embedded.play.corrections import as_meant, courtesy
from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.play.request_steps import halves, split_request
from synthtools_stream.embedded.play.said_values import SaidKind, said_values
from synthtools_stream.embedded.play.solver import Solution, find_call
from synthtools_stream.embedded.play.tool_choice import VERBS
from synthtools_stream.embedded.play.unserved_wishes import asked_back, is_served
from synthtools_stream.embedded.prose import content
from synthtools_stream.embedded.read import read_tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "Attempt",
    "act",
    "asked_attempt",
    "final_action",
    "function_tool",
    "next_action",
    "parted",
    "read_attempt",
]

_LEAST = 1.2
"""Score below which a clause is not taken for a step."""
_TOOLS_FAULT = 500
"""Statuses from which on a call failed for reasons of the tool."""
_TAGGED = re.compile(r"^\s*<(?P<tag>tool_result|user)>(?P<body>.*)</(?P=tag)>\s*$", re.DOTALL)


@dataclass
class Attempt:
    """How far a conversation is."""

    request: str
    """What the user said last."""
    past: list[Past] = field(default_factory=list)
    """All calls so far."""
    since: int = 0
    """How many of them were made since the user last spoke."""
    slots: JsonObject = field(default_factory=dict[str, Json])
    """What the request asks to be told, by name; empty where the names are not told."""

    @property
    def current(self) -> Sequence[Past]:
        """The calls made since the user last spoke."""
        return self.past[len(self.past) - self.since :]

    @property
    def settled(self) -> int:
        """How many steps since then are done with: a call that failed for no fault of its own is made once more."""
        made = self.current
        again = sum(
            one.status >= _TOOLS_FAULT and (place == 0 or made[place - 1].call != one.call)
            for place, one in enumerate(made)
        )
        return len(made) - again


def act(job: Job) -> JsonObject:
    """Answer an `agent_json` request."""
    return next_action(job.objects("tools"), asked_attempt(job), job.text("now"))


def asked_attempt(job: Job) -> Attempt:
    """Read how far the attempt of an `agent_json` request is."""
    return replace(read_attempt(job.text("request"), job.conversation), slots=job.object("slots"))


def next_action(tools: Sequence[JsonObject], attempt: Attempt, now: str, ahead: int = 0) -> JsonObject:
    """Return the next action; `ahead` skips that many steps."""
    if (polite := courtesy(attempt.request)) is not None:
        return {"reasoning": "The user asks for nothing.", "action": "final", "message": polite}
    steps = _served_steps(tools, attempt, now)
    index = attempt.settled + ahead
    if index >= len(steps) or not tools:
        return final_action(tools, attempt, now)
    if (question := asked_back(steps[index])) is not None:
        return {"reasoning": "The user has yet to tell a value of this step.", "action": "final", "message": question}
    found = find_call(tools, steps[index], attempt.past, now)
    return {
        "reasoning": f"Step {index + 1} of {len(steps)} of the request comes next.",
        "action": "call",
        "tool_name": found.tool_name,
        "arguments": found.arguments,
    }


def _served_steps(tools: Sequence[JsonObject], attempt: Attempt, now: str) -> list[str]:
    """Return those of the steps that a tool is for."""
    before = attempt.past[: len(attempt.past) - attempt.since]
    return [step for step in _asked_steps(tools, attempt, now) if is_served(step, tools, before, now)]


def _asked_steps(tools: Sequence[JsonObject], attempt: Attempt, now: str) -> list[str]:
    """Return the steps of what the user said last."""
    before = attempt.past[: len(attempt.past) - attempt.since]
    if before:
        return _steps(attempt.request, tools, before, now)
    return _first_steps(attempt.request, orjson.dumps(tools), now)


@lru_cache(maxsize=128)
def _first_steps(request: str, tools: bytes, now: str) -> list[str]:
    """Return the steps of a first request, which are the same in every turn of the attempt."""
    return _steps(request, orjson.loads(tools), (), now)


def _steps(request: str, tools: Sequence[JsonObject], before: Sequence[Past], now: str) -> list[str]:
    """Return the steps of a request: clauses that are for one and the same tool are one step."""
    steps: list[str] = []
    for step in split_request(request):
        whole = find_call(tools, step, before, now)
        if whole.score < _LEAST and not said_values(step):
            continue
        steps += parted(step, tools, before, now)
    return steps or [request]


def parted(step: str, tools: Sequence[JsonObject], before: Sequence[Past], now: str) -> list[str]:
    """Cut a step in two where each half is for a tool of its own."""
    verbs = VERBS | {base_form(verb) for tool in tools for verb in tokens(str(tool.get("tool_description")))[:1]}
    parts = halves(step, verbs)
    if len(parts) < 2:
        return [step]
    found = [find_call(tools, part, before, now) for part in parts]
    kept, last = [parts[0]], found[0]
    for part, own in zip(parts[1:], found[1:], strict=True):
        if (
            own.tool_name == last.tool_name
            or (own.score < _LEAST and not said_values(part))
            or _names_parameter(part, last, tools)
        ):
            kept[-1] = f"{kept[-1]} and {part}"
        else:
            kept.append(part)
            last = own
    return kept


def _names_parameter(part: str, before: Solution, tools: Sequence[JsonObject]) -> bool:
    """`… and start date 2026-03-16`: the name of a parameter, although it begins like a verb."""
    if any(said.kind is SaidKind.id for said in said_values(part)):
        return False
    opening, first = set(content(part)[:2]), [*tokens(part)[:2]]
    meanings = before.reading.meanings if before.reading is not None else ()
    if any(len(opening) > 1 and opening <= set(content(meaning.description)) for meaning in meanings):
        return True
    described = [item.description for tool in tools for item in read_tool(tool, [], None).meanings]
    if len(first) > 1 and first[1][0].isdigit():  # `… and queue 19 days`
        return any(first[0] in tokens(text) for text in described)
    return len(first) > 1 and any([*pair] == first for text in described for pair in pairwise(tokens(text)))


def final_action(tools: Sequence[JsonObject], attempt: Attempt, now: str) -> JsonObject:
    """Return the action that ends an attempt, with what the calls brought of what was asked for."""
    steps = _served_steps(tools, attempt, now)
    message = closing_message(steps, attempt.current, attempt.slots)
    if len(steps) < len(_asked_steps(tools, attempt, now)):
        message = f"{message} Some of it I could not do: none of my tools is for that."
    told = told_by_slot(steps, attempt.current, attempt.slots)
    answers: JsonObject = {slot: found.value for slot, found in told.items()}
    final: JsonObject = {"reasoning": "Every step of the request was served.", "action": "final", "message": message}
    return {**final, "answers": answers} if answers else final


def read_attempt(request: str, conversation: Sequence[Message]) -> Attempt:
    """Read the calls and the user's words from the messages after the opening one."""
    attempt = Attempt(as_meant(request, ""))
    waiting: list[str] = []
    opened = False
    for message in conversation:
        content = message.content or ""
        if message.role == "assistant":
            waiting += [_call_text(call.name, call.arguments) for call in message.tool_calls]
            waiting += _called_in_json(content) if not message.tool_calls else []
        elif message.role == "tool" and waiting:
            _add_result(attempt, waiting.pop(0), content)
        elif message.role == "user" and opened:
            _hear(attempt, waiting, content)
        opened = opened or message.role == "user"
    return attempt


def _hear(attempt: Attempt, waiting: list[str], content: str) -> None:
    found = _TAGGED.match(content)
    if found is not None and found["tag"] == "tool_result":
        if waiting:
            _add_result(attempt, waiting.pop(0), found["body"])
        return
    if "<problem>" in content:
        waiting.clear()
        return
    said = _loaded(found["body"]) if found is not None else content
    attempt.request = as_meant(said if isinstance(said, str) else content, attempt.request)
    attempt.since = 0
    waiting.clear()


def _add_result(attempt: Attempt, call: str, body: str) -> None:
    result = _loaded(body)
    told = result if isinstance(result, dict) else {}
    status, response = told.get("status_code"), told.get("response")
    attempt.past.append(
        Past(
            attempt.request,
            call,
            status if isinstance(status, int) else 200,
            response if isinstance(response, dict) else {},
            str(told.get("error_message") or ""),
        )
    )
    attempt.since += 1


def _loaded(text: str) -> Json:
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value


def _called_in_json(content: str) -> list[str]:
    action = _loaded(content)
    if not isinstance(action, dict) or action.get("action") != "call":
        return []
    return [_call_text(str(action.get("tool_name")), orjson.dumps(action.get("arguments") or {}).decode())]


def _call_text(name: str, arguments: str) -> str:
    """Write a call with its values quoted, as the dialogue of a solver shows it."""
    given = _loaded(arguments)
    inner = ", ".join(f"{key}={value!r}" for key, value in given.items()) if isinstance(given, dict) else ""
    return f"{name}({inner})"


def function_tool(function: JsonObject) -> JsonObject:
    """Return an OpenAI function definition as a tool; the usage stands after the first line of its description."""
    inner = function.get("function")
    spec = inner if isinstance(inner, dict) else function
    described = str(spec.get("description") or "")
    first, _, usage = described.partition("\n")
    schema = spec.get("parameters")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    required = schema.get("required") if isinstance(schema, dict) else None
    wanted = required if isinstance(required, list) else []
    parameters: JsonObject = {}
    for name, value in (properties if isinstance(properties, dict) else {}).items():
        if isinstance(value, dict):
            kind = "float" if value.get("type") == "number" else value.get("type")
            parameters[name] = {**value, "type": kind, "required": name in wanted}
    return {
        "tool_name": str(spec.get("name") or ""),
        "tool_description": first,
        "parameters": parameters,
        "usage": usage,
        "error_messages": [],
        "output_details": {},
    }
