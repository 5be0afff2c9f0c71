"""What must be done first is asked for first: wishes of which one rests on the other keep their order in the request.

Where a wish stands is told by the words and values that only its turn has. A step rests on an earlier one when it takes
a value from its response, or when both touch one entity and one of them changes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from statistics import median

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep
from synthtools_stream.proof.worded.finding import Finding
from synthtools_stream.records.task import Provenance

__all__ = ["order_findings"]

CHECK = "order"


def order_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the wishes that the request has in the wrong order."""
    if told.request is None:
        return
    places = [_places(told, spoken) for spoken in told.steps]
    for one, other in combinations(told.steps, 2):
        first, second = places[one.index], places[other.index]
        if first and second and median(first) > median(second) and _rests(told, one, other):
            yield Finding(CHECK, f"the request asks for turn {other.index} before turn {one.index}, on which it rests: keep their order")


def _places(told: Conversation, spoken: SpokenStep) -> list[int]:
    """Return where the request says what only this turn says, as often as the turn says it."""
    assert told.request is not None
    mine, others = _signs(spoken), set[str]()
    for other in told.steps:
        if other is not spoken:
            others |= _signs(other)
    own = mine - others
    words = [word.start for word in told.request.words if word.stem in own]
    return words + [mention.start for mention in told.request.mentions if f"={mention.value}" in own]


def _signs(spoken: SpokenStep) -> set[str]:
    return {*spoken.turn.stems, *(f"={mention.value}" for mention in spoken.turn.mentions)}


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
