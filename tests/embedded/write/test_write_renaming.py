"""With tools, parameters, collections and ids named otherwise, a tool's program is the same but for those names."""

from __future__ import annotations

import ast
from typing import cast

import pytest

from synthtools_stream.embedded.read import read_tool
from synthtools_stream.embedded.write import write_program
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.values.jsontypes import JsonObject
from tests.embedded.renaming import WORLD, Renaming, generated, renamed_answer

NOW = "2026-03-14T09:00:00"


def shape(source: str) -> str:
    """Return a program with all its texts left out."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("seed", range(4))
def test_generated_tools_renamed(seed: int) -> None:
    """Nothing but the names differs."""
    tools, types, _ = generated(seed)
    new = Renaming.of(tools, types)
    for tool in tools:
        plain = write_program(read_tool(tool, types))
        other = write_program(read_tool(new.tool(tool), cast(list[JsonObject], new.types(types))))
        assert plain
        assert shape(plain) == shape(other), f"{plain}\n{other}"


async def test_renamed_program_answers_renamed() -> None:
    """A renamed call gets the same answer, renamed."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new, state = Renaming.of(tools, types), {name: held for name, held in WORLD["state"].items() if name != "clock"}
    tool = next(tool for tool in tools if tool["tool_name"] == "CancelBooking")
    sources = [write_program(read_tool(tool, types))]
    sources.append(write_program(read_tool(new.tool(tool), cast(list[JsonObject], new.types(types)))))
    for identifier in ("BK-1001", "BK-1003", "BK-9999"):
        given: JsonObject = {"booking_id": identifier}
        calls = [
            ProgramCall(sources[0], state, given, NOW),
            ProgramCall(sources[1], new.state(state), new.arguments(given), NOW),
        ]
        async with open_sandbox(1) as sandbox:
            plain, other = await sandbox.answers(calls)
        assert not isinstance(plain, Fault)
        assert not isinstance(other, Fault)
        parameters = cast(JsonObject, tool["parameters"])
        assert other.model_dump() == renamed_answer(plain.model_dump(), new, parameters)
