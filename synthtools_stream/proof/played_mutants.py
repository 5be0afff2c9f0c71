"""Altered ground truths that programs play: the verdict must accept those that are as good, and refuse all others.

As good is one whose reads are made again after every write, one with neighbouring writes swapped where programs show
that neither minds, one whose calls spell numbers otherwise. Wrong is one that leaves out a write, or two, or that ends
with a write to an entity nobody spoke of. Each is played from where it parts from the ground truth; all of a row's go
side by side, so that a step of all costs one trip. The row must have been found to be what its programs come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import TypeAlias

from synthtools_stream.errors import StateProblem
from synthtools_stream.programs.program import Fault
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.simulator.write_check import effective
from synthtools_stream.state import CLOCK, AppliedChanges, Expectation, IdMinter, apply, rename
from synthtools_stream.toolcalls import Call, canonical, check_call
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json

__all__ = ["PlayedMutants", "played_mutants"]

_MOST_WRITES = 4
"""Writing steps of a task up to which every pair of them is left out: six attempts at most."""
_FOREIGN = 2
"""Entities that nobody spoke of to which each write is made: some of them a rule protects."""
_Made: TypeAlias = tuple[int | None, Call]
"""A call of an attempt, and the step that it stands for."""
_EXACT = 2**52
"""Whole numbers below it are the same as floats."""


@dataclass(frozen=True, slots=True)
class PlayedMutants:
    """How many attempts were played, and what the verdict got wrong about them."""

    played: int
    problems: list[str]


@dataclass
class _Attempt:
    """An altered ground truth: calls, each with the step that it stands for, and how far it has come."""

    what: str
    is_good: bool
    calls: list[_Made]
    state: State
    mint: IdMinter
    needs_same: bool = False
    """It says something only if its calls change what the ground truth's did."""
    must_write: bool = False
    """It says something only if its last call writes what the verdict compares."""
    names: dict[str, str] = field(default_factory=dict[str, str])
    """What the ground truth's new ids are in this attempt."""
    as_recorded: bool = True
    """All calls so far were answered with success, and those of steps changed what the steps did, but for new names."""
    last: Sequence[Change] = ()


async def played_mutants(task: Task, replayed: Replay, sandbox: Sandbox) -> PlayedMutants:
    """Play the altered ground truths of a task; none where a step's tool has no program.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    if any(call.name not in task.meta.programs for call in replayed.calls):
        return PlayedMutants(0, [])
    attempts = list(_attempts(task, replayed))
    tools = {tool.tool_name: tool for tool in task.tools}
    for place in range(max((len(attempt.calls) for attempt in attempts), default=0)):
        going = [attempt for attempt in attempts if place < len(attempt.calls)]
        asked = [_asked(task, tools, attempt, place) for attempt in going]
        told = await sandbox.answers([program_call(*call, task.meta.entity_types) for call in asked])
        for attempt, output in zip(going, told, strict=True):
            _settle(task, attempt, place, None if isinstance(output, Fault) else Answer.of(output))
    return PlayedMutants(len(attempts), list(_problems(task, replayed, attempts)))


def _asked(task: Task, tools: dict[str, Tool], attempt: _Attempt, place: int) -> tuple[str, Call, Tool, State]:
    call = attempt.calls[place][1]
    arguments = rename(call.arguments, attempt.names)
    assert isinstance(arguments, dict)
    return task.meta.programs[call.name], Call(call.name, arguments), tools[call.name], attempt.state


def _settle(task: Task, attempt: _Attempt, place: int, answer: Answer | None) -> None:
    """Let an attempt go on from what its call was answered; a refused call changes nothing."""
    attempt.last = ()
    applied = _applied(attempt, answer)
    if applied is None:
        attempt.as_recorded = False
        return
    attempt.state, attempt.last = applied.state, applied.changes
    step = attempt.calls[place][0]
    if step is not None:
        recorded = task.steps[step].changes
        attempt.names.update(_named(recorded, applied.changes))
        attempt.as_recorded &= _same_changes(applied.changes, recorded, attempt.names)


def _applied(attempt: _Attempt, answer: Answer | None) -> AppliedChanges | None:
    if answer is None or not answer.ok:
        return None
    try:
        return apply(attempt.state, effective(answer.changes, attempt.state), mint=attempt.mint)
    except StateProblem:
        return None


def _named(recorded: Sequence[Change], made: Sequence[Change]) -> dict[str, str]:
    """Return what was made anew under another name than the ground truth's."""
    meant = [change.id for change in recorded if change.op == "create"]
    given = [change.id for change in made if change.op == "create"]
    return {old: new for old, new in zip(meant, given, strict=False) if old != new}


def _same_changes(made: Sequence[Change], recorded: Sequence[Change], names: dict[str, str]) -> bool:
    told: Json = [change.to_json() for change in made]
    return same_json(told, rename([change.to_json() for change in recorded], names))


