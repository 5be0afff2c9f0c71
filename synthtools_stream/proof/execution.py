"""Proof by execution: every ground-truth call of a coded tool, made again by its program.

The program is given the state that the recorded changes lead to, and must come to the recorded response and changes,
ids of new entities included: they are minted as the runtime mints them. A row's programs are untrusted like all else in
it: they run in the sandbox, and what they do there is this row's failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.integrity import Replay, replay
from synthtools_stream.proof.offered.twins import TwinCall, is_same_effect, twin_calls
from synthtools_stream.proof.played_mutants import PlayedMutants, played_mutants
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.simulator.write_check import effective
from synthtools_stream.state import IdMinter, apply, rename
from synthtools_stream.toolcalls import Call, called_tool
from synthtools_stream.values.jsontypes import Json, canonical_json, same_json

__all__ = ["MOST_STEPS", "executed_steps", "execution_problems", "played_release", "problems_of_rows", "settled"]

_SHOWN = 160
"""Characters of a value that a problem shows."""
MOST_STEPS = 64
"""Steps of one row that are executed: five times the longest that runs make, and a bound to what a hostile row costs,
as each of its calls may take the sandbox's limit of time."""
_MOST_TWINS = 64
"""Calls of one row that are made of other tools than its own: the same bound. Runs make two a row at most, mostly
none."""


def executed_steps(task: Task) -> list[int]:
    """Return the steps whose tool has a program."""
    return [index for index, step in enumerate(task.steps) if called_tool(step.call) in task.meta.programs]


async def execution_problems(task: Task, sandbox: Sandbox) -> list[str]:
    """Return where the programs come to something else than the row says; nothing for a row without programs.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    try:
        replayed = replay(task)
    except (BadCall, StateProblem) as error:
        return [error.detail] if executed_steps(task) else []
    (problems,) = await problems_of_rows([(task, replayed)], sandbox)
    return problems


async def played_release(task: Task, sandbox: Sandbox) -> PlayedMutants:
    """Return what execution finds of a task that is to be released: its own calls made again, then altered ones.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    problems = await execution_problems(task, sandbox)
    return PlayedMutants(0, problems) if problems else await played_mutants(task, replay(task), sandbox)


async def problems_of_rows(rows: Sequence[tuple[Task, Replay]], sandbox: Sandbox) -> list[list[str]]:
    """Return the same of several rows, each with its ground truth replayed: their calls travel together.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    asked = [_asked(task, replayed) for task, replayed in rows]
    told = iter(await sandbox.answers([call for one in asked if not isinstance(one, str) for call in one.calls]))
    return [
        [one]
        if isinstance(one, str)
        else list(_problems(task, replayed, one.twins, list(islice(told, len(one.calls)))))
        for (task, replayed), one in zip(rows, asked, strict=True)
    ]


class _Asked(NamedTuple):
    """The calls of a row's executed steps, then those of twins."""

    calls: list[ProgramCall]
    twins: list[TwinCall]


def _asked(task: Task, replayed: Replay) -> _Asked | str:
    """Return the calls that are made for a row, or why they are not."""
    steps = executed_steps(task)
    if len(steps) > MOST_STEPS:
        return f"{len(steps)} steps have programs: {MOST_STEPS} at most are executed"
    tools = {tool.tool_name: tool for tool in task.tools}
    unknown = next((index for index in steps if replayed.calls[index].name not in tools), None)
    if unknown is not None:
        return f"step {unknown}: its tool is not among the task's tools"
    twins = twin_calls(task, replayed)[:_MOST_TWINS]
    made = [*((index, replayed.calls[index]) for index in steps), *twins]
    return _Asked([_made(task, replayed, index, call, tools[call.name]) for index, call in made], twins)


def _made(task: Task, replayed: Replay, index: int, call: Call, tool: Tool) -> ProgramCall:
    source = task.meta.programs[call.name]
    return program_call(source, call, tool, replayed.states[index], task.meta.entity_types)


def _problems(
    task: Task, replayed: Replay, twins: Sequence[TwinCall], told: Sequence[SimulatorOutput | Fault]
) -> Iterator[str]:
    steps = executed_steps(task)
    yield from _step_problems(task, replayed, dict(zip(steps, told, strict=False)))
    for twin, output in zip(twins, told[len(steps) :], strict=True):
        before = replayed.states[twin.step]
        if isinstance(output, SimulatorOutput) and is_same_effect(task.steps[twin.step], Answer.of(output), before):
            yield f"step {twin.step}: tool '{twin.call.name}' does the same: the request leaves open which is meant"


def _step_problems(task: Task, replayed: Replay, outputs: Mapping[int, SimulatorOutput | Fault]) -> Iterator[str]:
    mint = IdMinter(task.meta.entity_types, replayed.states[0])
    for index, step in enumerate(task.steps):
        before = replayed.states[index]
        output = outputs.get(index)
        if output is None:
            for change in step.changes:
                if change.op == "create":  # a simulated tool's: its ids count, too
                    mint(change.collection, before)
        elif isinstance(output, Fault):
            yield f"step {index}: {output}"
        else:
            yield from (f"step {index}: {one}" for one in _differences(step, Answer.of(output), before, mint))


def _differences(recorded: Step, answer: Answer, before: State, mint: IdMinter) -> Iterator[str]:
    """Yield what is not as recorded of an answer, settled as the runtime settles it."""
    if answer.status_code != recorded.status_code:
        yield f"its program answers {answer.status_code}: {answer.error_message}"
        return
    try:
        changes, minted = settled(answer.changes, before, mint)
    except StateProblem as problem:
        yield f"its program's changes do not fit the state: {problem.detail}"
        return
    response = rename(answer.response, minted)
    if not same_json(response, recorded.response):
        yield f"its program responds {_short(response)}"
    if not _same_changes(changes, recorded.changes):
        yield f"its program makes the changes {_short([change.to_json() for change in changes])}"


def settled(made: Sequence[Change], before: State, mint: IdMinter) -> tuple[Sequence[Change], dict[str, str]]:
    """Return the changes as the runtime makes them, and what the new ids stand for.

    :raises StateProblem: when they do not fit the state.
    """
    if not made:
        return made, {}
    applied = apply(before, effective(made, before), mint=mint)
    return applied.changes, applied.minted


def _same_changes(made: Sequence[Change], recorded: Sequence[Change]) -> bool:
    return len(made) == len(recorded) and all(map(_same_change, made, recorded))


def _same_change(made: Change, recorded: Change) -> bool:
    return (made.op, made.collection, made.id) == (recorded.op, recorded.collection, recorded.id) and same_json(
        {**made.attributes}, {**recorded.attributes}
    )


def _short(value: Json) -> str:
    return canonical_json(value).decode()[:_SHOWN]
