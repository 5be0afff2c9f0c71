"""Stability: do the ground-truth calls come to the same once more, on fresh answers?

The calls are made again from the initial state, past the tape and with other seeds; what was named after an id that
was minted then is named after the one minted now. The task's own verdict decides, and every answer must still be true.
Whether an answer may be relied on is a question to the model, so this part alone cannot be rechecked without one.
"""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.asking.ask_protocol import Asks
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.proof.told.bare_answers import closing
from synthtools_stream.proof.verdict import judge_outcome, target_of
from synthtools_stream.records.change import Change
from synthtools_stream.records.task import Step, Task
from synthtools_stream.records.trajectory import VerdictKind
from synthtools_stream.simulator.coded_tools import CodedTools
from synthtools_stream.simulator.tool_runtime import Served, Simulator
from synthtools_stream.state import as_state, rename
from synthtools_stream.toolcalls import Call, parse_call
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, same_json

__all__ = ["FRESH", "assert_stable"]

FRESH = 1
"""The repeat number of the fresh answers: any but 0, under which the task's own stand."""


async def assert_stable(task: Task, context: Asks, coded: CodedTools | None = None) -> None:
    """Make the ground-truth calls once more; tools among `coded` by their programs.

    :raises Rejection: "unstable" when they come to something else.
    """
    tools = {tool.tool_name: tool for tool in task.tools}
    simulator = Simulator(tools, task.meta.entity_types, task.initial_state, context, owner=task.id, coded=coded)
    names: dict[str, str] = {}
    served: list[Served] = []
    for index, step in enumerate(task.steps):
        served.append(await _again(simulator, index, step, names))
        names.update(_renamed(step.changes, served[-1].changes))
    told = [_told(index, pointer, served[index]) for index, step in enumerate(task.steps) for pointer in step.answer]
    for answer, value in zip(task.answer, told, strict=True):
        if not same_json(rename(answer.value, names), value):
            raise Rejection("unstable", f"step {answer.step}: {answer.pointer} is now {str(value)[:80]!r}")
    answers = [one.model_copy(update={"value": value}) for one, value in zip(task.answer, told, strict=True)]
    verdict = judge_outcome(target_of(task), as_state(simulator.state), closing(answers))
    if verdict.kind is not VerdictKind.solved:
        raise Rejection("unstable", "; ".join(verdict.reasons[:5]))


async def _again(simulator: Simulator, index: int, step: Step, names: dict[str, str]) -> Served:
    call = parse_call(step.call)
    arguments = rename(call.arguments, names)
    assert isinstance(arguments, dict)
    try:
        served = await simulator.call(Call(call.name, arguments), repeat=FRESH)
    except UnusableReply as reply:
        raise Rejection("unstable", f"step {index}: no usable answer: {reply.detail}") from reply
    if not served.ok:
        raise Rejection("unstable", f"step {index} is now answered {served.status_code}: {served.error_message}")
    return served


def _renamed(recorded: Sequence[Change], fresh: Sequence[Change]) -> dict[str, str]:
    """Pair what a step created then and now, in order within each collection."""
    names: dict[str, str] = {}
    for collection in dict.fromkeys(change.collection for change in recorded):
        old, new = _created(recorded, collection), _created(fresh, collection)
        names.update({a: b for a, b in zip(old, new, strict=False) if a != b})
    return names


def _created(changes: Sequence[Change], collection: str) -> list[str]:
    return [change.id for change in changes if change.op == "create" and change.collection == collection]


def _told(index: int, pointer: str, served: Served) -> Json:
    try:
        return resolve(served.response, pointer)
    except LookupError as error:
        raise Rejection("unstable", f"step {index}: {pointer} is no longer in the response") from error
