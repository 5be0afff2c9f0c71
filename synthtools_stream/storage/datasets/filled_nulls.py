"""Rows that went through a table: every object got the keys of all its likes, null where it had none; those go again.

Arrow has one type for all rows' objects of one place, so `datasets`, pandas and parquet fill keys in. What is null of
its own stays as far as it can be told. Of our own rows nearly all of it can: entities have the attributes of their
type, responses the keys that their tool promises, and a null that an update writes is seen in the final state. Of
other people's only what cannot be meant goes: parameters, outputs, collections and entities that are null as a whole.

A table also puts keys in an order of its own, which says nothing but in parameters: calls are written in theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from synthtools_stream.errors import BadCall
from synthtools_stream.toolcalls import called_tool, parse_call
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at, one_number, same_json

__all__ = ["bare", "is_filled", "without_empty_places", "without_filled"]

_STATES = ("initial_state", "final_state")


def is_filled(row: JsonObject) -> bool:
    """Say whether a row shows that a table filled it: nulls where no writer puts them."""
    for tool in _objects(row.get("tools")):
        for key in ("parameters", "output_details"):
            named = tool.get(key)
            if isinstance(named, dict) and None in named.values():
                return True
    for step in _objects(row.get("steps")):
        for proof in object_at(step, "provenance").values():
            if proof is None or (isinstance(proof, dict) and None in proof.values()):
                return True
    for name in _STATES:
        state = row.get(name)
        if isinstance(state, dict):
            for collection in state.values():
                if collection is None or (isinstance(collection, dict) and None in collection.values()):
                    return True
    return None in object_at(row, "certificate").values() or None in object_at(row, "meta").values()


def without_filled(row: JsonObject) -> JsonObject:
    """Return the row without what a table filled in."""
    row = {**row, **{name: without_empty_places(row[name]) for name in _STATES if name in row}}
    if not isinstance(row.get("certificate"), dict):
        return row
    meta = bare(row.get("meta"))
    row = {**row, "certificate": bare(row["certificate"]), "meta": meta}
    kinds = {
        str(kind.get("collection")): {str(part.get("name")) for part in _objects(kind.get("attributes"))}
        for kind in _objects(meta.get("entity_types") if isinstance(meta, dict) else None)
    }
    for name in _STATES:
        if isinstance(row[name], dict):
            row[name] = _typed_state(object_at(row, name), kinds)
    steps = [*_objects(row.get("steps"))]
    row["tools"] = [_tool(tool, steps) for tool in _objects(row.get("tools"))]
    outputs = {str(tool.get("tool_name")): object_at(tool, "output_details").keys() for tool in _objects(row["tools"])}
    history = _History(row, kinds)
    row["steps"] = [
        {
            **step,
            "response": history.response(object_at(step, "response"), outputs.get(_name(step), ())),
            "changes": [history.change(change) for change in _objects(step.get("changes"))],
            "provenance": {name: _proof(proof) for name, proof in object_at(step, "provenance").items() if proof},
        }
        for step in steps
    ]
    row["answer"] = [_answer(answer, row["steps"]) for answer in _objects(row.get("answer"))]
    return row


def _objects(source: Json) -> Iterator[JsonObject]:
    if isinstance(source, list):
        for item in source:
            if isinstance(item, dict):
                yield item


def bare(source: Json) -> Json:
    """Return a value without keys that have none, at all depths."""
    if isinstance(source, dict):
        return {key: bare(value) for key, value in source.items() if value is not None}
    return [bare(item) for item in source] if isinstance(source, list) else source


def _proof(proof: Json) -> Json:
    """Return a provenance whose numbers have their one form: a table makes 3.0 of the 3 that stands beside a 4.5."""
    plain = bare(proof)
    values = plain.get("values") if isinstance(plain, dict) else None
    if not isinstance(plain, dict) or not isinstance(values, list):
        return plain
    return {**plain, "values": [one_number(value) if isinstance(value, float) else value for value in values]}


def _name(step: JsonObject) -> str:
    """Return which tool a step calls; nothing of a text that is no call."""
    try:
        return called_tool(str(step.get("call")))
    except BadCall:
        return ""


def _tool(tool: JsonObject, steps: Sequence[JsonObject]) -> JsonObject:
    plain = bare(tool)
    if not isinstance(plain, dict):
        return tool
    given: list[Json] = []
    for step in steps:
        with suppress(BadCall):  # it is told where calls are checked
            call = parse_call(str(step.get("call")))
            given += [call.arguments] if call.name == tool.get("tool_name") else []
    return {**plain, "parameters": _in_order(object_at(plain, "parameters"), given)}


def _in_order(parameters: JsonObject, given: Sequence[Json]) -> JsonObject:
    """Put parameters in the order in which calls name them, and properties of objects likewise."""
    order: list[str] = []
    for arguments in given:
        names = [name for name in arguments if name in parameters] if isinstance(arguments, dict) else []
        for index, name in enumerate(names):
            if name in order:
                continue
            after = next((other for other in names[index + 1 :] if other in order), None)
            place = order.index(names[index - 1]) + 1 if index else order.index(after) if after else len(order)
            order.insert(place, name)
    order += [name for name in parameters if name not in order]
    ordered: JsonObject = {}
    for name in order:
        values = [arguments.get(name) for arguments in given if isinstance(arguments, dict)]
        ordered[name] = _spec_in_order(parameters[name], values)
    return ordered


def _spec_in_order(spec: Json, values: Sequence[Json]) -> Json:
    if not isinstance(spec, dict):
        return spec
    if isinstance(spec.get("items"), dict):
        items = [item for value in values if isinstance(value, list) for item in value]
        spec = {**spec, "items": _spec_in_order(spec["items"], items)}
    if isinstance(spec.get("properties"), dict):
        spec = {**spec, "properties": _in_order(object_at(spec, "properties"), values)}
    return spec


def without_empty_places(state: Json) -> Json:
    """Return a state without collections and entities that are null as a whole: of an absent one nothing is written."""
    if not isinstance(state, dict):
        return state
    return {
        name: {key: entity for key, entity in collection.items() if entity is not None}
        if isinstance(collection, dict)
        else collection
        for name, collection in state.items()
        if collection is not None
    }


def _typed_state(state: JsonObject, kinds: dict[str, set[str]]) -> JsonObject:
    return {
        name: {key: _entity(entity, kinds.get(name, set())) for key, entity in collection.items()}
        if isinstance(collection, dict)
        else collection
        for name, collection in state.items()
    }


def _entity(entity: Json, attributes: set[str]) -> Json:
    """Keep nulls of the type's own attributes: an entity has all of them."""
    if not isinstance(entity, dict):
        return entity
    return {name: bare(value) for name, value in entity.items() if value is not None or name in attributes}


