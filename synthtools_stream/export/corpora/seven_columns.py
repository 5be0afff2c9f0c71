"""`synthtools`: tasks with exactly the seven columns that released corpora have, as lines and as parquet.

Source: released rows of such a corpus. Their parquet files have `tools` and both states as JSON text. Tools have six
keys there, and a parameter says what it has no default for; what only our rows know (effects, proof, programs) stays
in them.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, Line, Made, line
from synthtools_stream.export.parquet_twin import Shape, assert_tables, write_twin
from synthtools_stream.records import Parameter, Task, Tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["SevenColumns"]

_COLUMNS: dict[str, Shape] = {
    "id": "text",
    "field": "text",
    "summary": "text",
    "tools": "json",
    "gt_tool_calls": ["text"],
    "initial_state": "json",
    "final_state": "json",
}


class SevenColumns(ExportFormat):
    """A line a task, and the same as a table."""

    name = "synthtools"
    read_by = "whatever reads released corpora of tool-use tasks: seven columns, no more"
    needs = frozenset({Kind.tasks})

    def assert_ready(self) -> None:
        """Refuse to begin without pyarrow; raises as the base says."""
        assert_tables()

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line]:  # noqa: ARG002 - as the base has it
        """Return the task's row."""
        if group.task is not None:
            yield line(f"{part}.jsonl", _row(group.task))

    def finish(self, made: Made) -> None:
        """Write each part's parquet file; raises as the base says."""
        for name in made.lines:
            write_twin(made.folder / name, _COLUMNS)

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""Lines hold JSON; in the parquet files `tools` and both states are JSON text. Readers of tables, as
`datasets` is, should take these: of lines they make one type a column, with nulls, and times of text that looks so.

```python
import json
import pandas
rows = pandas.read_parquet("{made.parts[0]}.parquet")
tools = json.loads(rows["tools"][0])
```"""


def _row(task: Task) -> JsonObject:
    return {
        "id": task.id,
        "field": task.field,
        "summary": task.summary,
        "tools": [_tool(tool) for tool in task.tools],
        "gt_tool_calls": [*task.gt_tool_calls],
        "initial_state": task.initial_state,
        "final_state": task.final_state,
    }


def _tool(tool: Tool) -> JsonObject:
    outputs: JsonObject = {
        name: {"type": output.type, "description": output.description} for name, output in tool.output_details.items()
    }
    return {
        "tool_name": tool.tool_name,
        "tool_description": tool.tool_description,
        "parameters": {name: _parameter(parameter) for name, parameter in tool.parameters.items()},
        "error_messages": [*tool.error_messages],
        "usage": tool.usage,
        "output_details": outputs,
    }


def _parameter(parameter: Parameter) -> Json:
    return {
        "type": parameter.type,
        "required": parameter.required,
        "description": parameter.description,
        "default": parameter.default,
        **parameter.to_json(),
    }
