"""A value stands in the company of its own turn: between two values that only one turn says, no other turn's value.

Two drawings have a scale, and their words are alike; whose scale a number is, is told by the values beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.text_mentions import Mention, Reading
from synthtools_stream.proof.worded.word_flaw import Finding

__all__ = ["company_findings"]

CHECK = "labels"
_KINDS = ("id", "number", "date", "text", "time", "code")
_STOPS = ".;?!\n"


def company_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the values of the request that stand among those of another turn."""
    if told.request is None:
        return
    turns: dict[str, set[int]] = defaultdict(set)
    for spoken in told.steps:
        for mention in spoken.turn.of(*_KINDS):
            turns[mention.value].add(spoken.index)
    for sentence in _sentences(told.request):
        for before, mention, behind in zip(sentence, sentence[1:], sentence[2:], strict=False):
            home = turns[before.value] & turns[behind.value]
            alone = len(home) == len(turns[before.value]) == len(turns[behind.value]) == 1
            if alone and turns[mention.value] and not home & turns[mention.value]:
                detail = f"the request says {mention.value[:60]!r} among the values of turn {min(home)}"
                yield Finding(CHECK, f"{detail}, which does not say it: keep each value in its own wish")


def _sentences(reading: Reading) -> Iterator[list[Mention]]:
    found: list[Mention] = []
    for mention in reading.of(*_KINDS):
        if found and any(sign in reading.rest[found[-1].end : mention.start] for sign in _STOPS):
            yield found
            found = []
        found.append(mention)
    yield found
