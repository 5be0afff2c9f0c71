"""Which lines of a planned dialogue get an act: drawn by lineage and step, worded by a role, checked as the proof does.

An act that cannot be had of a line, or whose words stay wrong, is left out: the turn is then said as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.proof.dialogue_acts import (
    act_problems,
    due_quotes,
    held_in_turn,
    joinable,
    misstated_in_turn,
)
from synthtools_stream.proof.held_values import HeldValue
from synthtools_stream.proof.integrity import Replay, replay
from synthtools_stream.records import DialogueTurn, Task
from synthtools_stream.records.dialogue import ActKind, DialogueAct
from synthtools_stream.roles.evolution_roles import SPEAKER, SpeakerInput, SpeakerOutput
from synthtools_stream.values.lineage_draw import draw

__all__ = ["NO_ACTS", "ActRates", "with_acts"]

_SHOWN = 4
"""Problems that are told at once: a model mends a few of them well."""


@dataclass(frozen=True)
class ActRates:
    """How many lines get an act."""

    shares: Mapping[str, float]
    """Of each kind, the share of lines that get one, of those that can and have none yet, 0 to 1."""
    seed: int = 0
    """Draws which lines these are."""


NO_ACTS = ActRates({})


async def with_acts(task: Task, rates: ActRates, context: Context) -> Task:
    """Return a proven task whose dialogue has acts; one call of a model for each.

    :raises TransportError: when the model cannot be reached.
    """
    if not any(rates.shares.values()) or len(task.dialogue) != len(task.steps):
        return task
    plain = [line.model_copy(update={"act": None}) for line in task.dialogue]
    task = task.model_copy(update={"dialogue": plain})
    replayed = replay(task)
    step = 0
    while step < len(task.steps):
        task = await _at(task, replayed, step, rates, context)
        act = task.dialogue[step].act
        step += 2 if act is not None and act.kind is ActKind.together else 1
    return task


async def _at(task: Task, replayed: Replay, step: int, rates: ActRates, context: Context) -> Task:
    """Return the task with the act that is drawn for a step, if one is and can be had."""
    for kind in ActKind:
        if draw(rates.seed, task.id, f"{step}.{kind}") >= rates.shares.get(kind, 0):
            continue
        question = _question(task, replayed, step, kind, draw(rates.seed, task.id, f"{step}.{kind}.which"))
        if question is not None:
            return await _worded(task, replayed, step, question, context)
    return task


@dataclass(frozen=True)
class _Question:
    """What a role is asked, and of which argument."""

    asked: SpeakerInput
    pointer: str = ""


def _question(task: Task, replayed: Replay, step: int, kind: ActKind, which: float) -> _Question | None:
    """Return what is to be worded for an act of this kind; None where the line can have none."""
    turns = [line.turn for line in task.dialogue]
    asked = SpeakerInput(persona=task.meta.persona, said=turns[:step], act=kind.value, turns=[turns[step]])
    match kind:
        case ActKind.chat:
            return _Question(asked)
        case ActKind.together:
            if not joinable(task, task.meta.parallel, step):
                return None
            quotes = [*due_quotes(task, step), *due_quotes(task, step + 1)]
            said: dict[str, object] = {"turns": turns[step : step + 2], "must_contain": list(dict.fromkeys(quotes))}
            return _Question(asked.model_copy(update=said))
        case ActKind.held_back | ActKind.corrected:
            found = _values(task, replayed, step, kind)
            if not found:
                return None
            pointer, value = found[int(which * len(found))]
            meant: dict[str, object] = {"value": value.quote, "meaning": value.parameter.description}
            return _Question(
                asked.model_copy(update={**meant, "must_contain": due_quotes(task, step, pointer)}), pointer
            )


def _values(task: Task, replayed: Replay, step: int, kind: ActKind) -> Sequence[tuple[str, HeldValue]]:
    """Return the arguments of a step whose values can be held back, or said wrongly first."""
    may_be = held_in_turn if kind is ActKind.held_back else misstated_in_turn
    found = ((pointer, may_be(task, replayed, step, pointer)) for pointer in task.steps[step].provenance)
    return [(pointer, value) for pointer, value in found if value is not None]


async def _worded(task: Task, replayed: Replay, step: int, question: _Question, context: Context) -> Task:
    check = partial(_check, task, replayed, step, question)
    try:
        spoken = await context.ask(SPEAKER, question.asked, key=f"act{step}", check=check)
    except UnusableReply:
        return task
    return _acted(task, step, question, spoken)


def _acted(task: Task, step: int, question: _Question, spoken: SpeakerOutput) -> Task:
    act = DialogueAct(
        kind=ActKind(question.asked.act),
        pointer=question.pointer,
        **{name: text.strip() for name, text in spoken.model_dump().items()},
    )
    lines: list[DialogueTurn] = [*task.dialogue]
    lines[step] = lines[step].model_copy(update={"act": act})
    return task.model_copy(update={"dialogue": lines})


def _check(task: Task, replayed: Replay, step: int, question: _Question, spoken: SpeakerOutput) -> None:
    problems = list(act_problems(_acted(task, step, question, spoken), replayed))
    if problems:
        raise Rejection("bad_act", "; ".join(problems[:_SHOWN]))
