"""Environment state on plain dicts: build it, change it, mint ids, take its digest.

A state is never written in place: `apply` copies only the collections and entities it touches, so older states stay
valid and unchanged parts stay the same objects (which makes comparing them cheap).

An empty collection and an absent one are the same. Other people's states are any JSON; `digest` takes those too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, TypeAlias, cast

import orjson

from synthtools_stream.errors import StateProblem
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import Change, State, WorldEntity
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_json
from synthtools_stream.values.object_memo import ObjectMemo

__all__ = [
    "CLOCK",
    "AppliedChanges",
    "IdMinter",
    "Mint",
    "apply",
    "as_json",
    "as_state",
    "diff",
    "digest",
    "initial_state",
    "is_placeholder",
    "mint_id",
    "now_of",
    "refuse_mint",
    "rename",
]

CLOCK = "clock"
FIRST_NUMBER = 1001
"""The number of the first id where a collection has none: four digits, as ids of grown systems have."""
_REMEMBERED = 512
"""Collections whose canonical JSON is remembered, of a few KB each: those that some hundred tools at work touch."""
_PLACEHOLDER = re.compile(r"\$new\d{1,4}\Z")
_NUMBERED = re.compile(r"(.*?)(\d{1,15})\Z", re.DOTALL)

Mint: TypeAlias = Callable[[str, State], str]
"""Gives the id of a new entity of a collection in a state."""


class AppliedChanges(NamedTuple):
    """The state after the changes, the changes with minted ids in place, and which placeholder got which id."""

    state: State
    changes: list[Change]
    minted: dict[str, str]


def initial_state(now: str, entities: Iterable[WorldEntity], entity_types: Sequence[EntityType] = ()) -> State:
    """Build a state from a world as a model wrote it; every type's collection is there, if empty."""
    state: State = {kind.collection: {} for kind in entity_types}
    for entity in entities:
        state.setdefault(entity.collection, {})[entity.id] = dict(entity.attributes)
    state[CLOCK] = {"now": {"value": now}}
    return state


def as_json(state: JsonObject | State) -> JsonObject:
    """Return the state as the JSON object that it is; nothing is copied."""
    return cast("JsonObject", state)


def as_state(value: JsonObject | State | None) -> State:
    """Return a JSON object as a state; nothing is copied.

    :raises StateProblem: when it is not collections of entities with attributes.
    """
    if value is None:
        raise StateProblem("there is no state")
    for collection, entities in as_json(value).items():
        if not isinstance(entities, dict) or not {dict}.issuperset(map(type, entities.values())):
            raise StateProblem(f"'{collection}' is not a collection of entities with attributes")
    return cast("State", value)


