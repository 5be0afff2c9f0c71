"""The verdict, one for proof and rollout, in code.

An attempt is solved when its final state equals the task's up to minted ids and volatile attributes, nothing else has
changed, and the closing message tells every value that the task asks for, and nothing against it (`proof/told`). Ids of
entities that the attempt itself created are told by the names they have there. A text that the user dictated is
compared though its attribute is volatile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import NamedTuple

from synthtools_stream.errors import StateProblem
from synthtools_stream.proof.dictated_texts import freely_worded
from synthtools_stream.proof.told.heard_answers import untold
from synthtools_stream.proof.told.knowledge import NOTHING_KNOWN, Knowledge
from synthtools_stream.proof.told_slots import slot_problems
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.records.trajectory import Verdict, VerdictKind
from synthtools_stream.records.twist import Expected
from synthtools_stream.state import Expectation, apply, as_state, compare, refuse_mint, rename
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Target", "is_solved", "judge_attempt", "judge_outcome", "target_of"]


class Target(NamedTuple):
    """What an attempt at a task must come to."""

    initial: State
    final: State
    volatile: frozenset[str]
    """`collection.attribute` names that are not compared."""
    known: Knowledge = NOTHING_KNOWN
    """What is asked for, and what a message may speak of besides."""
    also: tuple[State, ...] = ()
    """Other final states that are as good: of a task whose agent must ask, those on the way there."""


def target_of(task: Task) -> Target:
    """Return what attempts at a task are measured by.

    :raises StateProblem: when the task's states are no collections of entities.
    """
    initial, final = as_state(task.initial_state), as_state(task.final_state)
    return Target(initial, final, freely_worded(task, final), Knowledge(task), _on_the_way(task))


def judge_attempt(
    task: Task,
    final_state: JsonObject | State | None,
    closing_message: str | None,
    answers: Mapping[str, Json] | None = None,
    target: Callable[[Task], Target] = target_of,
) -> Verdict:
    """Judge an attempt by the state it left and everything it told the user, in prose or by slot, in `answers`.

    Without a certificate: unproven. Whoever judges many attempts at a task hands in a `target` that remembers.
    """
    if task.certificate is None:
        return Verdict(kind=VerdictKind.unproven, reasons=["the task has no certificate"])
    try:
        return judge_outcome(target(task), as_state(final_state), closing_message or "", answers)
    except StateProblem as problem:
        return Verdict(kind=VerdictKind.unsolved, state_equal=False, reasons=[problem.detail])


def is_solved(target: Target, final_state: State, closing_message: str, expectation: Expectation | None = None) -> bool:
    """Say whether `judge_outcome` finds a final state and closing message solved; quicker where they are not.

    Whoever asks about many states hands in the target's `expectation`, so that it is made but once.
    """
    wanted = expectation if expectation is not None else Expectation(target.final, target.initial, target.volatile)
    if not wanted.same(final_state):
        return False
    return judge_outcome(target, final_state, closing_message).kind is VerdictKind.solved


def judge_outcome(
    target: Target, final_state: State, closing_message: str, answers: Mapping[str, Json] | None = None
) -> Verdict:
    """Judge a final state and closing message against a target.

    What `answers` tell by slot is compared there. Of it the message need say nothing, and may not say another; the rest
    it must tell.
    """
    compared = compare(final_state, target.final, target.initial, target.volatile)
    for other in target.also if compared.differences else ():
        if not (found := compare(final_state, other, target.initial, target.volatile)).differences:
            compared = found
    told = {slot: value for slot, value in (answers or {}).items() if value is not None}
    due = {slot: rename(value, compared.renamed) for slot, value in target.known.by_slot.items()}
    silent = untold(target.known, closing_message, compared.renamed, told.keys())
    silent += slot_problems(due, told, _names(target, final_state))
    reasons = [*compared.differences, *silent]
    return Verdict(
        kind=VerdictKind.unsolved if reasons else VerdictKind.solved,
        state_equal=not compared.differences,
        answers_given=not silent,
        reasons=reasons,
    )


def _on_the_way(task: Task) -> tuple[State, ...]:
    """Return the states from which an agent may ask for what is held back: it may do the rest before or after."""
    twist = task.meta.twist
    if twist is None or twist.expects is not Expected.asked:
        return ()
    return tuple(accumulate(task.steps, _after, initial=as_state(task.initial_state)))


def _after(state: State, step: Step) -> State:
    return apply(state, step.changes, mint=refuse_mint).state


def _names(target: Target, final_state: State) -> set[str]:
    """Return the ids of all entities that an answer can name."""
    return {name for state in (target.initial, final_state) for entities in state.values() for name in entities}
