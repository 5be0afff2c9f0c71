"""APIGen-MT-5k (Salesforce): conversations in LLaMA-Factory's form, on the retail and airline worlds of τ-bench.

Every row has a `system` message with the policy, and `tools` as JSON text; calls and answers have speakers of their
own, so that texts are texts.
"""

from __future__ import annotations

from synthtools_stream.intake.chat_history import chat_history
from synthtools_stream.intake.row_format import Beside, Reader, id_of_row, list_at, objects_at
from synthtools_stream.intake.told_task import ToldTask
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["ApigenMt"]


class ApigenMt:
    """Rows of `conversations`, `tools` and `system`."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether its three columns are there."""
        return {"conversations", "tools", "system"} <= row.keys()

    def reader(self, beside: Beside) -> Reader:
        """Return what reads a row."""

        def read(row: JsonObject) -> ToldTask:
            said = chat_history(objects_at(row, "conversations"))
            return ToldTask(said.turns, list_at(row, "tools") or beside.tools, said.calls, id_of_row(row))

        return read
