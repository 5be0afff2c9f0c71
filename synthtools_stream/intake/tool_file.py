"""A file of tools for rows that hold none: tools in any dialect, a server's list of them, or our `tools.jsonl`."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.intake.row_format import objects_at
from synthtools_stream.intake.source_rows import source_rows
from synthtools_stream.storage.datasets.columns import read_column
from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["read_tools"]


def read_tools(path: Path) -> list[Json]:
    """Return the tools of a file, as they stand there.

    :raises UsageError: when it cannot be read, or holds none.
    :raises DatasetError: at the first that is none.
    """
    tools: list[Json] = []
    for line, row in source_rows(path):
        try:
            if isinstance(row, RowProblem):
                raise row
            found = _tools_of(row)
            for tool in found:
                adopt_tool(tool)
        except RowProblem as problem:
            raise DatasetError(path, line, problem.reason) from problem
        except ValueError as error:
            raise DatasetError(path, line, str(error)) from error
        tools += found
    if not tools:
        raise UsageError(f"{path}: the file holds no tools")
    return tools


def _tools_of(row: JsonObject) -> list[JsonObject]:
    if "tools" in row:  # as a server of tools lists them
        return objects_at(row, "tools")
    own = read_column("tool", row.get("tool"))  # a row of tools.jsonl
    return [own if isinstance(own, dict) else row]