class _History:
    """What was so at each step, as far as nulls are to be told from it."""

    def __init__(self, row: JsonObject, kinds: dict[str, set[str]]) -> None:
        self._kinds = kinds
        self._final = object_at(row, "final_state")
        self._now = {
            name: {**collection}
            for name, collection in object_at(row, "initial_state").items()
            if isinstance(collection, dict)
        }
        changes = [change for step in _objects(row.get("steps")) for change in _objects(step.get("changes"))]
        self._later = changes

    def response(self, response: JsonObject, promised: Collection[str]) -> JsonObject:
        """Keep the keys that the tool promises; within them, nulls that some entity really has."""
        return {name: self._shown(value) for name, value in response.items() if value is not None or name in promised}

    def change(self, change: JsonObject) -> JsonObject:
        """Keep a new entity's nulls, and those that an update leaves behind."""
        self._later = self._later[1:]
        collection, name = str(change.get("collection")), str(change.get("id"))
        own = self._kinds.get(collection, set())
        before = object_at(self._now.get(collection, {}), name)
        given = object_at(change, "attributes")
        kept: JsonObject = {}
        for key, value in given.items():
            if value is not None:
                kept[key] = bare(value)
            elif key in own and (change.get("op") == "create" or self._was_emptied(collection, name, key, before)):
                kept[key] = None
        if change.get("op") == "delete":
            kept = {}
        self._now.setdefault(collection, {})[name] = {**before, **kept}
        return {**_without_nulls(change), "attributes": kept}

    def _was_emptied(self, collection: str, name: str, key: str, before: JsonObject) -> bool:
        """Say whether an attribute was set to null: it had a value, and has none in the end."""
        if before.get(key) is None:
            return False
        for change in self._later:
            of_it = (change.get("collection"), change.get("id")) == (collection, name)
            if of_it and (change.get("op") == "delete" or object_at(change, "attributes").get(key) is not None):
                return False
        return object_at(object_at(self._final, collection), name).get(key, "") is None

    def _shown(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self._shown(item) for item in value]
        if not isinstance(value, dict):
            return value
        empty = [key for key, item in value.items() if item is None]
        real = self._really_empty(value, empty) if empty else set[str]()
        return {key: self._shown(item) for key, item in value.items() if item is not None or key in real}

    def _really_empty(self, shown: JsonObject, empty: list[str]) -> set[str]:
        """Return which of these keys an entity has as null that is otherwise as it is shown."""
        for state in (self._now, self._final):
            for collection in state.values():
                for entity in collection.values() if isinstance(collection, dict) else ():
                    if not isinstance(entity, dict):
                        continue
                    common = [key for key, item in shown.items() if item is not None and key in entity]
                    if common and all(same_json(shown[key], entity[key]) for key in common):
                        found = {key for key in empty if key in entity and entity[key] is None}
                        if found:
                            return found
        return set()


def _without_nulls(source: JsonObject) -> JsonObject:
    return {key: value for key, value in source.items() if value is not None}


def _answer(answer: JsonObject, steps: Json) -> JsonObject:
    """Take the value from the response that it repeats, where the nulls are settled."""
    try:
        index = answer.get("step")
        step = steps[index] if isinstance(steps, list) and isinstance(index, int) else None
        told = resolve(step.get("response"), str(answer.get("pointer"))) if isinstance(step, dict) else None
    except LookupError:
        return answer
    return {**answer, "value": told} if same_json(bare(told), bare(answer.get("value"))) else answer
