"""Steps that may be made at once: none needs what another tells, and none touches what another changes."""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.records.task import Provenance, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.state import CLOCK

__all__ = ["parallel_steps"]


def parallel_steps(task: Task, replayed: Replay) -> list[list[int]]:
    """Return the steps wave by wave; nothing where each waits for the one before, or a tool tells no effects.

    A step waits for those whose responses feed its arguments, and for those before it that write what it reads or
    writes, or read what it writes.
    """
    tools = {tool.tool_name: tool for tool in task.tools}
    used = [tools[call.name] for call in replayed.calls]
    if any(tool.effects is None for tool in used):
        return []
    waves: list[int] = []
    for index, step in enumerate(task.steps):
        fed = {source for proof in step.provenance.values() for source in _sources(proof)}
        after = [waves[other] for other in range(index) if other in fed or _collide(used[other], used[index])]
        waves.append(max(after, default=-1) + 1)
    found = [
        [index for index, wave in enumerate(waves) if wave == number] for number in range(max(waves, default=-1) + 1)
    ]
    return found if any(len(wave) > 1 for wave in found) else []


def _sources(proof: Provenance) -> Iterator[int]:
    if proof.step is not None:
        yield proof.step
    for part in proof.inputs or ():
        yield from _sources(part)


def _collide(one: Tool, other: Tool) -> bool:
    if one.effects is None or other.effects is None:
        return True
    first, second = set(one.effects.writes) - {CLOCK}, set(other.effects.writes) - {CLOCK}
    return bool(first & {*other.effects.reads, *second} or second & {*one.effects.reads})
