"""BFCL: a file of questions, and beside it `possible_answer/` with a file of the same name.

Rows of several turns name classes, whose tools lie beside it, too, in `multi_turn_func_doc/`. What a class begins with
(`initial_config`) is the state. A tool that is held back until some turn is among the tools from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path

from synthtools_stream.intake.bfcl_answers import allowed_call, text_call
from synthtools_stream.intake.chat_history import chat_history
from synthtools_stream.intake.row_format import Beside, Reader, id_of_row, list_at
from synthtools_stream.intake.source_rows import source_rows
from synthtools_stream.intake.told_task import ToldCall, ToldTask
from synthtools_stream.records.tool import Tool
from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["Bfcl"]

_ANSWERS, _DOCS = "possible_answer", "multi_turn_func_doc"
_FILES = {
    "GorillaFileSystem": "gorilla_file_system",
    "MathAPI": "math_api",
    "MessageAPI": "message_api",
    "TwitterAPI": "posting_api",
    "TicketAPI": "ticket_api",
    "TradingBot": "trading_bot",
    "TravelAPI": "travel_booking",
    "VehicleControlAPI": "vehicle_control",
    "WebSearchAPI": "web_search",
}
"""Where the tools of a class lie: some files are named for something else."""
_DIGITS = "0123456789-"
_SHOWN = 60
"""Characters of a name that a problem shows."""

Truths = Mapping[str, Json]
"""Ground truths by id."""


class Bfcl:
    """Rows of `question` and `function`, or `involved_classes`."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether its columns are there."""
        return "question" in row and ("function" in row or "involved_classes" in row)

    def reader(self, beside: Beside) -> Reader:
        """Return what reads a row.

        :raises UsageError: when the file of ground truths that was named cannot be read.
        """
        truths = _truths(beside)

        @cache
        def class_tools(name: str) -> list[Json]:
            return _class_tools(beside.path.parent / _DOCS, name)

        def read(row: JsonObject) -> ToldTask:
            name = id_of_row(row)
            truth = row["ground_truth"] if "ground_truth" in row else truths.get(name)
            if not isinstance(truth, list):
                raise RowProblem(
                    f"there is no ground truth for it, here or in {_ANSWERS}/ (--answers names another file)"
                )
            tools = _tools(row, class_tools) or beside.tools
            turns, calls = _exchange(list_at(row, "question"), truth, _by_name(tools))
            state = object_at(row, "initial_config") or None
            return ToldTask(turns, tools, calls, name, name.rstrip(_DIGITS).strip("_"), initial_state=state)

        return read


def _truths(beside: Beside) -> Truths:
    path = beside.answers or beside.path.parent / _ANSWERS / beside.path.name
    if beside.answers is None and not path.exists():
        return {}
    rows = (row for _, row in source_rows(path) if isinstance(row, dict))
    return {id_of_row(row): row["ground_truth"] for row in rows if "ground_truth" in row}


def _tools(row: JsonObject, class_tools: Callable[[str], list[Json]]) -> list[Json]:
    own = row.get("function")
    if own is not None:
        return [own] if isinstance(own, dict) else list_at(row, "function")
    left_out = list_at(row, "excluded_function")
    tools = [tool for name in list_at(row, "involved_classes") for tool in class_tools(str(name))]
    return [tool for tool in tools if not (isinstance(tool, dict) and tool.get("name") in left_out)]


def _class_tools(folder: Path, name: str) -> list[Json]:
    path = folder / f"{_FILES.get(name, name)}.json"
    if not name.isidentifier() or not path.is_file():
        raise RowProblem(f"there are no tools of class {name[:_SHOWN]!r}: {folder.name}/{path.name} is not there")
    return [row for _, row in source_rows(path) if isinstance(row, dict)]


def _by_name(tools: Sequence[Json]) -> dict[str, Tool]:
    try:
        return {tool.tool_name: tool for tool in map(adopt_tool, tools)}
    except ValueError as error:
        raise RowProblem(f"tools: {error}") from error


def _exchange(
    question: Sequence[Json], truth: Sequence[Json], tools: Mapping[str, Tool]
) -> tuple[list[str], list[ToldCall]]:
    """Return turns and calls; a list in the truth has the calls of the turn in its place."""
    by_turn = any(isinstance(part, list) for part in truth)
    parts = truth if by_turn else [*([[]] * (len(question) - 1)), list(truth)]
    turns: list[str] = []
    calls: list[ToldCall] = []
    for said, part in _side_by_side(question, parts):
        turns += chat_history(message for message in _listed(said) if isinstance(message, dict)).turns
        calls += [ToldCall(_call(source, tools), len(turns)) for source in _listed(part)]
    return turns, calls


def _side_by_side(question: Sequence[Json], parts: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    nothing: list[Json] = []
    return zip_longest(question, parts, fillvalue=nothing)


def _listed(part: Json) -> list[Json]:
    return part if isinstance(part, list) else [part]


def _call(source: Json, tools: Mapping[str, Tool]) -> JsonObject:
    if isinstance(source, str):
        return text_call(source, tools)
    if not isinstance(source, dict):
        raise RowProblem("ground_truth: a call is neither text nor an object")
    return allowed_call(source, tools)
