"""Do a task's parts agree? Calls, tools, steps, changes, responses, answers, turns, states: all checked by replay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.proof.answer_slots import entity_ids, slot_names
from synthtools_stream.proof.grounded.grounds import parameter_at, user_quotes
from synthtools_stream.proof.leaks import Secrets
from synthtools_stream.proof.plausible_world import hidden_characters, implausible, strange_ids
from synthtools_stream.proof.row_origin import origin_problems
from synthtools_stream.records.change import State
from synthtools_stream.records.task import ProvenanceKind, Step, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems
from synthtools_stream.simulator.write_check import idle_changes
from synthtools_stream.state import (
    CLOCK,
    apply,
    as_json,
    as_state,
    equal_up_to,
    refuse_mint,
    state_problems,
    volatile_problems,
)
from synthtools_stream.toolcalls import Call, canonical, check_call, format_call, parse_call
from synthtools_stream.values.json_pointers import Leaf, leaves, resolve
from synthtools_stream.values.jsontypes import Json, same_bytes, same_json

__all__ = ["Replay", "integrity_problems", "missing_words", "replay"]

SUCCESS = 200
"""The one status of success that simulators know."""


class Replay(NamedTuple):
    """A task's ground truth, run again from its initial state."""

    calls: list[Call]
    states: list[State]
    """Before each step, and the last one after them all."""
    arguments: list[list[Leaf]]
    """Each call's arguments, down to what is in them."""

    @property
    def final(self) -> State:
        """The state after the last step."""
        return self.states[-1]


def replay(task: Task) -> Replay:
    """Run the recorded changes again.

    :raises BadCall: when a call cannot be read; its detail names the step.
    :raises StateProblem: when a step's changes do not fit the state before it; its detail names the step.
    """
    states = [as_state(task.initial_state)]
    calls: list[Call] = []
    for index, step in enumerate(task.steps):
        try:
            calls.append(parse_call(step.call))
            states.append(apply(states[-1], step.changes, mint=refuse_mint).state)
        except (BadCall, StateProblem) as error:
            raise type(error)(f"step {index}: {error.detail}") from error
    return Replay(calls, states, [[leaf for leaf in leaves(call.arguments) if leaf.pointer] for call in calls])


