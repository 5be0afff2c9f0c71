"""The agent under test, in two modes: one JSON action a turn, or OpenAI tool calls.

Either keeps two accounts of the conversation: the chat messages that the model is sent, and the OpenAI messages of the
trajectory's row, which are the same in both modes. Tool-call ids in rows are ours, so that they do not depend on the
server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from synthtools_stream.asking.prompt_templates import json_text
from synthtools_stream.chat.language_model import Message, ToolCall
from synthtools_stream.chat.thoughts import split_speech
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.records import Tool
from synthtools_stream.roles.rollout_roles import (
    AGENT_JSON,
    AGENT_NATIVE,
    AgentAction,
    AgentJsonInput,
    AgentNativeInput,
)
from synthtools_stream.toolcalls import openai_function
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Action", "Agent", "JsonAgent", "NativeAgent", "Wish"]


@dataclass(frozen=True)
class Wish:
    """A call that the agent asks for; `arguments` is an object, or the text of one as a server sent it."""

    name: str
    arguments: JsonObject | str


@dataclass(frozen=True)
class Action:
    """What the agent does next: calls, or a closing message."""

    wishes: tuple[Wish, ...] = ()
    message: str | None = None


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


class _Transcript:
    """OpenAI messages with call ids of our own."""

    def __init__(self, request: str) -> None:
        self.messages: list[JsonObject] = [{"role": "user", "content": request}]
        self._calls = 0
        self._open: list[str] = []

    def calls(self, wishes: Sequence[Wish], said: str | None, thought: str = "") -> None:
        entries: list[JsonObject] = []
        self._open = []
        for wish in wishes:
            self._calls += 1
            call_id = f"call_{self._calls:04d}"
            self._open.append(call_id)
            arguments = wish.arguments if isinstance(wish.arguments, str) else orjson.dumps(wish.arguments).decode()
            entries.append({"id": call_id, "type": "function", "function": {"name": wish.name, "arguments": arguments}})
        self._add({"role": "assistant", "content": said, "tool_calls": [*entries]}, thought)

    def results(self, results: Sequence[JsonObject]) -> None:
        for call_id, result in zip(self._open, results, strict=True):
            content = orjson.dumps(result).decode()
            self.messages.append({"role": "tool", "tool_call_id": call_id, "content": content})

    def say(self, role: str, text: str, thought: str = "") -> None:
        self._add({"role": role, "content": text}, thought)

    def _add(self, message: JsonObject, thought: str) -> None:
        self.messages.append({**message, "reasoning": thought} if thought else message)


class JsonAgent:
    """One JSON action a turn; works with any chat model."""

    def __init__(self, context: Context, tools: Sequence[Tool], now: str | None, request: str) -> None:
        """Open the conversation with `request`."""
        self._context = context
        self._opening = AgentJsonInput(tools=list(tools), now=now, request=request)
        self._conversation: list[Message] = []
        self._transcript = _Transcript(request)

    @property
    def transcript(self) -> list[JsonObject]:
        """The conversation as OpenAI messages."""
        return self._transcript.messages

    async def act(self, key: str) -> Action:
        """Ask for one action."""
        action = await self._context.ask(
            AGENT_JSON, self._opening, key=key, conversation=self._conversation, check=_check_action
        )
        self._conversation.append(Message("assistant", json_text(action.to_json())))
        if action.action == "final":
            thought, message = split_speech(action.message or "")
            self._transcript.say("assistant", message, thought)
            return Action(message=message)
        wish = Wish(action.tool_name or "", action.arguments or {})
        self._transcript.calls([wish], None)
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
        self._tools = [openai_function(tool) for tool in tools]
        self._conversation: list[Message] = []
        self._transcript = _Transcript(request)
        self._open: tuple[ToolCall, ...] = ()

    @property
    def transcript(self) -> list[JsonObject]:
        """The conversation as OpenAI messages."""
        return self._transcript.messages

    async def act(self, key: str) -> Action:
        """Ask for one chat turn."""
        reply = await self._context.converse(
            AGENT_NATIVE, self._opening, key=key, conversation=self._conversation, tools=self._tools
        )
        written, text = split_speech(reply.text)
        thought = "\n".join(filter(None, (reply.reasoning.strip(), written)))
        if not reply.tool_calls:
            self._conversation.append(Message("assistant", text))
            self._transcript.say("assistant", text, thought)
            return Action(message=text)
        wishes = tuple(Wish(call.name, call.arguments) for call in reply.tool_calls)
        self._transcript.calls(wishes, text or None, thought)
        self._open = tuple(
            ToolCall(f"call_{len(self._conversation):04d}_{index}", call.name, call.arguments)
            for index, call in enumerate(reply.tool_calls)
        )
        self._conversation.append(Message("assistant", text or None, tool_calls=self._open))
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


def _check_action(action: AgentAction) -> None:
    if action.action == "call" and (not action.tool_name or action.arguments is None):
        raise Rejection("bad_action", "a `call` needs `tool_name` and `arguments`")
    if action.action == "final" and not action.message:
        raise Rejection("bad_action", "a `final` needs a `message`")
