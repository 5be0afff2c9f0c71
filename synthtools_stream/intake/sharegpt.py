"""ShareGPT's conversations: `from` and `value`, with LLaMA-Factory's speakers, hermes' tags, or glaive's flat text.

Conversations under `messages` are read as well, by who names this format: for hermes' tags in OpenAI's messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from synthtools_stream.intake.chat_history import chat_history, message_text
from synthtools_stream.intake.marked_text import MARKED, tools_in
from synthtools_stream.intake.openai_chat import OpenAiChat
from synthtools_stream.intake.row_format import Beside, Reader, id_of_row, list_at, objects_at, text_at
from synthtools_stream.intake.told_task import ToldTask
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["ShareGpt"]

_SPEAKERS = {"USER": "user", "ASSISTANT": "assistant", "FUNCTION RESPONSE": "tool"}
_FLAT = re.compile(rf"^[ \t]*({'|'.join(_SPEAKERS)}):", re.M)
"""Where a speaker begins in glaive's `chat`."""


class ShareGpt:
    """Rows of `conversations`, or of `system` and `chat`; tools in a column, or told in the system message."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether there is a conversation in one of these forms."""
        return "conversations" in row or {"system", "chat"} <= row.keys() or OpenAiChat().knows(row)

    def reader(self, beside: Beside) -> Reader:
        """Return what reads a row."""

        def read(row: JsonObject) -> ToldTask:
            messages = _flat(text_at(row, "chat")) if "chat" in row else objects_at(row, "conversations", "messages")
            said = chat_history(messages, MARKED)
            tools = list_at(row, "tools") or _told(row, messages) or beside.tools
            return ToldTask(said.turns, tools, said.calls, id_of_row(row), text_at(row, "field", "domain", "category"))

        return read


def _told(row: JsonObject, messages: Iterable[JsonObject]) -> list[Json]:
    """Return the tools of the system message, which has a column of its own or is the first that is said."""
    first = (message_text(message) for message in messages if message.get("from", message.get("role")) == "system")
    return tools_in(text_at(row, "system") or next(first, ""))


def _flat(text: str) -> list[JsonObject]:
    """Return the messages of a conversation in one text."""
    parts = _FLAT.split(text.replace("<|endoftext|>", ""))
    return [
        {"role": _SPEAKERS[speaker], "content": said.strip()}
        for speaker, said in zip(parts[1::2], parts[2::2], strict=True)
    ]