def integrity_problems(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield where the parts of a task disagree."""
    tools = {tool.tool_name: tool for tool in task.tools}
    if len(tools) < len(task.tools):
        yield "two tools have the same name"
    if not task.steps:
        yield "there are no steps"
    if task.gt_tool_calls != [step.call for step in task.steps]:
        yield "gt_tool_calls are not the steps' calls"
    yield from _setting_problems(task)
    yield from origin_problems(task, replayed.calls)
    yield from _program_problems(task, replayed.calls)
    yield from _world_problems(task, replayed)
    for index, (step, call) in enumerate(zip(task.steps, replayed.calls, strict=True)):
        for problem in _step_problems(step, call, tools.get(call.name), replayed.states[index], task):
            yield f"step {index}: {problem}"
    final = as_state(task.final_state)
    if not same_bytes(as_json(final), as_json(replayed.final)):
        found = equal_up_to(final, replayed.final, {**final, **replayed.final})
        yield from (f"final state: {problem}" for problem in found)
    yield from _answer_problems(task)
    yield from _wording_problems(task, replayed.calls)


def _setting_problems(task: Task) -> Iterator[str]:
    """What the states hold, what tools may touch and what is not compared must be told, and told once."""
    kinds = task.meta.entity_types
    collections = {kind.collection for kind in kinds}
    if not kinds:
        yield "meta.entity_types says nothing of what the states hold"
    if len(collections) < len(kinds):
        yield "meta.entity_types tells two types of one collection"
    for kind in kinds:
        yield from (f"meta.entity_types: {problem}" for problem in volatile_problems(kind))
    volatile = [f"{kind.collection}.{part.name}" for kind in kinds for part in kind.attributes if part.volatile]
    if sorted(task.meta.volatile) != sorted(volatile):
        yield "meta.volatile does not list the attributes that the entity types call volatile"
    for tool in task.tools:
        if not tool.output_details:
            yield f"tool '{tool.tool_name}' does not tell what it returns"
        if tool.effects is None:
            yield f"tool '{tool.tool_name}' does not tell its effects"
        elif strange := {*tool.effects.reads, *tool.effects.writes} - collections - {CLOCK}:
            yield f"tool '{tool.tool_name}' has effects on {', '.join(sorted(strange))}, of which there is no type"


def _world_problems(task: Task, replayed: Replay) -> Iterator[str]:
    start, kinds = replayed.states[0], task.meta.entity_types
    yield from (f"initial state: {problem}" for problem in state_problems(start, kinds))
    arguments = [leaf.value for leaves_ in replayed.arguments for leaf in leaves_]
    if not task.meta.is_brought:
        yield from (f"initial state: {problem}" for problem in strange_ids(start, kinds))
    yield from (f"initial state: {problem}" for problem in implausible(start, kinds, arguments))
    yield from hidden_characters("initial state", as_json(start))
    told = [(step.call, step.response) for step in task.steps]
    yield from hidden_characters("steps", [[*pair] for pair in told])
    yield from hidden_characters("final state", as_json(replayed.final))


def _program_problems(task: Task, calls: Sequence[Call]) -> Iterator[str]:
    """A program that no step calls is shown right by nothing, and would be run by whoever plays the task."""
    known = {call.name for call in calls}
    if task.meta.variant == VariantKind.distractors:
        known.update(tool.tool_name for tool in task.tools)  # an agent may call what is offered to mislead it
    for name in task.meta.programs:
        if name not in known:
            yield f"meta.programs has a program of '{name[:60]}', which no step calls"


def _step_problems(step: Step, call: Call, tool: Tool | None, before: State, task: Task) -> Iterator[str]:
    if tool is None:
        yield f"its tool '{call.name}' is not among the task's tools"
        return
    problems = check_call(call, tool)
    yield from problems
    if not problems and format_call(canonical(call, tool)) != step.call:
        yield "its call is not in canonical form"
    if step.status_code != SUCCESS:
        yield f"its status is {step.status_code}, not {SUCCESS}"
        return
    yield from idle_changes(step.changes, before)
    answer = Answer(step.status_code, step.response, None, step.changes)
    yield from answer_problems(answer, tool, call.arguments, before, task.meta.entity_types, minted=True)


def _answer_problems(task: Task) -> Iterator[str]:
    asked = [(index, pointer) for index, step in enumerate(task.steps) for pointer in step.answer]
    if asked != [(answer.step, answer.pointer) for answer in task.answer]:
        yield "answer does not list what the steps ask for"
        return
    slots = [answer.slot for answer in task.answer]
    if any(slots) and slots != slot_names(task.steps, entity_ids(task.initial_state)):
        yield "answer names its slots otherwise than its steps do"
    for answer in task.answer:
        try:
            value: Json = resolve(task.steps[answer.step].response, answer.pointer)
        except LookupError as error:
            yield f"answer of step {answer.step}: {error}"
            continue
        if not same_json(value, answer.value):
            yield f"answer of step {answer.step} at '{answer.pointer}' is not what the response holds"
        if value is None or value in ("", [], {}):
            yield f"answer of step {answer.step} at '{answer.pointer}' is nothing that can be told"


def _wording_problems(task: Task, calls: Sequence[Call]) -> Iterator[str]:
    """The request holds the user's words and nothing that the user cannot know; the dialogue holds the turns."""
    yield from missing_words(task, calls)
    said = "\n".join(step.turn for step in task.steps)
    for word in Secrets.of(task.steps, task.tools).leaks(task.summary, said):
        yield f"summary holds {word[:60]!r}, which the user cannot know"
    if task.dialogue and [line.step for line in task.dialogue] != list(range(len(task.steps))):
        yield "dialogue does not go through the steps in order"
        return
    for line in task.dialogue:
        if line.turn != task.steps[line.step].turn:
            yield f"dialogue of step {line.step} is not that step's turn"


def missing_words(task: Task, calls: Sequence[Call]) -> Iterator[str]:
    """Yield the user's words that the request lacks; what is verbatim and no choice must stand there to the letter."""
    tools = {tool.tool_name: tool for tool in task.tools}
    folded = task.summary.casefold()
    for index, step in enumerate(task.steps):
        tool = tools.get(calls[index].name)
        for pointer, proof in step.provenance.items():
            for quote in user_quotes(proof):
                if quote in task.summary:
                    continue
                parameter = parameter_at(tool, pointer) if tool is not None else None
                verbatim = proof.kind is ProvenanceKind.user and proof.normaliser is None
                if quote.casefold() not in folded or (verbatim and not (parameter and parameter.enum)):
                    yield f"step {index}: summary lacks the user's words {quote[:60]!r} for {pointer}"
