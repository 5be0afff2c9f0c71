"""What a task wants to be told, value by value, and all of its row that a message may speak of besides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from synthtools_stream.errors import BadCall
from synthtools_stream.proof.told.bare_answers import closing, last_key
from synthtools_stream.proof.told.plain_text import plain
from synthtools_stream.proof.told.units import spellings_of, units_in
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.task import AnswerValue, Task
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import leaves, resolve
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.dates import parse_date

__all__ = ["NOTHING_KNOWN", "Asked", "Knowledge", "Named", "plain_words"]


_MARKED = re.compile(r"[^\w ,.:;'\"()/?!&%+-]|_|  ")
"""What makes a text differ from its plain form."""
_ALIKE = (
    frozenset({"status", "state", "stage", "phase", "condition"}),
    frozenset({"name", "title", "subject", "slug", "headline"}),
    frozenset({"total", "count", "number", "quantity", "amount"}),
    frozenset({"cost", "price", "fee", "amount", "budget"}),
)
"""Names of attributes that people take for each other."""


class Named(NamedTuple):
    """Where an entity is named in a message, by id or name, in plain small letters."""

    start: int
    end: int
    words: str


class Asked(NamedTuple):
    """One scalar, or empty list, that the user wants to be told."""

    value: Json
    key: str
    """The name under which it stands: `capacity_left`."""
    step: int
    noun: str
    """What it is an attribute of, in one word, or nothing: `vessel`."""
    owners: frozenset[str]
    """Ids and names, in plain small letters, of what it may be said of."""
    siblings: frozenset[str]
    """The other values that its attribute has or may have, in plain words."""
    units: frozenset[str]
    """In which it is measured, as far as the row says."""
    history: tuple[Json, ...]
    """What the same attribute of the same thing is at other times, or is set to by a call."""
    peers: frozenset[str]
    """The texts asked for besides, in plain words."""
    peer_numbers: tuple[float, ...]
    peer_dates: tuple[datetime, ...]


def plain_words(text: str) -> str:
    """Return a text as it is compared: plain, in small letters, without the hyphens and underscores of names."""
    return (text if text.isascii() and _MARKED.search(text) is None else plain(text)).lower().strip()


class Knowledge:
    """What a task's row holds, as far as it helps to read a message; each part is found when it is first needed."""

    def __init__(self, task: Task) -> None:
        """Know the row of `task`."""
        self._task = task

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """All that the user wants to be told."""
        return tuple(self._asked(answer, pointer, value) for answer, pointer, value in self._leaves())

    @cached_property
    def closing(self) -> str:
        """The shortest message that tells it."""
        return closing(self._task.answer)

    def _leaves(self) -> Iterator[tuple[AnswerValue, str, Json]]:
        for answer in self._task.answer:
            for leaf in leaves(answer.value):
                yield answer, answer.pointer + leaf.pointer, leaf.value

    def _asked(self, answer: AnswerValue, pointer: str, value: Json) -> Asked:
        key = last_key(pointer)
        step = self._task.steps[answer.step]
        around = list(_around(step.response, pointer))
        ids = {text for item in around for text in _strings(item) if text in self.entities}
        ids |= {text for text in _strings(self.arguments[answer.step]) if text in self.entities}
        ids |= {other for one in list(ids) for other in _strings(self.entities[one][1]) if other in self.entities}
        owner = next((one for one in _strings(around[0]) if one in self.entities), None) if around else None
        if owner is None or self.entities[owner][1].get(key, _MISSING) == _MISSING:
            owner = next((one for one in ids if key in self.entities[one][1]), owner)
        kind = self._type_of(owner)
        if pointer.count("/") == 1:  # a count stands beside the list that it counts
            ids |= {text for leaf in leaves(step.response) if isinstance(text := leaf.value, str) and text in self.entities}
        attribute = _attribute(kind, key)
        units = units_in(f"{key} {attribute.description if attribute else self._output_words(answer.step, key)}")
        names = {name for one in ids for name in (plain_words(one), *self.names_of(one))}
        others = [other for _, where, other in self._leaves() if where != pointer or other != value]
        return Asked(
            value,
            key,
            answer.step,
            kind.name.lower() if kind else "",
            frozenset(names),
            self._siblings(key, attribute, value),
            units,
            tuple(self._history(owner, key)),
            frozenset(plain_words(other) for other in others if isinstance(other, str)),
            tuple(other for other in others if isinstance(other, int | float) and not isinstance(other, bool)),
            tuple(day for other in others if isinstance(other, str) and (day := parse_date(other))),
        )

    def may_be_called(self, asked: Asked, key: str) -> bool:
        """Say whether what is asked may stand under a name: its own, one that means the same, or one that is as true."""
        if key == asked.key:
            return True
        if any(one.key == key for one in self.asked):
            return False
        own = set(asked.key.split("_"))
        if own & set(key.split("_")) or any({asked.key, key} <= alike for alike in _ALIKE):
            return True
        return (key, str(asked.value)) in self.pairs

    def is_of(self, asked: Asked, named: Sequence[Named]) -> bool:
        """Say whether what is asked may be said of what is named: of nothing, or of its own thing by all its names."""
        return all(one.words in asked.owners for one in named)

    def unit_words(self, asked: Asked) -> frozenset[str]:
        """Return the words that may follow a number which is what is asked: its units, name and thing."""
        words = {*asked.key.lower().split("_"), asked.noun, f"{asked.noun}s"}
        return frozenset(words.union(*(spellings_of(unit) for unit in asked.units)) - {""})

    def is_told(self, words: str) -> bool:
        """Say whether the row holds words, in plain small letters, or they name what it holds."""
        return words in self.spoken_words or any(name in words for name in self.names)

    @cached_property
    def told_names(self) -> frozenset[str]:
        """The texts that are asked for: where they are names, they are values and say of nothing whose value is told."""
        return frozenset(plain_words(one.value) for one in self.asked if isinstance(one.value, str))

    @cached_property
    def spoken_words(self) -> str:
        """All that the user, the ground-truth calls and their responses say, in plain small letters."""
        said = (str(leaf.value) for step in self._task.steps for leaf in leaves(step.response))
        return f"{self.wished}\n{plain_words(chr(10).join(said))}"

    @cached_property
    def arguments(self) -> list[JsonObject]:
        """The arguments of each step's call."""
        return [_arguments(step.call) for step in self._task.steps]

    @cached_property
    def entities(self) -> dict[str, tuple[str, JsonObject]]:
        """Collection and attributes of each entity, by id, as it is in the end."""
        found: dict[str, tuple[str, JsonObject]] = {}
        for state in (self._task.initial_state or {}, self._task.final_state or {}):
            for collection, members in state.items():
                if collection != CLOCK and isinstance(members, dict):
                    found.update(
                        (name, (collection, content)) for name, content in members.items() if isinstance(content, dict)
                    )
        return found

    @cached_property
    def _types(self) -> Mapping[str, EntityType]:
        return {kind.collection: kind for kind in self._task.meta.entity_types}

    @cached_property
    def _naming(self) -> Mapping[str, str | None]:
        return {collection: _naming(kind) for collection, kind in self._types.items()}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names under which values stand in responses and entities."""
        keys = {last_key(leaf.pointer) for step in self._task.steps for leaf in leaves(step.response)}
        keys |= {attribute.name for kind in self._types.values() for attribute in kind.attributes}
        return frozenset(keys - {""})

    @cached_property
    def label_keys(self) -> frozenset[str]:
        """The names that a value may be told under: those asked for, and those of the things that they are asked of."""
        nouns = {one.noun for one in self.asked}
        keys = {one.key for one in self.asked}
        keys |= {attribute.name for kind in self._types.values() if kind.name.lower() in nouns for attribute in kind.attributes}
        return frozenset(keys - {""})

    @cached_property
    def _texts_of(self) -> Mapping[str, frozenset[str]]:
        """The texts that each name asked for has in responses and entities."""
        keys = {last_key(where) for _, where, _ in self._leaves()}
        held = [content for _, content in self.entities.values()]
        held += [item for step in self._task.steps for item in _objects(step.response)]
        return {
            key: frozenset(text for item in held if isinstance(text := item.get(key), str)) for key in keys
        }

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Names and values, as text, that responses and entities hold."""
        held = {(last_key(leaf.pointer), str(leaf.value)) for step in self._task.steps for leaf in leaves(step.response)}
        return frozenset(held | {(key, str(value)) for _, content in self.entities.values() for key, value in content.items()})

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
    def numbered_texts(self) -> tuple[str, ...]:
        """The texts of calls, responses and entities that hold digits, which are no numbers where those texts stand."""
        held = [leaf.value for call in self.arguments for leaf in leaves(call)]
        held += [leaf.value for step in self._task.steps for leaf in leaves(step.response)]
        held += [value for _, content in self.entities.values() for value in content.values()]
        texts = {text for text in held if isinstance(text, str) and _MIXED.search(text) and not parse_date(text)}
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
        return frozenset(name for one in self.entities for name in (plain_words(one), *self.names_of(one)))

    @cached_property
    def shown(self) -> frozenset[str]:
        """Ids of all entities that the ground truth's calls and responses name."""
        spoken = {text for call in self.arguments for text in _strings(call)}
        for step in self._task.steps:
            spoken |= {text for leaf in leaves(step.response) if isinstance(text := leaf.value, str)}
            spoken |= {change.id for change in step.changes}
        return frozenset(spoken & self.entities.keys())

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """How ids begin in this world."""
        return tuple(kind.id_prefix.lower() for kind in self._types.values())

    @cached_property
    def write_verbs(self) -> tuple[str, ...]:
        """The first word of each tool whose call changes something: what was asked to be done."""
        words = (re.match(r"[A-Z]?[a-z]+", step.call) for step in self._task.steps if step.changes)
        return tuple(word[0].lower() for word in words if word)

    def names_of(self, entity: str) -> Iterator[str]:
        """Yield the names, in plain small letters, by which an entity may be called."""
        collection, content = self.entities[entity]
        attribute = self._naming.get(collection, "name")
        name = content.get(attribute) if attribute else None
        if isinstance(name, str) and len(name) > 2:
            yield plain_words(name)

    def _type_of(self, entity: str | None) -> EntityType | None:
        return self._types.get(self.entities[entity][0]) if entity is not None else None

    def _output_words(self, step: int, key: str) -> str:
        name = self._task.steps[step].call.split("(", 1)[0]
        tool = next((tool for tool in self._task.tools if tool.tool_name == name), None)
        output = tool.output_details.get(key) if tool else None
        return (output.description or "") if output is not None else ""

    def _siblings(self, key: str, attribute: Attribute | None, value: Json) -> frozenset[str]:
        if not isinstance(value, str):
            return frozenset()
        others = {*(attribute.enum or ())} if attribute else set[str]()
        others |= self._texts_of.get(key, frozenset())
        return frozenset(plain_words(text) for text in others if text) - {plain_words(value)}

    def _history(self, owner: str | None, key: str) -> Iterator[Json]:
        if owner is None:
            return
        for state in (self._task.initial_state or {}, self._task.final_state or {}):
            for members in state.values():
                if isinstance(members, dict) and isinstance(held := members.get(owner), dict):
                    yield held.get(key)
        for call, step in zip(self.arguments, self._task.steps, strict=True):
            yield from (change.attributes.get(key) for change in step.changes if change.id == owner)
            if owner in _strings(call) or any(change.id == owner for change in step.changes):
                yield from (leaf.value for leaf in leaves(call) if last_key(leaf.pointer) == key)


