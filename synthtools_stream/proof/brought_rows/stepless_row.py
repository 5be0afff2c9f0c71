"""What holds of a brought row with the shared columns only: its states, its request, and what its programs make of it.

Where all its tools are code, they are played, and show what each call answers and changes. Of one call the request is
the turn, and the row has all that a proof wants; of several, nobody says which words ask for which.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from synthtools_stream.errors import BadProgram, StateProblem
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.execution import MOST_STEPS, settled
from synthtools_stream.proof.grounded.grounds import Grounds, parameter_at
from synthtools_stream.proof.grounded.provenance_search import find_provenance
from synthtools_stream.proof.integrity import replay
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.simulator.coded_tools import CodedTools
from synthtools_stream.state import IdMinter, apply, as_state, equal_up_to, rename, state_problems
from synthtools_stream.toolcalls import called_tool, canonical, parse_call
from synthtools_stream.values.json_pointers import leaf_pointers

__all__ = ["SteplessRow", "stepless_row"]

_NO_STEPS = "there are none: what each call answers and changes is not recorded, so that nothing can be replayed"
_NO_TURNS = "there are none: the request does not say which of its words ask for which call"
_UNSAID = "is not said in the request, nor shown by a step"
_SHOWN = 60
"""Characters of a value that a reason shows."""


class SteplessRow(NamedTuple):
    """What was found of a row without steps."""

    parts: dict[str, list[str]]
    """What is wrong with each part that was looked at."""
    whole: Task | None = None
    """The row with its step, where it can have one."""


async def stepless_row(task: Task, sandbox: Sandbox) -> SteplessRow:
    """Find out what holds; the row's tools take its calls.

    :raises SandboxMissing: when a worker of the sandbox that ended cannot be replaced.
    """
    parts = {"states": _untyped(task)}
    coded = all(called_tool(call) in task.meta.programs for call in task.gt_tool_calls)
    if parts["states"] or not coded:
        return SteplessRow({**parts, "provenance": list(_unsaid(task)), "steps": [_NO_STEPS]})
    try:
        whole = task.model_copy(update={"steps": await _played(task, sandbox)})
    except (BadProgram, StateProblem) as error:
        return SteplessRow({**parts, "world": [error.detail], "steps": [_NO_STEPS]})
    if len(whole.steps) == 1:
        return SteplessRow(parts, whole)
    final, found = as_state(task.final_state), replay(whole).final
    parts["world"] = [f"final state: {problem}" for problem in equal_up_to(final, found, {**final, **found})]
    return SteplessRow({**parts, "provenance": list(_unsaid(whole)), "steps": [_NO_TURNS]})


def _untyped(task: Task) -> list[str]:
    """Return why the states are not typed."""
    try:
        states = [as_state(task.initial_state), as_state(task.final_state)]
    except StateProblem as problem:
        return [f"free-form: {problem.detail}"]
    if not task.meta.entity_types:
        return ["not typed: meta.entity_types does not say what they hold"]
    return [problem for state in states for problem in state_problems(state, task.meta.entity_types)]


async def _played(task: Task, sandbox: Sandbox) -> list[Step]:
    """Return a step for each call, as its program answers it; the request is the turn of each.

    :raises BadProgram: when a program gives no answer, or refuses its call; when there are too many.
    :raises StateProblem: when its changes do not fit the state.
    """
    tools, types = {tool.tool_name: tool for tool in task.tools}, task.meta.entity_types
    if len(task.gt_tool_calls) > MOST_STEPS:
        raise BadProgram(f"there are {len(task.gt_tool_calls)} calls: {MOST_STEPS} at most are executed")
    state, coded, steps = as_state(task.initial_state), CodedTools(task.meta.programs, sandbox), list[Step]()
    mint = IdMinter(types, state)
    for index, text in enumerate(task.gt_tool_calls):
        call = parse_call(text)
        tool = tools[call.name]
        answer = await coded.answer(canonical(call, tool), tool, state, types)
        if not answer.ok:
            raise BadProgram(
                f"gt_tool_calls[{index}]: its program answers {answer.status_code}: {answer.error_message}"
            )
        changes, minted = settled(answer.changes, state, mint)
        response = rename(answer.response, minted)
        assert isinstance(response, dict)  # as it was before
        steps.append(Step(turn=task.summary, call=text, status_code=200, response=response, changes=[*changes]))
        state = apply(state, changes, mint=None).state
    return steps


def _unsaid(task: Task) -> Iterator[str]:
    """Yield the arguments that neither the request says, the only turn there is, nor the steps there are show."""
    tools = {tool.tool_name: tool for tool in task.tools}
    state = _initial(task)
    for index, text in enumerate(task.gt_tool_calls):
        call = parse_call(text)
        grounds = Grounds([task.summary], [step.response for step in task.steps[:index]], state)
        for leaf in leaf_pointers(call.arguments):
            parameter = parameter_at(tools[call.name], leaf.pointer)
            if leaf.pointer and find_provenance(leaf.value, leaf.pointer, grounds, parameter) is None:
                yield f"gt_tool_calls[{index}]: {leaf.pointer} = {str(leaf.value)[:_SHOWN]!r} {_UNSAID}"


def _initial(task: Task) -> State | None:
    try:
        return as_state(task.initial_state)
    except StateProblem:
        return None
