"""The names under which an agent tells the values that a task asks for, and what it is told that each of them is.

A slot is named by the key of the response that holds the value; where a task asks for several under one key, the
entity that the user named goes with it, or a number. Neither name nor description holds what the user cannot know: no
value that is asked for, no id that was not said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain

from synthtools_stream.errors import BadCall
from synthtools_stream.records.task import ProvenanceKind, Step, Task
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.slugs import slug
from synthtools_stream.wording.dates import is_date

__all__ = ["entity_ids", "slot_meanings", "slot_names", "slots_of"]


def slots_of(task: Task) -> list[str]:
    """Return the slot of each answer of a task; rows that were made before there were slots get them now."""
    recorded = [answer.slot for answer in task.answer]
    return recorded if all(recorded) else slot_names(task.steps, entity_ids(task.initial_state))


def slot_names(steps: Sequence[Step], ids: Collection[str]) -> list[str]:
    """Name the answers of `steps`, in their order, each differently; `ids` are those that the user may have said."""
    asked = [(step, pointer) for step in steps for pointer in step.answer]
    uses = Counter(_key(pointer) for _, pointer in asked)
    names: list[str] = []
    for step, pointer in asked:
        key = _key(pointer)
        entity = _named_entity(step, pointer, ids) if uses[key] > 1 else ""
        names.append(_free(f"{key}_of_{entity}" if entity else key, names))
    return names


def slot_meanings(task: Task) -> JsonObject:
    """Say what each slot is for: its label and kind; where a label stands twice, also the words that ask for it."""
    labels = [_key(answer.pointer) for answer in task.answer]
    ids = {*entity_ids(task.initial_state), *entity_ids(task.final_state)}
    meanings: JsonObject = {}
    for slot, label, answer in zip(slots_of(task), labels, task.answer, strict=True):
        told = f"{label.replace('_', ' ')}: {_kind(answer.value, ids)}"
        meanings[slot] = told if labels.count(label) == 1 else f"{told}, asked for in: {task.steps[answer.step].turn}"
    return meanings


def entity_ids(state: JsonObject | None) -> set[str]:
    """Return the ids of all entities of a state; of a free-form one, whatever stands where ids would."""
    return set(chain.from_iterable(entities for entities in (state or {}).values() if isinstance(entities, dict)))


def _key(pointer: str) -> str:
    """Return the innermost key that a pointer names, as an identifier."""
    keys = [key for part in pointer.split("/") if not part.isdigit() and (key := slug(part))]
    return keys[-1] if keys else "answer"


def _free(name: str, taken: Collection[str]) -> str:
    """Return `name`, numbered from 2 on where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _named_entity(step: Step, pointer: str, ids: Collection[str]) -> str:
    """Return the id of the one entity that the user named in a step; of a list's item it would say little."""
    if any(part.isdigit() for part in pointer.split("/")):
        return ""
    said = [
        value
        for place, proof in step.provenance.items()
        if proof.kind is ProvenanceKind.user and proof.normaliser is None
        if isinstance(value := _argument(step, place), str) and value in ids
    ]
    return said[0] if len(said) == 1 and said[0] != _value(step.response, pointer) else ""


def _argument(step: Step, pointer: str) -> Json:
    try:
        return _value(parse_call(step.call).arguments, pointer)
    except BadCall:
        return None


def _value(value: Json, pointer: str) -> Json:
    try:
        return resolve(value, pointer)
    except LookupError:
        return None


def _kind(value: Json, ids: Collection[str]) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number, without its unit"
    if is_date(value):
        return "a date and time" if "T" in str(value) else "a date"
    return "an id" if value in ids else "a text"