_MISSING = object()
_MIXED = re.compile(r"(?=.*\d).*[^\W\d_]")
"""A text of letters and digits."""


def _around(response: JsonObject, pointer: str) -> Iterator[JsonObject]:
    """Yield the objects of a response in which a pointer's value stands, the nearest first."""
    while pointer:
        pointer = pointer.rpartition("/")[0]
        try:
            held = resolve(response, pointer)
        except LookupError:
            continue
        if isinstance(held, dict):
            yield held


def _objects(held: Json) -> Iterator[JsonObject]:
    if isinstance(held, dict):
        yield held
    for item in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        if isinstance(item, dict | list):
            yield from _objects(item)


def _strings(held: Json) -> list[str]:
    if not isinstance(held, dict):
        return []
    found = [item for item in held.values() if isinstance(item, str)]
    return found + [item for items in held.values() if isinstance(items, list) for item in items if isinstance(item, str)]


def _arguments(call: str) -> JsonObject:
    try:
        return parse_call(call).arguments
    except BadCall:
        return {}


def _attribute(kind: EntityType | None, key: str) -> Attribute | None:
    return next((one for one in kind.attributes if one.name == key), None) if kind else None


def _naming(kind: EntityType) -> str | None:
    """Return the attribute that names an entity of a type: its first free text."""
    free = (one for one in kind.attributes if one.type == "string" and not (one.enum or one.format or one.references))
    return next((one.name for one in free), None)


NOTHING_KNOWN = Knowledge(
    Task(id="", field="", summary="", tools=[], gt_tool_calls=[], initial_state=None, final_state=None)
)
"""Of a task that asks for no answer and of which nothing is known."""
