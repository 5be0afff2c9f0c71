"""Messages as chat templates of open models take them.

A message of calls alone has the content "": a null breaks the templates of gpt-oss, LFM2.5 and Qwen3-VL, and GLM-4.5's
writes `None` for it. Each tool's message names its tool, which some templates say. Reasoning is `reasoning_content`.
"""

from __future__ import annotations

from collections.abc import Iterable

from synthtools_stream.export.chat_messages import Call, Said
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["template_messages"]


def template_messages(messages: Iterable[Said], *, arguments_as_text: bool = False) -> list[Json]:
    """Return messages whose calls have arguments as objects, or as JSON text for readers that parse it."""
    return [_message(said, arguments_as_text) for said in messages]


def _message(said: Said, arguments_as_text: bool) -> JsonObject:
    message: JsonObject = {"role": said.speaker, "content": said.content or ""}
    if said.reasoning:
        message["reasoning_content"] = said.reasoning
    if said.calls:
        message["tool_calls"] = [_call(call, arguments_as_text) for call in said.calls]
    if said.speaker == "tool":
        message |= {"tool_call_id": said.call_id, "name": said.tool}
    return message


def _call(call: Call, arguments_as_text: bool) -> JsonObject:
    arguments: Json = call.arguments_text if arguments_as_text else call.arguments
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}
