"""xlam-function-calling-60k (Salesforce): one `query`, its `answers` as calls, and `tools`; lists are JSON text."""

from __future__ import annotations

from synthtools_stream.intake.call_objects import call_object
from synthtools_stream.intake.row_format import Beside, Reader, id_of_row, list_at, text_at
from synthtools_stream.intake.told_task import ToldCall, ToldTask
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Xlam"]


class Xlam:
    """Rows of `query`, `tools` and `answers`."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether its columns are there."""
        return {"query", "answers"} <= row.keys()

    def reader(self, beside: Beside) -> Reader:
        """Return what reads a row."""

        def read(row: JsonObject) -> ToldTask:
            query = text_at(row, "query")
            calls = [ToldCall(call_object(answer), after=1) for answer in list_at(row, "answers")]
            return ToldTask([query] if query else [], list_at(row, "tools") or beside.tools, calls, id_of_row(row))

        return read
