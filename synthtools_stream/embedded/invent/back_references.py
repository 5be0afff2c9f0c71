"""How a user may speak of a thing: by an id that was said, or by pointing at what an earlier step returned."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.english import plural
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Reference", "find_references", "speak_of", "was_listed"]


@dataclass(frozen=True)
class Reference:
    """An entity's id as an earlier response holds it."""

    id: str
    step: int
    pointer: str
    listed: bool
    """Whether it is the first of a list."""


def was_listed(dialogue: Sequence[JsonObject], identifier: str) -> bool:
    """Say whether an earlier response held the id in a list: then it was found, not made."""
    return any(_in_list(turn.get("response"), identifier, inside=False) for turn in dialogue)


def _in_list(value: Json, identifier: str, *, inside: bool) -> bool:
    if isinstance(value, dict):
        return any(_in_list(part, identifier, inside=inside) for part in value.values())
    if isinstance(value, list):
        return any(_in_list(part, identifier, inside=True) for part in value)
    return inside and value == identifier


def find_references(dialogue: Sequence[JsonObject], ids: Sequence[str]) -> list[Reference]:
    """Return where ids stand in earlier responses, latest step first; of lists only the first item counts."""
    found: list[Reference] = []
    for step in range(len(dialogue) - 1, -1, -1):
        response = dialogue[step].get("response")
        for pointer, value in _leaves(response, ""):
            if isinstance(value, str) and value in ids and all(value != other.id for other in found):
                found.append(Reference(value, step, pointer, bool(re.search(r"/0(?:/|$)", pointer))))
    return found


def _leaves(value: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for part in value[:1]:
            yield from _leaves(part, f"{pointer}/0")
    else:
        yield pointer, value


def speak_of(reference: Reference, noun: str, steps: int, *, said: bool, new: bool, rng: random.Random) -> str:
    """Return words for what an earlier step returned; empty where the user, who `said` its id, had better repeat it."""
    recent = reference.step == steps - 1
    if reference.listed:
        many = plural(noun)
        return rng.choice(
            [f"the first of those {many}", f"the first {noun} in that list", f"the first of the {many} you found"]
        )
    if new:
        return rng.choice([f"the new {noun}", f"the {noun} you just created", f"that new {noun}"])
    return f"that {noun}" if recent or not said else ""
