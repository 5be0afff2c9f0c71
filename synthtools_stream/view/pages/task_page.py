"""A task to read: its request, its steps with what each changes and where each value comes from, and its proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.proof.exchanges import exchanges
from synthtools_stream.records.dialogue import DialogueTurn
from synthtools_stream.records.environment import Environment
from synthtools_stream.records.task import Step, Task
from synthtools_stream.state import now_of
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.pages.addresses import anchor, row_address, step_anchor
from synthtools_stream.view.pages.call_view import CallView, GroundLinks, call_view, response_prefix
from synthtools_stream.view.pages.certificate_view import claims
from synthtools_stream.view.pages.page import ListedRow, Page
from synthtools_stream.view.pages.state_diff import EntityDiff, Tape, state_diff
from synthtools_stream.view.pages.tool_view import ToolView, tool_view
from synthtools_stream.view.pages.tried_mutants import tried_mutants
from synthtools_stream.view.pages.visible_text import Passage
from synthtools_stream.view.pages.world_tables import world_tables

__all__ = ["SaidLine", "StepView", "task_page"]


@dataclass(frozen=True)
class SaidLine:
    """What one of the two says in a planned dialogue."""

    speaker: str
    """`user` or `assistant`."""
    words: str


@dataclass(frozen=True)
class StepView:
    """One ground-truth call with all that belongs to it."""

    index: int
    anchor: str
    turn: str
    turn_anchor: str
    passages: Sequence[Passage]
    """Of the turn: quotes that arguments rest on."""
    act: str
    """The kind of a dialogue's act; empty where the turn is said as it is."""
    said: Sequence[SaidLine]
    goal: str
    call: CallView
    status_code: int
    response: JsonObject
    response_prefix: str
    places: Sequence[str]
    """Of the response: pointers that later arguments come from, or answers."""
    answers: Sequence[str]
    diff: Sequence[EntityDiff]
    is_executed: bool


def task_page(task: Task, environment: Environment | None, attempts: Sequence[ListedRow]) -> Page:
    """Return a task's page; `attempts` are those at it that the corpus has, in the order of their ids."""
    tools = [tool_view(tool, number) for number, tool in enumerate(task.tools)]
    steps = list(_steps(task, tools))
    variant = "" if task.meta.variant == "base" else f" ({task.meta.variant.replace('_', ' ')})"
    return Page(
        "task.html",
        f"Task {task.id}{variant}",
        {
            "task": task,
            "environment_id": environment.id if environment is not None else task.meta.environment,
            "has_environment": environment is not None,
            "scenario": environment.scenario if environment is not None else task.meta.scenario,
            "steps": steps,
            "unmade": _unmade(task),
            "diff_of_task": state_diff(task.initial_state, task.final_state),
            "now": now_of(task.initial_state),
            "world_tables": world_tables(task.initial_state),
            "claims": [] if task.certificate is None else claims(task.certificate),
            "mutants": tried_mutants(task),
            "tools": [(view, task.meta.programs.get(view.tool.tool_name, "")) for view in tools],
            "attempts": attempts,
            "base_address": _base_address(task),
        },
    )


def _base_address(task: Task) -> str:
    if task.meta.twist is None:
        return ""
    return row_address("tasks", task.id.removesuffix(f"-{task.meta.variant}"))


def _unmade(task: Task) -> list[DialogueTurn]:
    """Return the lines of the dialogue that no step of the row answers to, as the last one of some variants."""
    return [line for line in task.dialogue if not 0 <= line.step < len(task.steps)]


def _steps(task: Task, tools: Sequence[ToolView]) -> Iterator[StepView]:
    rows = {(view.tool.tool_name, row.name): row.id for view in reversed(tools) for row in view.parameters if row.id}
    links = GroundLinks(task.steps, rows, now_of(task.initial_state) is not None)
    names = [tool.tool_name for tool in task.tools]
    calls = [
        call_view(step.call, step_anchor(index), names, step.provenance, links) for index, step in enumerate(task.steps)
    ]
    for answer in task.answer:
        links.response(answer.step, answer.pointer)
    tape, lines = Tape(task.initial_state), {line.step: line for line in task.dialogue}
    said, executed = _said(task.dialogue), set(task.certificate.executed if task.certificate is not None else ())
    for index, (step, call) in enumerate(zip(task.steps, calls, strict=True)):
        line = lines.get(index)
        yield StepView(
            index=index,
            anchor=step_anchor(index),
            turn=step.turn,
            turn_anchor=anchor("turn", index),
            passages=links.passages.get(index, ()),
            act=line.act.kind.value if line is not None and line.act is not None else "",
            said=said.get(index, ()),
            goal=line.goal if line is not None else "",
            call=call,
            status_code=step.status_code,
            response=step.response,
            response_prefix=response_prefix(index),
            places=links.places.get(index, ()),
            answers=_answers(task, index, step),
            diff=tape.after(step.changes),
            is_executed=index in executed,
        )


def _answers(task: Task, index: int, step: Step) -> list[str]:
    told = [answer.pointer for answer in task.answer if answer.step == index]
    return told or list(step.answer)


def _said(dialogue: Sequence[DialogueTurn]) -> dict[int, list[SaidLine]]:
    """Return what is said about the steps whose lines have an act, by the first step of each exchange."""
    found: dict[int, list[SaidLine]] = {}
    for exchange in exchanges(dialogue):
        if exchange.kind is not None:
            lines = [("user", exchange.opening), ("assistant", exchange.reply), ("user", exchange.follow_up)]
            found[exchange.steps[0]] = [SaidLine(speaker, words) for speaker, words in lines if words]
    return found
