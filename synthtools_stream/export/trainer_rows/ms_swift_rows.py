"""`ms-swift`, `ms-swift-preference`: messages of the roles `tool_call` and `tool_response`.

Source: ms-swift 4.6.0, `dataset/preprocessor/core.py`, `template/template_inputs.py`. Each call is a message of its
own, JSON text; what is said beside it stands before it in a message of the assistant, as its own converter of OpenAI
messages has it. Results are told from each other by their place alone: they stand in the calls' order. It drops every
key but role and content (and a result's `name`), so there is no place for ids of calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from synthtools_stream.export.chat_messages import Said, conversation_of, turns_of
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import AttemptFormat, Choices, ExportFormat, LeftOut, Line, Made, line
from synthtools_stream.export.trainer_rows.preference_pairs import pairs_of
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["MsSwiftPreferenceRows", "MsSwiftRows"]


class MsSwiftRows(AttemptFormat):
    """`{"messages", "tools"}`, a line an attempt."""

    name = "ms-swift"
    read_by = "ms-swift (swift sft)"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; `tools` is JSON text, reasoning that is kept stands in the text."""
        conversation = conversation_of(attempt, choices.in_text())
        return {"messages": _messages(conversation.messages), "tools": _tools(conversation.tools)}

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"`swift sft --dataset {made.parts[0]}.jsonl --agent_template hermes`, or the template of your model."


class MsSwiftPreferenceRows(ExportFormat):
    """`{"messages", "tools", "rejected_messages", "rejected_tools"}`, both sides whole."""

    name = "ms-swift-preference"
    read_by = "ms-swift (swift rlhf --rlhf_type dpo)"
    needs = frozenset({Kind.trajectories})
    compares = True

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line | LeftOut]:
        """Return the pairs of a task; what both begin with stands in both."""
        for pair in pairs_of(group, choices.in_text()):
            if isinstance(pair, LeftOut):
                yield pair
                continue
            row: JsonObject = {
                "messages": _messages(pair.prompt + pair.chosen),
                "tools": _tools(pair.tools),
                "rejected_messages": _messages(pair.prompt + pair.rejected),
                "rejected_tools": _tools(pair.tools),  # not taken from `tools` where rejected messages are given
            }
            yield line(f"{part}.jsonl", row)

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"`swift rlhf --rlhf_type dpo --dataset {made.parts[0]}.jsonl --agent_template hermes`."


def _tools(tools: Iterable[JsonObject]) -> str:
    return orjson.dumps([*tools]).decode()


def _messages(messages: Iterable[Said]) -> list[Json]:
    return [message for turn in turns_of(messages) for said in turn for message in _told(said)]


def _told(said: Said) -> Iterator[JsonObject]:
    if said.speaker == "tool":
        yield {"role": "tool_response", "name": said.tool, "content": said.content or ""}
        return
    if said.content or not said.calls:
        yield {"role": said.speaker, "content": said.content or ""}
    for call in said.calls:
        text = orjson.dumps({"name": call.name, "arguments": call.arguments}).decode()
        yield {"role": "tool_call", "content": text}
