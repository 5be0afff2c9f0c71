"""Check what a response says of entities against what the state holds after the changes.

Ids that are shown exist, and wherever an object of the response says which entity it shows, its attributes are that
entity's. A call's own argument may be echoed under its name, unless the tool writes that collection: then saying it
means having written it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.list_check import list_problems
from synthtools_stream.simulator.output_check import is_id_key
from synthtools_stream.state import CLOCK, is_placeholder
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json

__all__ = ["entity_problems", "unshown_problems"]

_SHOWN = 60
"""Characters that a problem shows of a value: enough to know it by."""


def entity_problems(
    answer: Answer,
    tool: Tool,
    arguments: JsonObject,
    before: State,
    after: State,
    entity_types: Sequence[EntityType],
    writes: Collection[str],
) -> Iterator[str]:
    """Yield where a response says of an entity, or of a list of them, what the state does not."""
    reader = _Reader(entity_types, before, after, writes, arguments)
    yield from reader.unknown_ids(answer.response, "response")
    yield from reader.contradictions(answer.response, "response", ())
    yield from list_problems(answer.response, tool, arguments, reader.owners)
    if not reader.shown(answer.response):
        # Nothing says whom the response is about: then it is about the one entity that was changed, else about what
        # was changed or named and what that refers to. Beside a list, keys speak of the list: totals, counts.
        changed = [(change.collection, change.id) for change in answer.changes]
        about = changed if len(changed) == 1 else reader.around(changed)
        if len(changed) == 1 or not any(isinstance(item, list) for item in answer.response.values()):
            yield from reader.against(answer.response, "response", about)


def unshown_problems(answer: Answer, arguments: JsonObject) -> Iterator[str]:
    """Yield a null in the place of an id that the call gave, or of what was created."""
    empty = [key for key, value in answer.response.items() if value is None and is_id_key(key)]
    if not empty:
        return
    created = {change.id for change in answer.changes if change.op == "create"}
    shown = not created.isdisjoint(_texts(answer.response))
    for key in empty:
        if arguments.get(key) is not None:
            yield f"response.{key} is null, but the call gave {str(arguments[key])[:_SHOWN]!r}"
        elif created and not shown:
            yield f"response.{key} is null, though {', '.join(sorted(created))} was created"


class _Reader:
    """Reads a response beside the state before and after."""

    def __init__(
        self,
        entity_types: Sequence[EntityType],
        before: State,
        after: State,
        writes: Collection[str],
        arguments: JsonObject,
    ) -> None:
        self._kinds = entity_types
        self._before, self._after, self._arguments = before, after, arguments
        self.owners: dict[str, str] = {}
        """Collection by id, of what is there before or after."""
        for collection, entities in {**before, **after}.items():
            if collection != CLOCK:
                self.owners.update(dict.fromkeys(entities, collection))
                if (old := before.get(collection)) is not None and old is not entities:
                    self.owners.update(dict.fromkeys(old, collection))
        self._writes = writes
        self._given = _texts(arguments)
        self._called = [(self.owners[name], name) for name in self._given if name in self.owners]
        self._id_like = _id_pattern(tuple(kind.id_prefix for kind in entity_types if kind.id_prefix))

    @cached_property
    def _plain(self) -> set[str]:
        """Attributes that may be named like ids and refer to nothing we know, such as a tracking_id."""
        return {a.name for kind in self._kinds for a in kind.attributes if a.references is None}

    def unknown_ids(self, value: Json, where: str) -> Iterator[str]:
        """Yield ids that the response shows and that do not exist."""
        if isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, dict | list):
                    yield from self.unknown_ids(item, f"{where}.{key}")
                elif item in self.owners:
                    continue
                elif problem := self._unknown(item):
                    yield f"{where}.{key} {problem}"
                elif is_id_key(key) and self._is_no_id(key, item):
                    yield f"{where}.{key} is {str(item)[:_SHOWN]!r}, which is no entity's id"
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict | list):
                    yield from self.unknown_ids(item, f"{where}[{index}]")
                elif problem := self._unknown(item):
                    yield f"{where}[{index}] {problem}"

    def _unknown(self, value: Json) -> str | None:
        """Return what is wrong with a text that looks like an id."""
        if not isinstance(value, str) or value in self.owners:
            return None
        if is_placeholder(value):
            return f"is {value}, but no change creates it"
        return f"is {value[:_SHOWN]}, which does not exist" if self._id_like.match(value) else None

    def _is_no_id(self, key: str, value: Json) -> bool:
        """Say whether the value of a key that speaks of an id is neither one nor what the call itself gave."""
        if value is None or isinstance(value, dict | list) or value in self.owners:
            return False
        return key not in self._plain and not any(same_json(value, given) for given in self._given)

    def contradictions(
        self, value: Json, where: str, about: Sequence[tuple[str, str]], *, nested: bool = False
    ) -> Iterator[str]:
        """Yield where an object says something of an entity that the state does not; `about`: named by its key."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict | list):
                    yield from self.contradictions(item, f"{where}[{index}]", (), nested=True)
        elif isinstance(value, dict):
            entities = [*self.shown(value), *about]
            if nested and not entities:
                yield from self._nobodys(value, where)
            else:
                yield from self.against(value, where, entities)
            for key, item in value.items():
                if isinstance(item, dict | list) and not self._is_theirs(key, item, entities):
                    named = [(self.owners[key], key)] if key in self.owners else []
                    yield from self.contradictions(item, f"{where}.{key}", named, nested=True)

    def _is_theirs(self, key: str, value: Json, entities: Sequence[tuple[str, str]]) -> bool:
        """Say whether a value is wholly that of an entity: what lies inside is then about nobody else."""
        return any(same_json(value, self._entity(*owner).get(key)) for owner in entities)

    def _nobodys(self, value: JsonObject, where: str) -> Iterator[str]:
        """Yield what is wrong with an object that names no entity, but holds attributes of one type only."""
        kinds = [kind for kind in self._kinds if value and value.keys() <= {part.name for part in kind.attributes}]
        homes = {kind.collection for kind in kinds}
        called = [owner for owner in self._called if owner[0] in homes]
        if not kinds:
            return
        if len(called) == 1:
            yield from self.against(value, where, called)
            return
        states = (self._after, self._before)
        entities = (entity for state in states for home in homes for entity in (state.get(home) or {}).values())
        if not any(all(same_json(entity.get(key), item) for key, item in value.items()) for entity in entities):
            yield f"{where} holds what is true of no {' or '.join(kind.name for kind in kinds)}"

    def around(self, owners: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return some entities, those that the call names, and all that these refer to."""
        near = list(dict.fromkeys([*owners, *self._called]))
        texts = [item for owner in near for item in self._entity(*owner).values() if isinstance(item, str)]
        return list(dict.fromkeys([*near, *((self.owners[text], text) for text in texts if text in self.owners)]))

    def shown(self, value: JsonObject) -> list[tuple[str, str]]:
        """Return the entities whose ids an object holds."""
        return [(self.owners[item], item) for item in value.values() if isinstance(item, str) and item in self.owners]

    def against(self, value: JsonObject, where: str, entities: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Yield the attributes on which an object agrees with none of the entities it shows."""
        about = [(owner, self._entity(*owner)) for owner in self._about(value, entities)]
        first = about[0][1] if about else {}
        others = [key for key, item in value.items() if key not in first or not same_json(item, first[key])]
        shown = [(owner, self._entity(*owner)) for owner in entities] if others else []
        for key in others:
            item = value[key]
            holders = [holder for holder in about if key in holder[1]] or [
                holder for holder in shown if key in holder[1]
            ]
            if not holders or any(same_json(item, entity[key]) for _, entity in holders):
                continue
            written = any(owner[0] in self._writes for owner, _ in holders)
            if written or key not in self._arguments or not same_json(self._arguments[key], item):
                held = str(holders[0][1][key])[:_SHOWN]
                yield f"{where}.{key} is {str(item)[:_SHOWN]!r}, but after the changes the state holds {held!r}"

    def _about(self, value: JsonObject, shown: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return whom an object is about: an id that stands where another entity refers to it is no subject.

        That other entity may be shown, too, or be the one that was called for.
        """
        subjects = list(dict.fromkeys(shown))
        if len(subjects) == 1 and self._called == subjects:
            return subjects
        called = (owner for owner in dict.fromkeys(self._called) if owner not in shown)
        subjects.extend([owner for owner in called if self._refers(owner, value)])
        if len(subjects) < 2:
            return subjects
        referred = {
            other
            for owner in subjects
            for key, item in self._entity(*owner).items()
            for other in subjects
            if other != owner and item == other[1] and same_json(value.get(key), item)
        }
        return [owner for owner in subjects if owner not in referred] or subjects

    def _refers(self, owner: tuple[str, str], value: JsonObject) -> bool:
        """Say whether an object holds a reference just as an entity does."""
        return any(
            isinstance(item, str) and item in self.owners and same_json(value.get(key), item)
            for key, item in self._entity(*owner).items()
        )

    def _entity(self, collection: str, name: str) -> JsonObject:
        """Return an entity as it is after the changes, or as it was before it was deleted."""
        after = (self._after.get(collection) or {}).get(name)
        return after if after is not None else (self._before.get(collection) or {}).get(name, {})


@lru_cache(maxsize=256)
def _id_pattern(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, prefixes))})\d+\Z" if prefixes else r"(?!)")


def _texts(value: Json) -> list[str]:
    """Return the texts inside a value, in order."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in ([part] if isinstance(part, str) else _texts(part))]
