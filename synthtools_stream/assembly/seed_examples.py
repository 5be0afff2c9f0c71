"""Seeds: tools and tasks that somebody has, in whose likeness new ones are made; a few of them, the most different."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from synthtools_stream.errors import ConfigError
from synthtools_stream.quality.novelty import Candidate, choose, select_novel
from synthtools_stream.records import Record, Tool
from synthtools_stream.roles.generation_roles import SeedTool
from synthtools_stream.storage.datasets.dataset_reader import read_records
from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.storage.given.tool_documents import read_apis
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.similarity import trigrams

__all__ = ["read_seed_tasks", "read_seed_tools"]

_SHOWN_TOOLS, _SHOWN_TASKS = 6, 4
"""Examples that a prompt shows: of more, a model copies more and heeds the rules less."""
_MOST_READ = 500
"""Examples of a file that are looked at, the first ones: from so many, a few different ones can be had."""
_TEXT = 300
"""Characters of a tool's description that are shown."""
_REQUEST = 1200
"""Characters of a request, as of our own."""


class _ToolRow(Record):
    """A line with a tool, as in a `tools.jsonl`; in any dialect."""

    tool: Json = None


class _TaskRow(Record):
    """A line with a task's request, whatever else it holds."""

    summary: str


def read_seed_tools(path: Path) -> list[SeedTool]:
    """Return a few different tools of a file: an OpenAPI document, a list of tools, or a `tools.jsonl`.

    :raises UsageError: when it cannot be read, or holds none.
    """
    tools = _of_rows(path) if path.suffix in (".jsonl", ".ndjson") else _of_document(path)
    candidates = [Candidate(trigrams(f"{tool.tool_name} {tool.tool_description}")) for tool in tools]
    return [_example(tools[place]) for place in choose(candidates, _SHOWN_TOOLS)]


def read_seed_tasks(path: Path) -> list[str]:
    """Return a few different requests of a file: a `task_content.jsonl`, or JSONL rows with a `summary`.

    :raises UsageError: when it cannot be read, or holds none.
    """
    rows = read_records(path, _TaskRow, strict=True)
    requests = [row.summary.strip()[:_REQUEST] for row in islice(rows, _MOST_READ) if isinstance(row, _TaskRow)]
    if not (told := [request for request in requests if request]):
        raise ConfigError(f"{path}: holds no task with a `summary`")
    return select_novel(told, _SHOWN_TASKS)


def _of_document(path: Path) -> list[Tool]:
    return [given.tool for api in read_apis([path]) for given in api.tools][:_MOST_READ]


def _of_rows(path: Path) -> list[Tool]:
    rows = read_records(path, _ToolRow, strict=True)
    held = [row.tool for row in islice(rows, _MOST_READ) if isinstance(row, _ToolRow) and row.tool]
    if not held:
        raise ConfigError(f"{path}: holds no tools; each line needs one under `tool`, as in a tools.jsonl")
    try:
        return [adopt_tool(source) for source in held]
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error


def _example(tool: Tool) -> SeedTool:
    return SeedTool(
        tool_name=tool.tool_name,
        tool_description=tool.tool_description[:_TEXT],
        parameters=list(tool.parameters)[:20],
    )
