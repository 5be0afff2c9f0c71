"""OpenAI's chat rows: `messages` and `tools`, as fine-tuning files and most corpora of conversations hold them.

Arguments are JSON text or objects; tools are nested under `function` or flat; both columns may be JSON text; the older
`functions` and `function_call` are read, too. Files for ms-swift and LLaMA-Factory's newer form differ in speakers and
parts of messages only.
"""

from __future__ import annotations

from synthtools_stream.intake.chat_history import chat_history
from synthtools_stream.intake.row_format import Beside, Reader, id_of_row, list_at, objects_at, text_at
from synthtools_stream.intake.told_task import ToldTask
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["OpenAiChat"]


class OpenAiChat:
    """Rows of `messages` and `tools`."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether there are messages, and no columns of a corpus that has its own format."""
        return "messages" in row and not {"target_tools", "available_tools"} & row.keys()

    def reader(self, beside: Beside) -> Reader:
        """Return what reads a row."""

        def read(row: JsonObject) -> ToldTask:
            said = chat_history(objects_at(row, "messages"))
            tools = list_at(row, "tools", "functions") or beside.tools
            return ToldTask(said.turns, tools, said.calls, id_of_row(row), text_at(row, "field", "domain", "category"))

        return read
