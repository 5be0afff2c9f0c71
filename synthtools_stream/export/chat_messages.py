"""An attempt as formats see it: who said what, which tools were called, and what they answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, get_args

import orjson

from synthtools_stream.errors import Rejection
from synthtools_stream.export.export_format import Choices, ReasoningPlace, SystemText
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["Call", "Conversation", "Said", "conversation_of", "turns_of"]

Speaker = Literal["system", "user", "assistant", "tool"]
_SPEAKERS: dict[str, Speaker] = {speaker: speaker for speaker in get_args(Speaker)}
_NOW = re.compile(r"<now>(.*?)</now>", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """One tool call of a message."""

    id: str
    name: str
    arguments: JsonObject

    @property
    def arguments_text(self) -> str:
        """The arguments as JSON text, as OpenAI's API has them."""
        return orjson.dumps(self.arguments).decode()


@dataclass(frozen=True)
class Said:
    """One message."""

    speaker: Speaker
    content: str | None
    """None where there are calls only."""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    """In parallel, where there are several."""
    call_id: str = ""
    """Of a tool's message: the call that it answers."""
    tool: str = ""
    """Of a tool's message: the tool's name."""


@dataclass(frozen=True)
class Conversation:
    """The messages of an attempt and the tools that its agent was offered."""

    messages: tuple[Said, ...]
    tools: tuple[JsonObject, ...]
    """OpenAI function definitions."""

    @property
    def system(self) -> str:
        """The system message's text; empty where there is none."""
        first = self.messages[0] if self.messages else None
        return first.content or "" if first is not None and first.speaker == "system" else ""

    def without_system(self) -> Conversation:
        """Return the same without its system message, for formats that have a place of its own for it."""
        return replace(self, messages=tuple(said for said in self.messages if said.speaker != "system"))

    def serial(self) -> Conversation:
        """Return the same with one call a message, each followed by its result: for readers that know no others."""
        return replace(self, messages=tuple(_serial(self.messages)))


def conversation_of(attempt: Trajectory, choices: Choices) -> Conversation:
    """Read an attempt's messages.

    :raises Rejection: when it cannot be told in messages: nothing was said, or a call's arguments are no object.
    """
    names: dict[str, str] = {}
    messages = [_placed(_said(message, names), choices.reasoning) for message in attempt.messages]
    told = tuple(_with_system(messages, choices.system))
    if not any(said.speaker == "assistant" for said in told):
        raise Rejection("nothing_said", "the agent said nothing")
    return Conversation(told, tuple(attempt.tools))


def turns_of(messages: Iterable[Said]) -> Iterator[list[Said]]:
    """Yield messages by turns: results that stand together are one, in their calls' order; all else stands alone."""
    places: dict[str, int] = {}
    for is_result, together in groupby(messages, lambda said: said.speaker == "tool"):
        if is_result:
            yield sorted(together, key=lambda said: places.get(said.call_id, 0))
            continue
        for said in together:
            places.update((call.id, place) for place, call in enumerate(said.calls))
            yield [said]


def _said(message: JsonObject, names: dict[str, str]) -> Said:
    content = message.get("content")
    calls = tuple(_call(call) for call in _objects(message.get("tool_calls")))
    names.update((call.id, call.name) for call in calls)
    call_id = str(message.get("tool_call_id") or "")
    return Said(
        _speaker(message.get("role")),
        content if isinstance(content, str) else None,
        str(message.get("reasoning") or ""),
        calls,
        call_id,
        names.get(call_id, ""),
    )


def _speaker(role: Json) -> Speaker:
    speaker = _SPEAKERS.get(role) if isinstance(role, str) else None
    if speaker is None:
        raise Rejection("unknown_role", f"a message has the role {role!r}")
    return speaker


def _objects(value: Json) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _call(call: JsonObject) -> Call:
    function = object_at(call, "function")
    name, arguments = str(function.get("name")), function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments)
        except orjson.JSONDecodeError as error:
            raise Rejection("no_arguments", f"the arguments of a call of {name} are no JSON") from error
    if not isinstance(arguments, dict):
        raise Rejection("no_arguments", f"the arguments of a call of {name} are no object")
    return Call(str(call.get("id")), name, arguments)


def _placed(said: Said, place: ReasoningPlace) -> Said:
    if place == "keep" or not said.reasoning:
        return said
    if place == "drop":
        return replace(said, reasoning="")
    if "</think>" in said.reasoning:
        raise Rejection("markup_in_text", "the reasoning holds </think>, which ends it")
    return replace(said, reasoning="", content=f"<think>\n{said.reasoning}\n</think>\n\n{said.content or ''}")


def _with_system(messages: Sequence[Said], text: SystemText) -> Iterator[Said]:
    for said in messages:
        if said.speaker != "system" or text == "keep":
            yield said
        elif text == "now" and (now := _NOW.search(said.content or "")):
            yield replace(said, content=f"The time is {now[1].strip()}.")


def _serial(messages: Sequence[Said]) -> Iterator[Said]:
    results = {said.call_id: said for said in messages if said.speaker == "tool"}
    told: set[str] = set()
    for said in messages:
        if len(said.calls) < 2:
            if said.speaker != "tool" or said.call_id not in told:
                yield said
            continue
        for number, call in enumerate(said.calls):
            first = number == 0
            yield replace(
                said, calls=(call,), content=said.content if first else None, reasoning=said.reasoning if first else ""
            )
            if call.id in results:
                yield results[call.id]
                told.add(call.id)
