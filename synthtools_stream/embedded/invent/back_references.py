"""How a user may speak of a thing: by an id that was said, or by pointing at what an earlier step returned.

Words that point must pick exactly one thing at that moment. So a thing is pointed at only where the conversation, the
user's words and calls as much as responses, leaves no second thing of its kind that they could mean.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.english import plural
from synthtools_stream.embedded.prose import spans
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Conversation", "Reference"]

_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])")
_IT = 0.35
"""How often a thing that alone was spoken of in the step before is just `it`."""


@dataclass(frozen=True)
class Reference:
    """An entity's id as an earlier response holds it, first of what describes the entity."""

    id: str
    step: int
    pointer: str
    listed: bool
    """Whether it is the first of a list."""


@dataclass(frozen=True)
class Conversation:
    """The finished steps, as far as things of one collection occur in them."""

    dialogue: Sequence[JsonObject]
    ids: Sequence[str]
    """The collection's ids."""

    def reference(self, identifier: str) -> Reference | None:
        """Return where the latest response tells that id as a thing's own; of lists only the first item counts."""
        for step in range(len(self.dialogue) - 1, -1, -1):
            for pointer, value in _own_ids(self.dialogue[step].get("response"), ""):
                if value == identifier:
                    return Reference(identifier, step, pointer, bool(re.search(r"/0(?:/|$)", pointer)))
        return None

    def is_new(self, identifier: str) -> bool:
        """Say whether a step made the thing: its id came back first, and nobody had said or listed it."""
        made = any(_made(turn, identifier) for turn in self.dialogue)
        said = any(identifier in str(turn.get("user", "")) for turn in self.dialogue)
        return made and not said and not any(_in_list(turn.get("response"), identifier) for turn in self.dialogue)

    def words_for(self, reference: Reference, noun: str, rng: random.Random, *, may_be_it: bool) -> str:
        """Return words that pick the thing and no other; empty where only its id does."""
        if self.is_new(reference.id):
            several = sum(self.is_new(other) for other in self.ids) > 1
            new = [f"the new {noun}", f"the {noun} you just created", f"that new {noun}"]
            return "" if several else rng.choice(new)
        if may_be_it and not reference.listed and self._is_alone(reference) and rng.random() < _IT:
            return "it"
        ways: list[str] = []
        if reference.listed and not any(self._lists(step) for step in range(reference.step + 1, len(self.dialogue))):
            many = plural(noun)
            ways = [
                f"the first of those {many}",
                f"the first {noun} in that list",
                f"the first of the {many} you found",
            ]
        if self._last_spoken_of() == {reference.id}:
            ways.append(f"that {noun}")
        return rng.choice(ways) if ways else ""

    def _last_spoken_of(self) -> set[str]:
        """Return the things of the latest step that has any."""
        return next((held for turn in reversed(self.dialogue) if (held := self._spoken_of(turn))), set())

    def _spoken_of(self, turn: JsonObject) -> set[str]:
        return {name for name in _ids_in(turn) if name in self.ids}

    def _is_alone(self, reference: Reference) -> bool:
        """Say whether the step before speaks of this thing and of no other, of whatever kind."""
        return bool(self.dialogue) and set(_ids_in(self.dialogue[-1])) == {reference.id}

    def _lists(self, step: int) -> bool:
        """Say whether a step's response lists things of the collection."""
        return any(_in_list(self.dialogue[step].get("response"), name) for name in self.ids)


def _ids_in(turn: JsonObject) -> Iterator[str]:
    """Yield all ids of a step: said, passed and returned."""
    for part in ("user", "call"):
        yield from (found[0] for found in _ID.finditer(str(turn.get(part, ""))))
    yield from (value for value in _texts(turn.get("response")) if _ID.fullmatch(value))


def _made(turn: JsonObject, identifier: str) -> bool:
    response = turn.get("response")
    first = next(iter(response.values()), None) if isinstance(response, dict) else None
    return first == identifier and not any(spans(identifier, str(turn.get("call", "")), "_-"))


def _in_list(value: Json, identifier: str, *, inside: bool = False) -> bool:
    if isinstance(value, dict):
        return any(_in_list(part, identifier, inside=inside) for part in value.values())
    if isinstance(value, list):
        return any(_in_list(part, identifier, inside=True) for part in value)
    return inside and value == identifier


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _own_ids(value: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    """Yield the first value of every object: where a thing is described, its own id stands before its references."""
    if isinstance(value, dict):
        for place, (key, part) in enumerate(value.items()):
            if isinstance(part, dict | list):
                yield from _own_ids(part, f"{pointer}/{key}")
            elif place == 0:
                yield f"{pointer}/{key}", part
    elif isinstance(value, list):
        for part in value[:1]:
            yield from _own_ids(part, f"{pointer}/0")
