"""A variant and the task that it was derived from: either is found from the other."""

from __future__ import annotations

from typing import TypedDict, Unpack

from pydantic import ValidationError

from synthtools_stream.errors import StateProblem
from synthtools_stream.records.change import State
from synthtools_stream.records.task import AnswerValue, Step, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.twist import Expected, Twist, VariantKind
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["Changed", "base_of", "proven_row", "twisted", "variant_id"]

BASE = "base"
"""What `meta.variant` says of a task that is no variant."""
_IN_META = ("programs", "parallel")


class Changed(TypedDict, total=False):
    """Columns of a task that a variant has otherwise."""

    summary: str
    tools: list[Tool]
    gt_tool_calls: list[str]
    steps: list[Step]
    answer: list[AnswerValue]
    initial_state: JsonObject | State
    final_state: JsonObject | State
    programs: dict[str, str]
    parallel: list[list[int]]


def variant_id(base_id: str, kind: VariantKind) -> str:
    """Return the id of a task's variant."""
    return f"{base_id}-{kind}"


def twisted(base: Task, kind: VariantKind, twist: Twist, **changed: Unpack[Changed]) -> Task:
    """Return a variant, not yet certified; what stands in the base is kept in its twist."""
    before = {**base.to_json(), **{name: getattr(base.meta, name) for name in _IN_META}}
    kept: JsonObject = {name: before.get(name) for name in changed}
    update: dict[str, object] = {name: value for name, value in changed.items() if name not in _IN_META}
    meta: dict[str, object] = {name: value for name, value in changed.items() if name in _IN_META}
    told = base.meta.model_copy(
        update={"variant": kind.value, "twist": twist.model_copy(update={"base": kept}), "usage": {}, **meta}
    )
    return base.model_copy(update={"id": variant_id(base.id, kind), "certificate": None, "meta": told, **update})


def base_of(variant: Task) -> Task:
    """Return the task that a variant was derived from, without its certificate; a task that is none, as it is.

    :raises StateProblem: when what the twist keeps is no part of a task.
    """
    twist = variant.meta.twist
    if twist is None:
        return variant
    kept = {name: value for name, value in twist.base.items() if name not in _IN_META}
    meta = {name: value for name, value in twist.base.items() if name in _IN_META}
    row = variant.to_json()
    told: JsonObject = {**object_at(row, "meta"), "variant": BASE, **meta}
    del told["twist"]
    named = variant.id.removesuffix(f"-{variant.meta.variant}")
    try:
        return Task.model_validate({**row, "id": named, "certificate": None, **kept, "meta": told})
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise StateProblem(f"meta.twist keeps what is no part of a task: {where}") from error


def proven_row(task: Task) -> Task:
    """Return the row whose parts are proven: a variant's own where all of it is to be done, else its base."""
    twist = task.meta.twist
    return task if twist is None or twist.expects is Expected.done else base_of(task)