def _problems(task: Task, replayed: Replay, attempts: Sequence[_Attempt]) -> Iterator[str]:
    volatile = frozenset(task.meta.volatile)
    expectation = Expectation(replayed.final, replayed.states[0], volatile)
    for attempt in attempts:
        if attempt.needs_same and not attempt.as_recorded:
            continue  # a rule minds the order: the writes were no neighbours that may change places
        if attempt.must_write and all(_is_free(change, volatile) for change in attempt.last):
            continue
        if expectation.same(attempt.state) is not attempt.is_good:
            yield f"the verdict {'refuses' if attempt.is_good else 'accepts'} {attempt.what}"


def _is_free(change: Change, volatile: frozenset[str]) -> bool:
    """Say whether a change leaves alone all that is compared."""
    return change.op == "update" and all(f"{change.collection}.{name}" in volatile for name in change.attributes)


def _attempts(task: Task, replayed: Replay) -> Iterator[_Attempt]:
    """Yield the attempts, each from where it parts from the ground truth."""
    truth: list[_Made] = list(enumerate(replayed.calls))
    writes = [index for index, step in enumerate(task.steps) if step.changes]

    def attempt(what: str, start: int, calls: Sequence[_Made], *, good: bool) -> _Attempt:
        state = replayed.states[start]
        return _Attempt(what, good, list(calls), state, IdMinter(task.meta.entity_types, state))

    reads: list[_Made] = [(None, call) for index, call in truth if index not in writes]
    if reads:
        after = [place + 1 for place in writes]
        rest = [call for place in after for call in (*_known(reads, task, place), *_up_to_next(truth, place, writes))]
        first = truth[: after[0]] if after else truth
        yield attempt("reads made again after every write", 0, [*first, *rest], good=True)
    for one, two in pairwise(writes):
        if _are_independent(task, replayed, one, two):
            swapped = [truth[two], *truth[one:two], *truth[two + 1 :]]
            yield replace(attempt(f"steps {one} and {two} swapped", one, swapped, good=True), needs_same=True)
    yield attempt("numbers spelled otherwise", 0, [(at, _respelled(call, task)) for at, call in truth], good=True)
    for left in _left_out(writes):
        rest = [call for call in truth[left[0] :] if call[0] not in left]
        yield attempt(f"leaving out step {' and '.join(map(str, left))}", left[0], rest, good=False)
    for call in _foreign_calls(task, replayed, writes):
        foreign = attempt(f"{call.name} of what nobody spoke of", len(truth), [(None, call)], good=False)
        yield replace(foreign, must_write=True)


def _up_to_next(truth: Sequence[_Made], place: int, writes: Sequence[int]) -> Sequence[_Made]:
    """Return the calls from a place to the next write, that one included; all that are left where there is none."""
    return truth[place : next((index + 1 for index in writes if index >= place), len(truth))]


def _known(reads: Sequence[_Made], task: Task, place: int) -> list[_Made]:
    """Return the reads that name nothing which steps from `place` on make."""
    made = {change.id for step in task.steps[place:] for change in step.changes if change.op == "create"}
    return [(at, call) for at, call in reads if made.isdisjoint(_texts(call.arguments))]


def _left_out(writes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    yield from ((index,) for index in writes)
    if len(writes) <= _MOST_WRITES:
        yield from combinations(writes, 2)


def _are_independent(task: Task, replayed: Replay, first: int, second: int) -> bool:
    """Say whether two writes touch and name different entities, and nothing stands between them that shows these."""
    ours, theirs = task.steps[first].changes, task.steps[second].changes
    mine = {change.id for change in ours} | _texts(replayed.calls[first].arguments)
    other = {change.id for change in theirs} | _texts(replayed.calls[second].arguments)
    shown = {text for step in task.steps[first:second] for text in _texts(step.response)}
    return mine.isdisjoint({change.id for change in theirs} | shown & other) and other.isdisjoint(
        {change.id for change in ours}
    )


def _respelled(call: Call, task: Task) -> Call:
    """Return a call with its whole numbers spelled otherwise, 25 as 25.0, as the runtime would then make it."""
    tool = next(tool for tool in task.tools if tool.tool_name == call.name)
    spelled: JsonObject = {name: _spelled(value) for name, value in call.arguments.items()}
    other = Call(call.name, spelled)
    return call if check_call(other, tool) else canonical(other, tool)


def _spelled(value: Json) -> Json:
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < _EXACT else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _foreign_calls(task: Task, replayed: Replay, writes: Sequence[int]) -> Iterator[Call]:
    """Yield each write made of entities that no call names and no step changes."""
    spoken = {change.id for step in task.steps for change in step.changes}
    spoken.update(text for call in replayed.calls for text in _texts(call.arguments))
    for index in writes:
        call = replayed.calls[index]
        for name, value in call.arguments.items():
            held = _held(value, replayed.final)
            if held is not None:
                others = [other for other in held if other not in spoken][:_FOREIGN]
                yield from (Call(call.name, {**call.arguments, name: other}) for other in others)
                break


def _held(value: Json, state: State) -> Mapping[str, JsonObject] | None:
    """Return the collection that has an entity of this id."""
    if not isinstance(value, str):
        return None
    return next((held for collection, held in state.items() if collection != CLOCK and value in held), None)


def _texts(value: Json) -> set[str]:
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for item in items for text in _texts(item)}
