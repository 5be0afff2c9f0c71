"""Toucan-1.5M (Agent-Ark): conversations on real MCP servers; every column is text, lists are JSON text.

Three of its parts have `available_tools`, and messages with `function_call` and the speaker `function`; the part for
training has `tools`, and speakers `tool_call` and `tool_response`.
"""

from __future__ import annotations

from synthtools_stream.intake.chat_history import chat_history
from synthtools_stream.intake.row_format import Beside, Reader, id_of_row, list_at, objects_at, text_at
from synthtools_stream.intake.told_task import ToldTask
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Toucan"]


class Toucan:
    """Rows of `question`, `target_tools`, `available_tools` or `tools`, and `messages`."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether the columns are there that only this corpus has."""
        return "messages" in row and bool({"target_tools", "available_tools"} & row.keys())

    def reader(self, beside: Beside) -> Reader:
        """Return what reads a row."""

        def read(row: JsonObject) -> ToldTask:
            said = chat_history(objects_at(row, "messages"))
            question = text_at(row, "question")
            turns = said.turns or ([question] if question else [])
            tools = list_at(row, "available_tools", "tools") or beside.tools
            return ToldTask(turns, tools, said.calls, id_of_row(row))

        return read
