"""What a successful call does to which entity, step by step: one list, for playing a call and for writing a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.read.meanings import (
    Effect,
    EffectKind,
    Meaning,
    MeaningKind,
    Operand,
    Source,
    ToolReading,
)

__all__ = ["ChangeStep", "StepKind", "change_steps"]

_NAMELESS = "entries"
"""Where new entities go whose collection no word tells."""


class StepKind(StrEnum):
    """What is done."""

    create = "create"
    set = "set"
    shift = "shift"
    """A number is raised or lowered, a date moved."""
    remove = "remove"


@dataclass(frozen=True)
class ChangeStep:
    """One step."""

    kind: StepKind
    collection: str
    """Of the entity: what was created there, else what the call reaches there; empty for the entity acted on."""
    attribute: str = ""
    value: Operand = field(default_factory=lambda: Operand(Source.constant))
    """What is set, or by how much is shifted; a parameter that is not given skips the step."""
    up: bool = True
    """Whether a shift raises, or postpones."""


def change_steps(reading: ToolReading) -> tuple[ChangeStep, ...]:
    """Return the steps in their order; none for a tool that only reads."""
    if reading.operation.reads_only:
        return ()
    main, steps = "", list[ChangeStep]()
    if reading.operation is Operation.create:
        main = reading.collection or _NAMELESS
        steps.append(ChangeStep(StepKind.create, main))
    if reading.operation is Operation.delete:
        steps.append(ChangeStep(StepKind.remove, main))
    else:
        steps += _argument_steps(reading, main)
    target = reading.target
    own = main or (target.collection if target is not None and target.collection else reading.collection)
    for effect in reading.effects:
        for step in _effect_steps(reading, effect, main if effect.collection == own else effect.collection):
            steps += [step] if step.kind in (StepKind.set, StepKind.shift) or step not in steps else []
    return tuple(steps)


def _argument_steps(reading: ToolReading, main: str) -> Iterator[ChangeStep]:
    for meaning in reading.storing:
        yield ChangeStep(StepKind.set, main, meaning.attribute, Operand(Source.parameter, meaning.parameter))
    for meaning in reading.of_kind(MeaningKind.amount):
        said = any(e.attribute == meaning.attribute and e.kind is not EffectKind.set for e in reading.effects)
        if meaning.attribute and meaning.direction and not said:
            by = Operand(Source.parameter, meaning.parameter)
            yield ChangeStep(StepKind.shift, main, meaning.attribute, by, meaning.direction > 0)


def _effect_steps(reading: ToolReading, effect: Effect, collection: str) -> Iterator[ChangeStep]:
    if effect.kind is EffectKind.remove:
        yield ChangeStep(StepKind.remove, collection)
        return
    if effect.kind is EffectKind.create_with and collection:
        yield ChangeStep(StepKind.create, collection)
    shifts = effect.kind in (EffectKind.raise_by, EffectKind.lower_by)
    value = _resolved(effect.value, _amount(reading) if shifts else _setter(reading, effect.attribute))
    if effect.attribute and value is not None:
        kind = StepKind.shift if shifts else StepKind.set
        yield ChangeStep(kind, collection, effect.attribute, value, effect.kind is not EffectKind.lower_by)


def _resolved(operand: Operand, unnamed: Meaning | None) -> Operand | None:
    """Return the operand with its parameter named: `that amount`, `the given carrier`; None where there is none."""
    if operand.source is not Source.parameter or operand.name:
        return operand
    return replace(operand, name=unnamed.parameter) if unnamed is not None else None


def _setter(reading: ToolReading, attribute: str) -> Meaning | None:
    """Return the parameter that sets an attribute, else the only one without an attribute of its own."""
    own = next((meaning for meaning in reading.meanings if meaning.attribute == attribute), None)
    free = [meaning for meaning in reading.meanings if not meaning.attribute and meaning is not reading.target]
    return own or (free[0] if len(free) == 1 else None)


def _amount(reading: ToolReading) -> Meaning | None:
    """Return the parameter that says by how much: the first amount, else the first number."""
    numbers = [m for m in reading.meanings if m.type in ("integer", "float") and m.kind is not MeaningKind.limit]
    return next((m for m in numbers if m.kind is MeaningKind.amount), numbers[0] if numbers else None)
