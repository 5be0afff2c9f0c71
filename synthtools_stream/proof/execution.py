"""Proof by execution: every ground-truth call of a coded tool, made again by its program.

The program is given the state that the recorded changes lead to, and must come to the recorded response and changes. A
row's programs are untrusted like all else in it: they run in the sandbox, and what they do there is this row's failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.programs.program import Fault
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.integrity import Replay, replay
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.simulator.write_check import effective
from synthtools_stream.state import rename
from synthtools_stream.values.jsontypes import Json, canonical_json, same_json

__all__ = ["executed_steps", "execution_problems"]

_SHOWN = 160
"""Characters of a value that a problem shows."""


def executed_steps(task: Task) -> list[int]:
    """Return the steps whose tool has a program."""
    return [index for index, step in enumerate(task.steps) if step.call.partition("(")[0] in task.meta.programs]


async def execution_problems(task: Task, sandbox: Sandbox) -> list[str]:
    """Return where the programs come to something else than the row says; nothing for a row without programs."""
    steps = executed_steps(task)
    if not steps:
        return []
    try:
        replayed = replay(task)
    except (BadCall, StateProblem) as error:
        return [error.detail]
    tools = {tool.tool_name: tool for tool in task.tools}
    unknown = [step for step in steps if replayed.calls[step].name not in tools]
    if unknown:
        return [f"step {unknown[0]}: its tool is not among the task's tools"]
    told = await sandbox.answers(
        [
            program_call(
                task.meta.programs[call.name], call, tools[call.name], replayed.states[step], task.meta.entity_types
            )
            for step in steps
            for call in (replayed.calls[step],)
        ]
    )
    return [
        f"step {step}: {problem}"
        for step, output in zip(steps, told, strict=True)
        for problem in (
            [str(output)]
            if isinstance(output, Fault)
            else _differences(task.steps[step], Answer.of(output), replayed, step)
        )
    ]


def _differences(recorded: Step, answer: Answer, replayed: Replay, index: int) -> Iterator[str]:
    if answer.status_code != recorded.status_code:
        yield f"its program answers {answer.status_code}: {answer.error_message}"
        return
    names = _names(answer.changes, recorded.changes)
    response = rename(answer.response, names)
    if not same_json(response, recorded.response):
        yield f"its program responds {_short(response)}"
    made = _applied(answer.changes, names, replayed.states[index])
    if not same_json(made, [change.to_json() for change in recorded.changes]):
        yield f"its program makes the changes {_short(made)}"


def _names(made: Sequence[Change], recorded: Sequence[Change]) -> dict[str, str]:
    """Pair the placeholders of new entities with the ids that they were given, in order within a collection."""
    names: dict[str, str] = {}
    for collection in dict.fromkeys(change.collection for change in made):
        new = [change.id for change in made if change.op == "create" and change.collection == collection]
        given = [change.id for change in recorded if change.op == "create" and change.collection == collection]
        names.update(zip(new, given, strict=False))
    return names


def _applied(made: Sequence[Change], names: dict[str, str], before: State) -> list[Json]:
    """Return the changes as a row holds them: ids in place, and nothing that changes nothing."""
    filled = [
        change.model_copy(
            update={"id": names.get(change.id, change.id), "attributes": rename({**change.attributes}, names)}
        )
        for change in made
    ]
    try:
        return [change.to_json() for change in effective(filled, before)]
    except StateProblem as problem:
        return [problem.detail]


def _short(value: Json) -> str:
    return canonical_json(value).decode()[:_SHOWN]
