"""What a task's row holds, as far as a message may speak of it; each part is found when it is first needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from synthtools_stream.errors import BadCall
from synthtools_stream.proof.told.bare_answers import last_key
from synthtools_stream.proof.told.message_text import plain
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.task import Task
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.dates import is_date

__all__ = ["RowFacts", "objects_in", "plain_words", "texts_of"]

_MARKED = re.compile(r"[^\w ,.:;'\"()/?!&%+-]|_|  ")
"""What makes a text differ from its plain form."""
_MIXED = re.compile(r"(?=.*\d).*[^\W\d_]")
"""A text of letters and digits."""
_SHORTEST_NAME = 3
"""Characters of a name that is looked for in prose; a shorter one is a word or a part of one."""


def plain_words(text: str) -> str:
    """Return a text as it is compared: plain, in small letters."""
    return (text if text.isascii() and _MARKED.search(text) is None else plain(text)).lower().strip()


def texts_of(held: Json) -> list[str]:
    """Return the texts that stand in an object, and in lists in it."""
    if not isinstance(held, dict):
        return []
    found = [item for item in held.values() if isinstance(item, str)]
    lists = (items for items in held.values() if isinstance(items, list))
    return found + [item for items in lists for item in items if isinstance(item, str)]


def objects_in(held: Json) -> Iterator[JsonObject]:
    """Yield the objects of a JSON value, itself among them, outermost first."""
    if isinstance(held, dict):
        yield held
    for item in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        if isinstance(item, dict | list):
            yield from objects_in(item)


class RowFacts:
    """The facts of one row."""

    def __init__(self, task: Task) -> None:
        """Know the row of `task`."""
        self._task = task

    @cached_property
    def arguments(self) -> list[JsonObject]:
        """The arguments of each step's call."""
        return [_arguments(step.call) for step in self._task.steps]

    @cached_property
    def entities(self) -> dict[str, tuple[str, JsonObject]]:
        """Collection and attributes of each entity, by id, as it is in the end."""
        found: dict[str, tuple[str, JsonObject]] = {}
        for state in self.states:
            for collection, members in state.items():
                if collection != CLOCK and isinstance(members, dict):
                    held = ((name, content) for name, content in members.items() if isinstance(content, dict))
                    found.update((name, (collection, content)) for name, content in held)
        return found

    @property
    def states(self) -> tuple[JsonObject, JsonObject]:
        """The initial and the final state."""
        return self._task.initial_state or {}, self._task.final_state or {}

    @cached_property
    def types(self) -> Mapping[str, EntityType]:
        """The types of entities, by collection."""
        return {kind.collection: kind for kind in self._task.meta.entity_types}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names under which values stand in responses and entities."""
        keys = {last_key(leaf.pointer) for step in self._task.steps for leaf in leaves(step.response)}
        keys |= {attribute.name for kind in self.types.values() for attribute in kind.attributes}
        return frozenset(keys - {""})

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Names and values, as text, that responses and entities hold."""
        shown = (leaf for step in self._task.steps for leaf in leaves(step.response))
        held = ((key, str(value)) for _, content in self.entities.values() for key, value in content.items())
        return frozenset({(last_key(leaf.pointer), str(leaf.value)) for leaf in shown}.union(held))

    @cached_property
    def argument_pairs(self) -> frozenset[tuple[str, str]]:
        """Names and values of the calls' arguments: to repeat them is to say what was done."""
        return frozenset((last_key(leaf.pointer), str(leaf.value)) for call in self.arguments for leaf in leaves(call))

    @cached_property
    def wished(self) -> str:
        """All that the user and the ground-truth calls say, in plain small letters."""
        task = self._task
        return plain_words("\n".join([task.summary, *(step.turn for step in task.steps), *task.gt_tool_calls]))

    @cached_property
    def spoken_words(self) -> str:
        """All that the user, the ground-truth calls and their responses say, in plain small letters."""
        said = (str(leaf.value) for step in self._task.steps for leaf in leaves(step.response))
        return "\n".join([self.wished, plain_words("\n".join(said))])

    @cached_property
    def numbered_texts(self) -> tuple[str, ...]:
        """The texts of calls, responses and entities that hold digits, which are no numbers where those texts stand."""
        held = [leaf.value for call in self.arguments for leaf in leaves(call)]
        held += [leaf.value for step in self._task.steps for leaf in leaves(step.response)]
        held += [value for _, content in self.entities.values() for value in content.values()]
        texts = {text for text in held if isinstance(text, str) and _MIXED.search(text) and not is_date(text)}
        return tuple(sorted(texts - self.entities.keys(), key=lambda text: (-len(text), text)))

    @cached_property
    def unasked_responses(self) -> tuple[JsonObject, ...]:
        """The responses of steps of which nothing is asked."""
        return tuple(step.response for step in self._task.steps if step.response and not step.answer)

    @cached_property
    def unasked_pairs(self) -> tuple[frozenset[tuple[str, str]], ...]:
        """The names and values, as text, of each of those responses."""
        return tuple(
            frozenset((last_key(leaf.pointer), str(leaf.value)) for leaf in leaves(response))
            for response in self.unasked_responses
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The ids and names of all entities, in plain small letters."""
        return frozenset(name for one in self.entities for name in self.names_of(one))

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """How ids begin in this world, in small letters."""
        return tuple(kind.id_prefix.lower() for kind in self.types.values() if kind.id_prefix)

    @cached_property
    def write_verbs(self) -> tuple[str, ...]:
        """The first word of each tool whose call changes something: what was asked to be done."""
        words = (re.match(r"[A-Z]?[a-z]+", step.call) for step in self._task.steps if step.changes)
        return tuple(dict.fromkeys(word[0].lower() for word in words if word))

    def names_of(self, entity: str) -> Iterator[str]:
        """Yield the id of an entity and the name by which it may be called, in plain small letters."""
        yield plain_words(entity)
        collection, content = self.entities[entity]
        attribute = self._naming.get(collection, "name")
        name = content.get(attribute) if attribute else None
        if isinstance(name, str) and len(name) >= _SHORTEST_NAME:
            yield plain_words(name)

    @cached_property
    def _naming(self) -> Mapping[str, str | None]:
        """The attribute that names the entities of each collection: their first free text."""
        return {
            collection: next(
                (
                    one.name
                    for one in kind.attributes
                    if one.type == "string" and not (one.enum or one.format or one.references)
                ),
                None,
            )
            for collection, kind in self.types.items()
        }


def _arguments(call: str) -> JsonObject:
    try:
        return parse_call(call).arguments
    except BadCall:
        return {}
