"""A variant, derived anew from the base that its row holds: it must come to the very same row."""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.errors import BadCall, Rejection, StateProblem
from synthtools_stream.proof.integrity import Replay, replay
from synthtools_stream.proof.variants.base_task import base_of
from synthtools_stream.proof.variants.distractors import distractors
from synthtools_stream.proof.variants.forbidden_request import Altered, forbidden_request
from synthtools_stream.proof.variants.irrelevant_request import irrelevant_request
from synthtools_stream.proof.variants.missing_parameter import missing_parameter
from synthtools_stream.proof.variants.missing_tool import missing_tool
from synthtools_stream.proof.variants.renamed_tools import renamed_tools
from synthtools_stream.proof.variants.transient_error import transient_error
from synthtools_stream.records.task import Task
from synthtools_stream.records.twist import Twist, VariantKind
from synthtools_stream.state import as_state
from synthtools_stream.values.jsontypes import JsonObject, same_json

__all__ = ["variant_problems"]

_SHOWN = 200
"""Characters of a reason."""


def variant_problems(task: Task) -> Iterator[str]:
    """Yield why a row is not the variant of a proven task that it says it is; nothing of a row that says it is none."""
    twist, kind = task.meta.twist, task.meta.variant
    if twist is None:
        if kind in set(VariantKind):
            yield f"meta.variant is {kind}, but meta.twist does not say of what"
        return
    if kind not in set(VariantKind):
        yield "meta.twist says that this is a variant, meta.variant does not"
        return
    try:
        base = base_of(task)
        again = _derived(VariantKind(kind), base, replay(base), task, twist)
    except (StateProblem, BadCall, LookupError, ValueError) as error:
        yield f"its base cannot be read: {error.detail if isinstance(error, Rejection) else error}"[:_SHOWN]
        return
    if again is None:
        yield f"no {kind} can be made of its base"
    elif not same_json(_compared(again), _compared(task)):
        wrong = [name for name, value in _compared(again).items() if not same_json(value, _compared(task).get(name))]
        yield f"made of its base anew, {', '.join(wrong)} would be otherwise"


def _compared(task: Task) -> JsonObject:
    bare = task.model_copy(update={"certificate": None, "meta": task.meta.model_copy(update={"usage": {}})})
    return bare.to_json()


def _derived(kind: VariantKind, base: Task, replayed: Replay, task: Task, twist: Twist) -> Task | None:
    match kind:
        case VariantKind.distractors:
            return distractors(base, task.tools, task.meta.programs)
        case VariantKind.renamed_tools:
            return renamed_tools(base, replayed, twist.names)
        case VariantKind.transient_error:
            return transient_error(base, twist.fails_once)
        case VariantKind.missing_tool:
            return missing_tool(base, replayed)
        case VariantKind.irrelevant_request:
            return irrelevant_request(base, replayed, task.tools, task.meta.programs)
        case VariantKind.missing_parameter:
            return missing_parameter(base, replayed, twist.pointer)
        case VariantKind.forbidden_request:
            return _forbidden(base, replayed, task, twist)


def _forbidden(base: Task, replayed: Replay, task: Task, twist: Twist) -> Task | None:
    collection, entity, attribute = twist.altered
    value = as_state(task.initial_state)[collection][entity][attribute]
    return forbidden_request(base, replayed, Altered(collection, entity, attribute, value), twist.refusal or {})
