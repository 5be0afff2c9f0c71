"""A brought row with all that code can add to it: canonical calls, provenance, the answers' values, what is volatile.

Nothing that the row says itself is overruled: a provenance that stands there is kept, and proven or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.proof.answer_slots import entity_ids, slot_names
from synthtools_stream.proof.grounded.call_grounds import call_problems
from synthtools_stream.proof.grounded.grounds import Grounds, parameter_at
from synthtools_stream.proof.grounded.provenance_search import find_all, sources_of
from synthtools_stream.proof.integrity import replay
from synthtools_stream.records.change import State
from synthtools_stream.records.task import BROUGHT, AnswerValue, Provenance, Step, Task, TaskMeta
from synthtools_stream.records.tool import Tool
from synthtools_stream.toolcalls import canonical, check_call, format_call, parse_call
from synthtools_stream.values.json_pointers import Leaf, leaf_pointers, resolve
from synthtools_stream.values.jsontypes import Json

__all__ = ["completed_row"]


def completed_row(task: Task) -> Task:
    """Return a row to be proven; its steps are there, and its tools take its calls."""
    tools = {tool.tool_name: tool for tool in task.tools}
    steps = [step.model_copy(update={"call": _canonical(step.call, tools)}) for step in _asking(task)]
    task = task.model_copy(
        update={
            "gt_tool_calls": [_canonical(call, tools) for call in task.gt_tool_calls],
            "steps": steps,
            "meta": _told(task.meta),
            "certificate": None,
        }
    )
    try:
        states = replay(task).states
    except (BadCall, StateProblem):  # which the proof will tell
        return task
    steps = [_grounded(index, steps, states, tools) for index in range(len(steps))]
    return task.model_copy(update={"steps": steps, "answer": _answer(task, steps)})


def _told(meta: TaskMeta) -> TaskMeta:
    volatile = [
        f"{kind.collection}.{part.name}" for kind in meta.entity_types for part in kind.attributes if part.volatile
    ]
    return meta.model_copy(update={"origin": BROUGHT, "volatile": meta.volatile or volatile})


def _canonical(text: str, tools: Mapping[str, Tool]) -> str:
    """Return a call in canonical form; one that cannot be read, or that its tool refuses, stays as it is."""
    try:
        call = parse_call(text)
    except BadCall:
        return text
    tool = tools.get(call.name)
    return text if tool is None or check_call(call, tool) else format_call(canonical(call, tool))


def _asking(task: Task) -> list[Step]:
    """Return the steps with their answers' pointers, which may stand in the row's column alone."""
    if any(step.answer for step in task.steps) or any(answer.step >= len(task.steps) for answer in task.answer):
        return task.steps
    asked = [[answer.pointer for answer in task.answer if answer.step == index] for index in range(len(task.steps))]
    return [step.model_copy(update={"answer": one}) for step, one in zip(task.steps, asked, strict=True)]


def _grounded(index: int, steps: Sequence[Step], states: Sequence[State], tools: Mapping[str, Tool]) -> Step:
    """Return a step with a provenance for each argument for which code finds one."""
    step, call = steps[index], parse_call(steps[index].call)
    tool = tools.get(call.name)
    if tool is None:
        return step
    before = [step.response for step in steps[:index]]
    grounds = Grounds([step.turn for step in steps[: index + 1]], before, states[index])
    provenance = {**find_all(call, tool, grounds).provenance, **step.provenance}
    arguments = [leaf for leaf in leaf_pointers(call.arguments) if leaf.pointer]
    for leaf in arguments:
        if leaf.pointer not in step.provenance:
            provenance = _undoubted(leaf, arguments, tool, provenance, grounds)
    return step.model_copy(update={"provenance": provenance})


def _undoubted(
    leaf: Leaf, arguments: Sequence[Leaf], tool: Tool, found: dict[str, Provenance], grounds: Grounds
) -> dict[str, Provenance]:
    """Return the provenances with another one for an argument where the turn points to another place than was found."""

    def doubted(provenance: Mapping[str, Provenance]) -> bool:
        return any(pointer == leaf.pointer for pointer, _ in call_problems(arguments, tool, provenance, grounds))

    if leaf.pointer not in found or not doubted(found):
        return found
    sources = sources_of(leaf.value, leaf.pointer, grounds, parameter_at(tool, leaf.pointer))
    others = ({**found, leaf.pointer: proof} for proof in sources)
    return next((other for other in others if not doubted(other)), found)


def _answer(task: Task, steps: Sequence[Step]) -> list[AnswerValue]:
    """Return what the row asks for, or what its steps' pointers lead to, under names; what is wrong the proof tells."""
    answer = task.answer or [
        AnswerValue(step=index, pointer=pointer, value=_value(step, pointer))
        for index, step in enumerate(steps)
        for pointer in step.answer
    ]
    names = slot_names(steps, entity_ids(task.initial_state))
    if len(names) != len(answer) or any(one.slot for one in answer):
        return answer
    return [one.model_copy(update={"slot": name}) for one, name in zip(answer, names, strict=True)]


def _value(step: Step, pointer: str) -> Json:
    try:
        return resolve(step.response, pointer)
    except LookupError:
        return None
