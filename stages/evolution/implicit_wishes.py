"""Which values of a step are wished to be implicit: drawn by the task's lineage, so that no arrival decides it.

How many depends on how many the steps before came to have, so that a task gets its share where some steps cannot give
any. Code looks for what suits: a date has its distance from today, an amount other units, and what an earlier answer
told under a like name may be meant again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.proof.grounded.implicit_values import implicit_kind
from synthtools_stream.proof.grounded.labels import alike, label_of
from synthtools_stream.proof.worded.told_things import rows_of
from synthtools_stream.records import Parameter, Step, Tool
from synthtools_stream.records.implicit_kind import ImplicitKind
from synthtools_stream.roles.evolution_roles import ImplicitArgument, ImplicitWish
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.values.lineage_draw import draw
from synthtools_stream.wording.dates import is_date
from synthtools_stream.wording.unit_table import UNITS, Unit, stated_unit

__all__ = ["NO_WISHES", "ImplicitShare", "wish_for_step"]

_MOST = 2
"""Implicit values that are wished of one step: a turn with more of them is a riddle."""
_SPARE = 3
"""Arguments that are offered beside: goal and world do not allow each of them."""


@dataclass(frozen=True)
class ImplicitShare:
    """How much is wished for."""

    share: float = 0.0
    """Of all arguments, 0 to 0.5."""
    kinds: Sequence[ImplicitKind] = ()
    seed: int = 0
    """Draws which arguments these are."""


NO_WISHES = ImplicitShare()


def wish_for_step(task_id: str, steps: Sequence[Step], tool: Tool, wanted: ImplicitShare) -> ImplicitWish | None:
    """Return what is wished of the step that comes next, by the steps so far; nothing where nothing suits."""
    if not wanted.share:
        return None
    place = len(steps)
    needed = [name for name, parameter in tool.parameters.items() if parameter.required] or [*tool.parameters]
    made, implicit = _so_far(steps)
    due = wanted.share * (made + len(needed)) - implicit
    count = min(_MOST, int(due + draw(wanted.seed, task_id, f"implicit {place}")))
    told = [*_told(steps)]
    suiting = [
        ImplicitArgument(argument=f"/{name}", kinds=kinds)
        for name, parameter in tool.parameters.items()
        if (kinds := [kind for kind in _suiting(name, parameter, told) if kind in wanted.kinds])
    ]
    suiting.sort(key=lambda wish: draw(wanted.seed, task_id, f"implicit {place} {wish.argument}"))
    if count < 1 or not suiting:
        return None
    return ImplicitWish(count=min(count, len(suiting)), arguments=suiting[: count + _SPARE])


def _so_far(steps: Sequence[Step]) -> tuple[int, int]:
    """Return how many arguments the steps have, and how many of them are implicit."""
    responses = [step.response for step in steps]
    proofs = [proof for step in steps for proof in step.provenance.values()]
    return len(proofs), sum(implicit_kind(proof, responses, _may_be_id) is not None for proof in proofs)


def _may_be_id(value: Json) -> bool:
    return isinstance(value, str) and "-" in value and value[-1:].isdigit() and not is_date(value)


def _told(steps: Sequence[Step]) -> Iterator[tuple[str, Json]]:
    """Yield what answers told of things, by name; their own ids are no such values."""
    for step in steps:
        for row in rows_of(step.response, _may_be_id):
            yield from ((key, value) for key, value in row.values.items() if value != row.id)


def _suiting(name: str, parameter: Parameter, told: Sequence[tuple[str, Json]]) -> Iterator[ImplicitKind]:
    """Yield the ways that a parameter allows, the most telling first."""
    if parameter.type not in ("string", "integer", "float"):
        return
    number = parameter.type != "string"
    like = any(_is_like(key, value, name, parameter) for key, value in told)
    if like and not number and parameter.format is None:
        yield ImplicitKind.carried_over
    if parameter.enum or parameter.default is not None:
        return
    if number and like:
        yield from (ImplicitKind.worked_out, ImplicitKind.carried_over)
    unit = stated_unit(name, parameter.description) if number else None
    if unit is not None and _has_others(unit):
        yield ImplicitKind.unit
    if parameter.format == "date":
        yield ImplicitKind.relative_date
        if like:
            yield ImplicitKind.carried_over


def _is_like(key: str, value: Json, name: str, parameter: Parameter) -> bool:
    """Say whether an earlier answer told something that the parameter could take, under a like name."""
    if parameter.enum:
        fits = value in parameter.enum
    elif parameter.type == "string":
        dated = parameter.format in ("date", "date-time-local")
        fits = isinstance(value, str) and value != "" and is_date(value) is dated
    else:
        whole = isinstance(value, int | float) and float(value).is_integer()
        fits = not isinstance(value, bool) and (whole or (isinstance(value, float) and parameter.type == "float"))
    theirs, ours = label_of(key), label_of(name)
    return fits and bool(theirs) and all(any(alike(one, other) for other in ours) for one in theirs)


def _has_others(unit: Unit) -> bool:
    """Say whether people could count the same in another unit."""
    return unit.size is not None and any(
        other.family == unit.family and other.size is not None and other is not unit for other in UNITS
    )
