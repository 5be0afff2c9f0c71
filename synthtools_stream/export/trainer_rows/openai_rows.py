"""`openai`: chat messages as OpenAI's API has them, arguments as JSON text.

Source: the fine-tuning guide of OpenAI's API, and the types of its Python client.
"""

from __future__ import annotations

from synthtools_stream.export.chat_messages import Call, Conversation, Said, conversation_of
from synthtools_stream.export.export_format import AttemptFormat, Choices, Made
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["OpenAIRows", "chat_row"]


class OpenAIRows(AttemptFormat):
    """`{"messages", "tools", "parallel_tool_calls"}`, a line an attempt."""

    name = "openai"
    read_by = "OpenAI's fine-tuning, and whatever takes its chat messages"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; reasoning that is kept stands in `reasoning_content`, as servers of open models say it."""
        return chat_row(conversation_of(attempt, choices))

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        file = f"{made.parts[0]}.jsonl"
        return f"""```python
import json
with open("{file}") as file:
    rows = [json.loads(line) for line in file]
arguments = json.loads(rows[0]["messages"][2]["tool_calls"][0]["function"]["arguments"])
```"""


def chat_row(conversation: Conversation) -> JsonObject:
    """Return a conversation as a row."""
    return {
        "messages": [_message(said) for said in conversation.messages],
        "tools": [*conversation.tools],
        "parallel_tool_calls": _in_parallel(conversation),
    }


def _message(said: Said) -> JsonObject:
    message: JsonObject = {"role": said.speaker, "content": said.content}
    if said.reasoning:
        message["reasoning_content"] = said.reasoning
    if said.calls:
        message["tool_calls"] = [_call(call) for call in said.calls]
    if said.speaker == "tool":
        message["tool_call_id"] = said.call_id
    return message


def _call(call: Call) -> JsonObject:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments_text}}


def _in_parallel(conversation: Conversation) -> bool:
    return any(len(said.calls) > 1 for said in conversation.messages)
