"""A call as a reader of requests sees it, with its tool understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.read import ToolReading, read_tool
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Made", "made_calls"]


@dataclass(frozen=True)
class Made:
    """One call that was made for a request."""

    tool: JsonObject
    reading: ToolReading
    arguments: JsonObject
    response: JsonObject
    told: tuple[str, ...]
    """JSON pointers into the response."""

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.reading.name

    @property
    def request(self) -> JsonObject:
        """The call as judges take it."""
        return {"tool_name": self.name, "arguments": self.arguments}

    def __str__(self) -> str:
        """Return the call as text."""
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"

    def after(self, clause: str) -> Past:
        """Return the call as an earlier step, asked for by `clause`."""
        return Past(clause, str(self), 200, self.response)

    def values(self) -> list[Json]:
        """Return every scalar of the arguments."""
        return leaf_values(self.arguments)


def made_calls(calls: Sequence[JsonObject], tools: Sequence[JsonObject]) -> list[Made]:
    """Return the calls of a request; what names no tool that is shown is left out."""
    known = {str(tool.get("tool_name")): tool for tool in tools}
    return [_made(call, known[name]) for call in calls if (name := str(call.get("tool_name"))) in known]


def _made(call: JsonObject, tool: JsonObject) -> Made:
    arguments, response, told = call.get("arguments"), call.get("response"), call.get("told")
    return Made(
        tool,
        read_tool(tool, [], None),
        arguments if isinstance(arguments, dict) else {},
        response if isinstance(response, dict) else {},
        tuple(pointer for pointer in told if isinstance(pointer, str)) if isinstance(told, list) else (),
    )
