"""Write a tool as a program, from its reading: what is understood of it, in Python.

The program does what the player does with the same reading (`play`), for every call at once. What depends on the call
becomes a test in the program; what the words settle is settled here.
"""

from __future__ import annotations

from synthtools_stream.embedded.read import ToolReading
from synthtools_stream.embedded.write.program_changes import Changes
from synthtools_stream.embedded.write.program_entities import Entities
from synthtools_stream.embedded.write.program_response import Response
from synthtools_stream.embedded.write.program_rules import rule_lines
from synthtools_stream.embedded.write.python_text import Code, Group, folded, indented, mapping, wrapped

__all__ = ["write_program"]


def write_program(reading: ToolReading) -> str:
    """Return the source of `call(state, arguments, now)`; empty where the types do not tell what the tool acts on."""
    if reading.kind is None or not reading.kind.traits:
        return ""
    entities = Entities(reading)
    rules = rule_lines(reading, entities)
    changes = Changes(reading, entities)
    response = Response(reading, entities, changes)
    answer = _answer(changes, response)
    rest = [*rules, *_folded([*response.lines, *changes.lines(), *answer])]
    return "\n".join(["def call(state, arguments, now):", *indented([*entities.lines(), *rest])]) + "\n"


def _answer(changes: Changes, response: Response) -> list[Code]:
    """Return the statements that end a successful call."""
    listed = changes.listed()
    told = mapping(response.entries)
    first = next((place for place, (test, _) in enumerate(listed) if test), len(listed))
    sure = Group("[", [change for _, change in listed[:first]], "]")
    if first == len(listed):
        return [Group("return ok(", [told, *([sure] if listed else [])], ")")]
    lines: list[Code] = [wrapped("changes = ", sure)]
    for test, change in listed[first:]:
        lines += [f"if {test}:", f"    changes.append({change})"] if test else [f"changes.append({change})"]
    return [*lines, Group("return ok(", [told, "changes"], ")")]


def _folded(statements: list[Code]) -> list[str]:
    return [line for statement in statements for line in folded(statement)]
