"""What must be done first is asked for first: wishes of which one rests on the other keep their order in the request.

Where a wish stands is told by the words and values that only its turn has. A step rests on an earlier one when it takes
a value from its response, or when both touch one entity and one of them changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from statistics import median

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep
from synthtools_stream.proof.worded.text_mentions import Reading
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.records.task import Provenance

__all__ = ["order_findings"]

CHECK = "order"


def order_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the wishes that the request has in the wrong order."""
    if told.request is None:
        return
    signs = [_signs(spoken.turn) for spoken in told.steps]
    merged = _signs(told.request)
    places = [_places(index, signs, merged) for index in range(len(signs))]
    for one, other in combinations(told.steps, 2):
        first, second = places[one.index], places[other.index]
        if first and second and median(first) > median(second) and _rests(told, one, other):
            yield Finding(
                CHECK,
                f"the request asks for turn {other.index} before turn {one.index}, on which it rests: keep their order",
            )


def _places(index: int, signs: Sequence[Mapping[str, int]], merged: Mapping[str, int]) -> list[int]:
    """Return where the request says what only one turn says: words, pairs of neighbours, and values."""
    own = signs[index].keys() - set[str]().union(*signs[:index], *signs[index + 1 :])
    return [place for sign, place in merged.items() if sign in own]


def _signs(reading: Reading) -> dict[str, int]:
    """Return the words, pairs of neighbouring words, and values of a text, and where each stands first."""
    words = reading.words
    found = {f"={mention.value}": mention.start for mention in reversed(reading.mentions)}
    found |= {f"{one.stem} {other.stem}": one.start for one, other in reversed([*pairwise(words)])}
    return found | {word.stem: word.start for word in reversed(words)}


def _rests(told: Conversation, one: SpokenStep, other: SpokenStep) -> bool:
    if any(one.index in _sources(proof) for proof in other.step.provenance.values()):
        return True
    return bool((one.step.changes or other.step.changes) and _touched(told, one) & _touched(told, other))


def _sources(proof: Provenance) -> set[int]:
    found = {proof.step} if proof.step is not None else set[int]()
    return found.union(*(_sources(part) for part in proof.inputs or ()))


def _touched(told: Conversation, spoken: SpokenStep) -> set[str]:
    """Return the entities that a call changes or names as its object, the one whose type its tool writes or reads."""
    named = {leaf.value for leaf in spoken.arguments if isinstance(leaf.value, str) and leaf.value in told.collections}
    return named | {change.id for change in spoken.step.changes}
