"""Are the declared effects what a tool does? Too few hide the world from it, too many make calls differ that are alike.

A coded tool's are held to its program: what that looks at or writes is declared, and nothing else. A simulated tool's
are held to its words, which speak of everything it touches. Of both, a step that names or shows entities is of a tool
that sees some of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.offered.touched_collections import touched_collections
from synthtools_stream.records.blueprint import Effects
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.tool_words import unspoken_collections
from synthtools_stream.state import CLOCK
from synthtools_stream.values.json_pointers import leaf_values

__all__ = ["effect_problems"]


def effect_problems(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield which declared effects are wrong."""
    nouns = {kind.collection: kind.name for kind in task.meta.entity_types}
    for tool in task.tools:
        if tool.effects is not None:
            program = task.meta.programs.get(tool.tool_name)
            wrong = _worded(tool, nouns) if program is None else _coded(program, tool.effects, nouns)
            yield from (f"tool '{tool.tool_name}' {problem}" for problem in wrong)
    yield from _unseen(task, replayed)


def _coded(program: str, effects: Effects, nouns: dict[str, str]) -> Iterator[str]:
    touched = touched_collections(program, frozenset(nouns))
    reads, writes = set(effects.reads) - {CLOCK}, set(effects.writes)
    for name in sorted((reads | writes) - touched.looked_at - touched.written):
        yield f"declares effects on {name}, which its program does not touch"
    if not touched.plainly:
        return
    for name in sorted(touched.looked_at - reads - writes - {CLOCK}):
        yield f"does not declare that it reads {name}, as its program does"
    for name in sorted(writes - touched.written):
        yield f"declares that it writes {name}, which its program does not"
    for name in sorted(touched.written - writes):
        yield f"does not declare that it writes {name}, as its program does"


def _worded(tool: Tool, nouns: dict[str, str]) -> Iterator[str]:
    for name in unspoken_collections(tool, nouns):
        yield f"declares effects on {name}, but does not speak of any {nouns[name]}"


def _unseen(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield the steps that name or show entities of which their tool sees none."""
    tools = {tool.tool_name: tool for tool in task.tools}
    for index, (step, call) in enumerate(zip(task.steps, replayed.calls, strict=True)):
        effects = tools[call.name].effects
        if effects is None:
            continue
        told = {
            value for value in (*leaf_values(call.arguments), *leaf_values(step.response)) if isinstance(value, str)
        }
        state = replayed.states[index + 1]
        named = {name for name, held in state.items() if name != CLOCK and not told.isdisjoint(held)}
        if named and named.isdisjoint([*effects.reads, *effects.writes]):
            yield f"step {index}: its tool has no effects on {', '.join(sorted(named))}, of which it is told or tells"
