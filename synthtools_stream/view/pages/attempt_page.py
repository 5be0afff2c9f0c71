"""An attempt to read: all that was said, each call beside its result, and how code and judge saw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from synthtools_stream.errors import StateProblem
from synthtools_stream.records.task import Task
from synthtools_stream.records.trajectory import Trajectory
from synthtools_stream.state import as_json, as_state, compare, rename
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.aligned_calls import aligned
from synthtools_stream.view.pages.attempt_messages import conversation, true_calls, understood_calls
from synthtools_stream.view.pages.page import ListedRow, Page
from synthtools_stream.view.pages.state_diff import EntityDiff, state_diff

__all__ = ["attempt_page"]


@dataclass(frozen=True)
class SlotView:
    """An answer that the task asks for, and what was told under its name."""

    slot: str
    wanted: tuple[Json] | None
    """None: it is not asked for."""
    told: tuple[Json] | None


def attempt_page(attempt: Trajectory, task: Task | None, others: Sequence[ListedRow] = ()) -> Page:
    """Return an attempt's page; of a task that is not there, states are not told in full.

    `others` are further attempts at the same task, to be laid beside this one.
    """
    initial = None if task is None else task.initial_state
    messages = conversation(attempt, initial)
    return Page(
        "attempt.html",
        f"Attempt {attempt.id}",
        {
            "attempt": attempt,
            "task": task,
            "messages": messages,
            "calls": None if task is None or not task.steps else aligned(true_calls(task), understood_calls(messages)),
            "diff_of_attempt": state_diff(initial, attempt.final_state),
            "missed": _missed(attempt, task),
            "variant": _variant(attempt),
            "facts": list(_facts(attempt.meta)),
            "slots": list(_slots(attempt, task)),
            "others": [row for row in others if row.id != attempt.id],
        },
    )


def _missed(attempt: Trajectory, task: Task | None) -> list[EntityDiff]:
    """Return what the task's final state has otherwise, what is new under the names that it has in the attempt."""
    if task is None or attempt.final_state is None:
        return []
    try:
        wanted, reached, initial = map(as_state, (task.final_state, attempt.final_state, task.initial_state))
    except StateProblem:
        return state_diff(attempt.final_state, task.final_state)
    names = compare(reached, wanted, initial, task.meta.volatile).renamed
    renamed = rename(as_json(wanted), names)
    return state_diff(attempt.final_state, renamed) if isinstance(renamed, dict) else []


def _variant(attempt: Trajectory) -> str:
    variant = attempt.meta.get("variant")
    return variant if isinstance(variant, str) else "base"


def _slots(attempt: Trajectory, task: Task | None) -> Iterator[SlotView]:
    """Yield what the task asks for, then what was told besides."""
    told = attempt.answers or {}
    wanted = [] if task is None else [(answer.slot or answer.pointer, answer.value) for answer in task.answer]
    for slot, value in wanted:
        yield SlotView(slot, (value,), (told[slot],) if slot in told else None)
    asked = {slot for slot, _ in wanted}
    for slot, value in told.items():
        if slot not in asked:
            yield SlotView(slot, None, (value,))


def _facts(meta: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield what the row tells of itself, the counts of an object within it one by one."""
    for name, value in meta.items():
        if isinstance(value, dict):
            yield from ((_words(key), f"{number:,}") for key, number in value.items() if _is_number(number))
        elif value is not None and value != "":
            yield _words(name), str(value) if not isinstance(value, bool) else ("yes" if value else "no")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _is_number(value: Json) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
