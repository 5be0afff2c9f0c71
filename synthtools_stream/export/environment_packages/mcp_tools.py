"""`mcp`: the tools of each environment as an MCP server lists them.

Source: `ListToolsResult`, `Tool` and `ToolAnnotations` of MCP's schema, revisions 2025-11-25 and 2026-07-28.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import orjson

from synthtools_stream.export.corpus import Kind
from synthtools_stream.export.export_format import ExportFormat, Line, Made, line
from synthtools_stream.records import AuditedTool, Tool
from synthtools_stream.storage.appendlog.whole_file import whole_file
from synthtools_stream.toolcalls import WireNames, openai_function
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["McpTools"]

_OF = "synthtools-stream/environment"
"""Where the `_meta` of a list says whose tools they are; the protocol wants a prefix before keys of one's own."""


class McpTools(ExportFormat):
    """A line a tool in `tools/`; of these, once all are written, a line an environment: a result of `tools/list`."""

    name = "mcp"
    read_by = "MCP clients and whatever takes a server's list of tools"
    needs = frozenset({Kind.tools})

    def of_tool(self, tool: AuditedTool, part: str) -> Iterator[Line]:
        """Return the tool as MCP describes it, with its environment."""
        yield line(f"tools/{part}.jsonl", {"environment": tool.setting.id, "tool": _described(tool.tool)})

    def finish(self, made: Made) -> None:
        """Gather the tools of each environment; only their places are held."""
        for part in made.parts:
            tools = made.folder / "tools" / f"{part}.jsonl"
            if tools.exists():
                with whole_file(made.folder / f"{part}.jsonl") as path, path.open("wb") as file:
                    file.writelines(_lists(tools))

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""A line of `{made.parts[0]}.jsonl` is the result of `tools/list` of one environment, whose id is in
its `_meta`; what only reads has `readOnlyHint`. `serve-env` serves the same tools, alive.

```python
import json
from mcp.types import ListToolsResult
with open("{made.parts[0]}.jsonl") as file:
    lists = [ListToolsResult.model_validate(json.loads(line)) for line in file]
```"""


def _lists(tools: Path) -> Iterator[bytes]:
    places: dict[str, list[int]] = defaultdict(list)
    with tools.open("rb") as file:
        place = 0
        for row in file:
            places[str(orjson.loads(row)["environment"])].append(place)
            place += len(row)
        for environment, begins in places.items():
            gathered: list[Json] = []
            for begin in begins:
                file.seek(begin)
                gathered.append(orjson.loads(file.readline())["tool"])
            yield line("", {"tools": gathered, "_meta": {_OF: environment}}).text


def _described(tool: Tool) -> JsonObject:
    function = object_at(openai_function(tool, WireNames([tool.tool_name])), "function")
    described: JsonObject = {
        "name": function["name"],
        "description": function["description"],
        "inputSchema": function["parameters"],
        "annotations": _hints(tool),
    }
    if tool.output_details:
        described["outputSchema"] = _output(tool)
    return described


def _output(tool: Tool) -> JsonObject:
    """Return what a successful response holds; nothing is required: a response may leave out what it does not know."""
    told: JsonObject = {}
    for name, value in tool.output_details.items():
        kind: JsonObject = {} if value.type == "any" else {"type": "number" if value.type == "float" else value.type}
        told[name] = {**kind, "description": value.description} if value.description else kind
    return {"type": "object", "properties": told}


def _hints(tool: Tool) -> JsonObject:
    """Return what is known of effects. No tool reaches beyond its world; which ones only add to it, nobody says."""
    if tool.effects is None:
        return {"openWorldHint": False}
    if not tool.effects.writes:
        return {"readOnlyHint": True, "openWorldHint": False}
    return {"readOnlyHint": False, "destructiveHint": True, "openWorldHint": False}
