"""The agent under test, in two modes: one JSON action a turn, or OpenAI tool calls.

Either keeps two accounts of the conversation: the chat messages that the model is sent, and the OpenAI messages of the
trajectory's row, which have the same form in both modes. They begin with the system message that the agent was given,
at its end the time; what the agent thought stands apart from what it said. Tool-call ids in rows are ours, so that they
do not depend on the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import orjson

from stages.rollout.spoken_calls import spoken_calls
from stages.rollout.transcript import Transcript, Wish
from synthtools_stream.asking.prompt_templates import json_text
from synthtools_stream.chat.language_model import ChatReply, Message, ToolCall
from synthtools_stream.chat.thoughts import split_speech
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.records import StopReason, Tool
from synthtools_stream.roles.rollout_roles import (
    AGENT_JSON,
    AGENT_NATIVE,
    AgentAction,
    AgentJsonInput,
    AgentNativeInput,
)
from synthtools_stream.toolcalls import WireNames, openai_function
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Action", "Agent", "JsonAgent", "NativeAgent"]

_WHOLE = ("stop", "tool_calls")
"""Endings of what a model had to say; a server that cannot read its calls may yet tell them by this."""
_ENDINGS = {"length": StopReason.cut, "content_filter": StopReason.filtered}


class _Said(NamedTuple):
    """A message and the thought apart from it."""

    text: str
    thought: str


@dataclass(frozen=True)
class Action:
    """What the agent does next: calls, a closing message, or neither, and then `stop` says why."""

    wishes: tuple[Wish, ...] = ()
    message: str | None = None
    answers: JsonObject | None = None
    """What it tells by slot, beside the message."""
    stop: StopReason | None = None


class Agent(Protocol):
    """One agent in one conversation."""

    @property
    def transcript(self) -> list[JsonObject]:
        """The conversation as OpenAI messages."""
        ...

    async def act(self, key: str) -> Action:
        """Ask for the next action.

        :raises UnusableReply: when the last repair is unusable, too.
        :raises Rejection: "context_overflow" when the conversation has become too long.
        :raises TransportError: when the model cannot be reached.
        """
        ...

    def hear_results(self, results: Sequence[JsonObject]) -> None:
        """Tell the agent what its last calls were answered, in order."""
        ...

    def hear_user(self, text: str) -> None:
        """Tell the agent what the user says next."""
        ...


class JsonAgent:
    """One JSON action a turn; works with any chat model."""

    def __init__(
        self, context: Context, tools: Sequence[Tool], now: str | None, request: str, slots: JsonObject
    ) -> None:
        """Open the conversation with `request`, which asks for what `slots` name."""
        self._context = context
        self._names = WireNames(tool.tool_name for tool in tools)
        offered = [_offered(tool, self._names) for tool in tools]
        self._opening = AgentJsonInput(tools=offered, now=now, request=request, slots=slots)
        self._conversation: list[Message] = []
        self._transcript = Transcript(context.system(AGENT_JSON), now, request, self._names, slots)

    @property
    def transcript(self) -> list[JsonObject]:
        """The conversation as OpenAI messages."""
        return self._transcript.messages

    async def act(self, key: str) -> Action:
        """Ask for one action."""
        action, beside = await self._context.answer(
            AGENT_JSON, self._opening, key=key, conversation=self._conversation, check=_check_action
        )
        thought = _joined(beside, action.reasoning)
        self._conversation.append(Message("assistant", json_text(action.to_json())))
        if action.action == "final":
            written, message = split_speech(action.message or "")
            self._transcript.say("assistant", message, _joined(thought, written))
            return Action(message=message, answers=action.answers)
        wish = Wish(self._names.own(action.tool_name or ""), action.arguments or {})
        self._transcript.calls([wish], None, thought)
        return Action(wishes=(wish,))

    def hear_results(self, results: Sequence[JsonObject]) -> None:
        """Add the result of the one call."""
        self._transcript.results(results)
        for result in results:
            self._conversation.append(Message("user", f"<tool_result>{json_text(result)}</tool_result>"))

    def hear_user(self, text: str) -> None:
        """Add what the user says."""
        self._transcript.say("user", text)
        self._conversation.append(Message("user", f"<user>{json_text(text)}</user>"))


class NativeAgent:
    """OpenAI tool calls, several at once if the model likes; needs a server that parses them."""

    def __init__(self, context: Context, tools: Sequence[Tool], now: str | None, request: str) -> None:
        """Open the conversation with `request`."""
        self._context = context
        self._opening = AgentNativeInput(now=now, request=request)
        self._names = WireNames(tool.tool_name for tool in tools)
        self._tools = [openai_function(tool, self._names) for tool in tools]
        self._speakable = {name for tool in tools for name in (tool.tool_name, self._names.on_wire(tool.tool_name))}
        self._conversation: list[Message] = []
        self._transcript = Transcript(context.system(AGENT_NATIVE), now, request, self._names)
        self._open: tuple[ToolCall, ...] = ()

    @property
    def transcript(self) -> list[JsonObject]:
        """The conversation as OpenAI messages."""
        return self._transcript.messages

    async def act(self, key: str) -> Action:
        """Ask for one chat turn."""
        reply, said = await self._ask(key)
        if not reply.tool_calls and (reply.finish_reason == "length" or not said.text):
            # A draw of its own: what was cut, or came to nothing, once is now and then whole the next time.
            reply, said = await self._ask(f"{key}.again")
        if reply.tool_calls:
            wishes = tuple(_wish(call, self._names) for call in reply.tool_calls)
            return self._call(wishes, said, said.text or None)
        spoken = spoken_calls(said.text, self._speakable)
        if spoken and len(spoken) == 1 and spoken[0].name in self._speakable and reply.finish_reason in _WHOLE:
            return self._call((Wish(self._names.own(spoken[0].name), spoken[0].arguments),), said, None)
        self._transcript.say("assistant", said.text, said.thought)
        stop = _ENDINGS.get(reply.finish_reason)
        if stop is None and spoken is not None:
            stop = StopReason.call_as_text
        if stop is None and not said.text:
            stop = StopReason.unusable_reply
        if stop is not None:
            return Action(stop=stop)
        self._conversation.append(Message("assistant", said.text))
        return Action(message=said.text)

    async def _ask(self, key: str) -> tuple[ChatReply, _Said]:
        reply = await self._context.converse(
            AGENT_NATIVE, self._opening, key=key, conversation=self._conversation, tools=self._tools
        )
        written, text = split_speech(reply.text)
        return reply, _Said(text, _joined(reply.reasoning, written))

    def _call(self, wishes: tuple[Wish, ...], said: _Said, told: str | None) -> Action:
        """Keep calls in both accounts: in the row as they were made, for the server as any server takes them."""
        self._transcript.calls(wishes, said.text or None, said.thought)
        self._open = tuple(
            ToolCall(
                f"call_{len(self._conversation):04d}_{index}",
                self._names.on_wire(wish.name),
                _object_text(wish.arguments),
            )
            for index, wish in enumerate(wishes)
        )
        self._conversation.append(Message("assistant", told, tool_calls=self._open))
        return Action(wishes=wishes)

    def hear_results(self, results: Sequence[JsonObject]) -> None:
        """Add one tool message a call."""
        self._transcript.results(results)
        for call, result in zip(self._open, results, strict=True):
            self._conversation.append(Message("tool", json_text(result), tool_call_id=call.id))

    def hear_user(self, text: str) -> None:
        """Add what the user says."""
        self._transcript.say("user", text)
        self._conversation.append(Message("user", text))


def _joined(*thoughts: str) -> str:
    return "\n".join(filter(None, map(str.strip, thoughts)))


def _wish(call: ToolCall, names: WireNames) -> Wish:
    """Read a call; arguments that were encoded twice are what they were before."""
    name = names.own(call.name)
    try:
        once: Json = orjson.loads(call.arguments)
        twice: Json = orjson.loads(once) if isinstance(once, str) else None
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return Wish(name, call.arguments)
    return Wish(name, twice, call.arguments) if isinstance(twice, dict) else Wish(name, call.arguments)


def _object_text(arguments: JsonObject | str) -> str:
    """Return arguments as they can go back to any server: as they came where they are an object, else none at all."""
    if not isinstance(arguments, str):
        return orjson.dumps(arguments).decode()
    try:
        return arguments if isinstance(orjson.loads(arguments), dict) else "{}"
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return "{}"


def _offered(tool: Tool, names: WireNames) -> Tool:
    """Return a tool under its legal name; mostly itself, so that what is known of it need not be found out again."""
    name = names.on_wire(tool.tool_name)
    return tool if name == tool.tool_name else tool.model_copy(update={"tool_name": name})


def _check_action(action: AgentAction) -> None:
    if action.action == "call" and (not action.tool_name or action.arguments is None):
        raise Rejection("bad_action", "a `call` needs `tool_name` and `arguments`")
    if action.action == "final" and not action.message:
        raise Rejection("bad_action", "a `final` needs a `message`")