def now_of(state: JsonObject | State | None) -> str | None:
    """Return what the state's clock says."""
    value: Json = as_json(state) if state else None
    for key in (CLOCK, "now", "value"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def is_placeholder(text: str) -> bool:
    """Say whether `text` stands for an id that is still to be minted."""
    return text.startswith("$") and _PLACEHOLDER.match(text) is not None


def mint_id(collection: str, state: State, prefix: str, floor: int = 0) -> str:
    """Return the next id: prefix and (highest number in the collection or `floor`, 1000 if none) + 1."""
    highest = max(_highest(state.get(collection) or (), prefix), floor)
    return f"{prefix}{highest + 1 if highest else FIRST_NUMBER}"


def _highest(ids: Iterable[str], prefix: str) -> int:
    numbers = (name[len(prefix) :] for name in ids if name.startswith(prefix))
    return max(
        (int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 16), default=0
    )


class IdMinter:
    """Mints ids for one runtime; remembers the highest number, so that a deleted entity's id never comes back.

    Collections of unknown type take the prefix that their ids share, and count on from them.
    """

    def __init__(self, entity_types: Iterable[EntityType], state: State) -> None:
        self._prefixes = {kind.collection: kind.id_prefix for kind in entity_types}
        self._start = state  # looked at when something is created in it, which most conversations never do
        self._highest: dict[str, int] = {}

    def __call__(self, collection: str, state: State) -> str:
        """Return the next id of the collection and remember it."""
        if collection not in self._highest:
            entities = self._start.get(collection, state.get(collection) or {})
            self._highest[collection] = _highest(entities, self._prefix(collection, entities))
        prefix = self._prefixes[collection]
        minted = mint_id(collection, state, prefix, self._highest[collection])
        self._highest[collection] = int(minted[len(prefix) :])
        return minted

    def _prefix(self, collection: str, entities: Iterable[str]) -> str:
        if collection not in self._prefixes:
            found = [match[1] for match in map(_NUMBERED.match, entities) if match is not None]
            self._prefixes[collection] = found[-1] if found else f"{collection[:1].upper()}-"
        return self._prefixes[collection]


def refuse_mint(collection: str, state: State) -> str:  # noqa: ARG001 - it stands where a Mint does
    """Mint nothing: for changes that were recorded as applied.

    :raises StateProblem: always.
    """
    raise StateProblem(f"a recorded change of '{collection}' has a placeholder for its id")


def apply(state: State, changes: Sequence[Change], *, mint: Mint | None) -> AppliedChanges:
    """Apply `changes` in order to a copy.

    Without `mint`, placeholders stay as they are: to see what an answer would come to before any id is given.

    :raises StateProblem: when a change does not fit the state that it meets; then nothing was changed.
    """
    if mint is not None and any(change.id.startswith("$") for change in changes):
        minted = _mint_all(state, changes, mint)
        changes = [_filled_in(change, minted) for change in changes]
    else:
        minted = {}
    work = dict(state)
    copied: set[str] = set()
    for change in changes:
        entities = work.get(change.collection, {})
        if change.collection not in copied:
            entities = work[change.collection] = dict(entities)
            copied.add(change.collection)
        _apply_one(entities, change)
    return AppliedChanges(work, list(changes), minted)


def _apply_one(entities: dict[str, JsonObject], change: Change) -> None:
    present = change.id in entities
    if change.op == "create":
        if present:
            raise StateProblem(f"{change.collection}/{change.id} cannot be created: it exists")
        entities[change.id] = dict(change.attributes)
        return
    if not present:
        raise StateProblem(f"{change.collection}/{change.id} cannot be changed: there is no such entity")
    if change.op == "delete":
        del entities[change.id]
        return
    entities[change.id] = {**entities[change.id], **change.attributes}


def _mint_all(state: State, changes: Sequence[Change], mint: Mint) -> dict[str, str]:
    """Mint an id for every placeholder, in order, each seeing the ones before it."""
    probe = dict(state)
    minted: dict[str, str] = {}
    for change in changes:
        if change.op == "create" and is_placeholder(change.id):
            if change.id in minted:
                raise StateProblem(f"{change.id} is created twice")
            entities = probe.get(change.collection) or {}
            minted[change.id] = mint(change.collection, probe)
            probe[change.collection] = {**entities, minted[change.id]: {}}
    return minted


def _filled_in(change: Change, minted: Mapping[str, str]) -> Change:
    if is_placeholder(change.id) and change.id not in minted:
        raise StateProblem(f"{change.id} is changed but never created")
    attributes = rename(change.attributes, minted)
    assert isinstance(attributes, dict)
    return change.model_copy(update={"id": minted.get(change.id, change.id), "attributes": attributes})


def rename(value: Json, names: Mapping[str, str]) -> Json:
    """Replace ids wherever they stand as whole words in texts: placeholders by minted ids, minted ids by others."""
    return _renamed(value, _word_pattern(tuple(names)), names) if names else value


@lru_cache(maxsize=512)
def _word_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    choices = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w$-])(?:{choices})(?![\w]|-\w)")


def _renamed(value: Json, words: re.Pattern[str], names: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return names[value] if value in names else words.sub(lambda match: names[match[0]], value)
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(item, words, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, words, names) for item in value]
    return value


def digest(state: Json | State, collections: Iterable[str] | None = None) -> str:
    """Return a digest that is equal exactly for same states, or same parts of them."""
    if not isinstance(state, dict):
        return blake2b(canonical_json(state), digest_size=16).hexdigest()
    whole = as_json(state)
    wanted = whole.keys() if collections is None else set(collections)
    parts = {name: _canonical(part) for name, part in whole.items() if name in wanted and part != {}}
    return blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


_canonical = ObjectMemo[Json, orjson.Fragment](lambda part: orjson.Fragment(canonical_json(part)), _REMEMBERED)
"""The canonical JSON of a collection: most calls of a conversation meet most collections as they were."""


def diff(before: State, after: State) -> list[Change]:
    """Return changes that turn `before` into `after`."""
    changes: list[Change] = []
    for collection in {**after, **before}:
        old, new = before.get(collection) or {}, after.get(collection) or {}
        for name, entity in new.items():
            changes.extend(_entity_diff(collection, name, old.get(name), entity))
        changes.extend(Change(op="delete", collection=collection, id=name) for name in old if name not in new)
    return changes


def _entity_diff(collection: str, name: str, old: JsonObject | None, new: JsonObject) -> list[Change]:
    create = Change(op="create", collection=collection, id=name, attributes=new)
    if old is None:
        return [create]
    if old.keys() - new.keys():  # an update cannot take an attribute away
        return [Change(op="delete", collection=collection, id=name), create]
    changed = {key: value for key, value in new.items() if key not in old or not same_json(old[key], value)}
    return [Change(op="update", collection=collection, id=name, attributes=changed)] if changed else []
