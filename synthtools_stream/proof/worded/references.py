"""A description picks one: "that account" is the one that was spoken of last, "the new booking" one that was made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep
from synthtools_stream.proof.worded.cues import word_heads
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import Json

__all__ = ["reference_findings"]

CHECK = "references"
_NEW = re.compile(r"\b(?:new|newly|just|created|made|opened|added|registered)\b", re.IGNORECASE)
_POINTING = frozenset({"that", "this", "the"})
_PLACED = re.compile(r"\b(?:first|last|second|third|top|bottom|\w+est)\b", re.IGNORECASE)


def reference_findings(told: Conversation, index: int) -> Iterator[Finding]:
    """Yield the descriptions in a turn that pick another entity than the call's, or more than one."""
    spoken = told.steps[index]
    said = {mention.value for mention in spoken.turn.of("id")}
    for leaf in spoken.arguments:
        value = leaf.value
        if not isinstance(value, str) or value not in told.collections or value in said:
            continue
        home = told.collections[value]
        for phrase in _phrases(told, spoken, home):
            meant = _meant(told, index, home, made=_NEW.search(phrase) is not None)
            if meant and meant != {value}:
                yield Finding(
                    CHECK,
                    f"turn {index} says '{phrase}', which fits {', '.join(sorted(meant)[:3])}"
                    f" and not {value} alone: say which",
                )


def _phrases(told: Conversation, spoken: SpokenStep, home: str) -> Iterator[str]:
    """Yield `that account`, `the new account` and their like, without what is told by its place in a list."""
    name = next((kind.name for kind in told.types if kind.collection == home), "")
    if not name.split():
        return
    if not _may_point_to(name.split()[-1], spoken.turn.heads):
        return
    for found in _pattern(name).finditer(spoken.turn.rest):
        if not _PLACED.search(found[0]) and not _PLACED.search(
            spoken.turn.rest[max(0, found.start() - 24) : found.start()]
        ):
            yield found[0]


def _may_point_to(noun: str, heads: frozenset[str]) -> bool:
    return not heads.isdisjoint(_POINTING) and not (noun.isascii() and heads.isdisjoint(word_heads(noun) or heads))


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    noun = rf"(?:{re.escape(name)}|{re.escape(name.split()[-1])})"
    return re.compile(
        rf"\b(?:that|this)(?: \w+)? {noun}\b|\bthe (?:new|newly \w+)(?: \w+)? {noun}\b|"
        rf"\bthe {noun} (?:you|I) (?:have )?(?:just )?\w+ed\b",
        re.IGNORECASE,
    )


def _meant(told: Conversation, index: int, home: str, *, made: bool) -> set[str]:
    """Return the entities of a collection that the last step which spoke of any acted on, or else showed."""
    for earlier in reversed(told.steps[:index]):
        created = {change.id for change in earlier.step.changes if change.op == "create" and change.collection == home}
        if made:
            if created:
                return created
            continue
        acted = created | _of(told, home, [leaf.value for leaf in earlier.arguments])
        acted |= {change.id for change in earlier.step.changes if change.collection == home}
        shown = acted or _of(told, home, leaf_values(earlier.step.response))
        if shown:
            return shown
    return set()


def _of(told: Conversation, home: str, values: Sequence[Json]) -> set[str]:
    return {value for value in values if isinstance(value, str) and told.collections.get(value) == home}
