"""Rows of tools and attempts that went through a table in native form, as `filled_nulls` is for tasks.

Rows of ours have no nulls of their own in tools and schemas. Of an attempt, what a tool answered stands as text in the
messages, too, and an entity has the attributes that its like in the final state have. A null that an update wrote is
told only where the attempt had written a value there before: the row does not say what the world was at first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import orjson

from synthtools_stream.storage.datasets.filled_nulls import bare, without_empty_places
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at, same_json

__all__ = ["without_filled_columns"]

_ATTEMPT_COLUMNS = ("tools", "verdict", "alignment", "judge", "answers", "meta")
"""Of an attempt, that have no nulls of their own."""


def without_filled_columns(row: JsonObject) -> JsonObject:
    """Return the row of a tool or an attempt without what a table filled in; any other as it is."""
    if isinstance(row.get("tool"), dict):
        return {name: bare(value) for name, value in row.items()} if _is_filled_tool(row) else row
    if isinstance(row.get("messages"), list) and _is_filled_attempt(row):
        return _attempt(row)
    return row


def _is_filled_tool(row: JsonObject) -> bool:
    tool = object_at(row, "tool")
    places = (object_at(tool, "parameters"), object_at(tool, "output_details"), object_at(row, "reliability_per_mode"))
    named = [inner for place in places for inner in place.values()]
    return None in named or any(isinstance(one, dict) and None in one.values() for one in named)


def _is_filled_attempt(row: JsonObject) -> bool:
    """Say whether messages have keys that those of their role do not."""
    return any(value is None for said in _objects(row["messages"]) for key, value in said.items() if key != "content")


def _objects(source: Json) -> Iterator[JsonObject]:
    yield from (item for item in source if isinstance(item, dict)) if isinstance(source, list) else ()


def _attempt(row: JsonObject) -> JsonObject:
    row = {**row, **{name: bare(row[name]) for name in _ATTEMPT_COLUMNS if name in row}}
    messages = [_message(said) for said in _objects(row["messages"])]
    answers = [_told(said) for said in messages if said.get("role") == "tool"]
    history = _History(row.get("final_state"))
    turns = [*_objects(row.get("turns"))]
    told = answers if len(answers) == len(turns) else [{} for _ in turns]
    row["messages"] = [*messages]
    row["turns"] = [_turn(turn, answer, history) for turn, answer in zip(turns, told, strict=True)]
    return {**row, "final_state": history.final} if "final_state" in row else row


def _message(said: JsonObject) -> JsonObject:
    """Keep the content of a message that holds calls only: it is null."""
    calls = bare(said.get("tool_calls"))
    kept: JsonObject = {name: value for name, value in said.items() if value is not None or name == "content"}
    return {**kept, "tool_calls": calls} if calls is not None else kept


def _told(said: JsonObject) -> JsonObject:
    try:
        told: Json = orjson.loads(str(said.get("content")))
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


class _History:
    """The final state, and what the attempt wrote before, as far as nulls are to be told from them."""

    def __init__(self, final: Json) -> None:
        self.final = without_empty_places(final)
        collections = self.final.items() if isinstance(self.final, dict) else ()
        self._own = {name: _attributes(collection) for name, collection in collections}
        self._written: dict[tuple[str, str], set[str]] = defaultdict(set)
        if isinstance(self.final, dict):
            self.final = {name: _entities(collection, self._own[name]) for name, collection in collections}

    def change(self, change: JsonObject) -> Json:
        """Keep a new entity's nulls, and those that an update leaves behind."""
        collection, name = str(change.get("collection")), str(change.get("id"))
        written = self._written[collection, name]
        left = object_at(object_at(_as_object(self.final), collection), name)
        emptied = {key for key in written if left.get(key, "") is None}
        kept = self._own.get(collection, set()) if change.get("op") == "create" else emptied
        attributes: JsonObject = {
            key: bare(value)
            for key, value in object_at(change, "attributes").items()
            if value is not None or key in kept
        }
        written.update(key for key, value in attributes.items() if value is not None)
        return {**_as_object(bare(change)), "attributes": attributes}


def _attributes(collection: Json) -> set[str]:
    """Return the attributes that some entity of a collection has a value of: then all its entities have them."""
    entities = collection.values() if isinstance(collection, dict) else ()
    return {key for one in entities if isinstance(one, dict) for key, value in one.items() if value is not None}


def _entities(collection: Json, own: set[str]) -> Json:
    return {key: _entity(one, own) for key, one in collection.items()} if isinstance(collection, dict) else collection


def _entity(entity: Json, own: set[str]) -> Json:
    if not isinstance(entity, dict):
        return entity
    return {key: bare(value) for key, value in entity.items() if value is not None or key in own}


def _turn(turn: JsonObject, told: JsonObject, history: _History) -> Json:
    """Return a turn with the response as it was told, and its changes."""
    response = bare(turn.get("response"))
    exact = next((one for one in (told.get("response"), told) if same_json(bare(one), response)), response)
    changes: list[Json] = [history.change(change) for change in _objects(turn.get("changes"))]
    return {**_as_object(bare(turn)), "response": exact, "changes": changes}


def _as_object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
