"""Proof by execution: every ground-truth call of a coded tool, made again by its program.

The program is given the state that the recorded changes lead to, and must come to the recorded response and changes,
ids of new entities included: they are minted as the runtime mints them. A row's programs are untrusted like all else in
it: they run in the sandbox, and what they do there is this row's failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.integrity import Replay, replay
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.simulator.write_check import effective
from synthtools_stream.state import IdMinter, apply, rename
from synthtools_stream.values.jsontypes import Json, canonical_json, same_json

__all__ = ["executed_steps", "execution_problems", "problems_of_rows"]

_SHOWN = 160
"""Characters of a value that a problem shows."""
_MOST_STEPS = 64
"""Steps of one row that are executed: five times the longest that runs make, and a bound to what a hostile row costs,
as each of its calls may take the sandbox's limit of time."""


def executed_steps(task: Task) -> list[int]:
    """Return the steps whose tool has a program."""
    return [index for index, step in enumerate(task.steps) if step.call.partition("(")[0] in task.meta.programs]


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


async def problems_of_rows(rows: Sequence[tuple[Task, Replay]], sandbox: Sandbox) -> list[list[str]]:
    """Return the same of several rows, each with its ground truth replayed: their calls travel together.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    called = [_calls(task, replayed) for task, replayed in rows]
    told = iter(await sandbox.answers([call for calls in called if not isinstance(calls, str) for call in calls]))
    return [
        [calls] if isinstance(calls, str) else list(_problems(task, replayed, list(islice(told, len(calls)))))
        for (task, replayed), calls in zip(rows, called, strict=True)
    ]


def _calls(task: Task, replayed: Replay) -> list[ProgramCall] | str:
    """Return the calls of a row's executed steps, or why they are not made."""
    steps = executed_steps(task)
    if len(steps) > _MOST_STEPS:
        return f"{len(steps)} steps have programs: {_MOST_STEPS} at most are executed"
    tools = {tool.tool_name: tool for tool in task.tools}
    made: list[ProgramCall] = []
    for index in steps:
        call = replayed.calls[index]
        if call.name not in tools:
            return f"step {index}: its tool is not among the task's tools"
        source = task.meta.programs[call.name]
        made.append(program_call(source, call, tools[call.name], replayed.states[index], task.meta.entity_types))
    return made


def _problems(task: Task, replayed: Replay, told: Sequence[SimulatorOutput | Fault]) -> Iterator[str]:
    outputs = dict(zip(executed_steps(task), told, strict=True))
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
        changes, minted = _settled(answer.changes, before, mint)
    except StateProblem as problem:
        yield f"its program's changes do not fit the state: {problem.detail}"
        return
    response = rename(answer.response, minted)
    if not same_json(response, recorded.response):
        yield f"its program responds {_short(response)}"
    if not _same_changes(changes, recorded.changes):
        yield f"its program makes the changes {_short([change.to_json() for change in changes])}"


def _settled(made: Sequence[Change], before: State, mint: IdMinter) -> tuple[Sequence[Change], dict[str, str]]:
    """Return the changes as the runtime makes them, and what the new ids stand for."""
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
