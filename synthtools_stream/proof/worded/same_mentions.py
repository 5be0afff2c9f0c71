"""The request says the values of the turns, all of them and no others.

Numbers and dictated texts stand there as often as in the turns. An id or a date that two turns say may be said once
for both where another word points to it ("look up BK-2041 and move it"), never more often.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.text_mentions import Reading
from synthtools_stream.proof.worded.word_flaw import Finding

__all__ = ["mention_findings"]

CHECK = "mentions"
_POINTING = re.compile(r"\b(?:it|its|that|this|those|these|them|their|both|same|there|each)\b", re.IGNORECASE)
_INSIDE = re.compile(r"[^\W\d_,]\s+\Z|,\s+\Z")
"""What stands before a word inside a sentence."""
_EXACT = frozenset({"number", "text"})
"""Kinds that stand as often in the request as in the turns."""


def mention_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the values that the request adds, loses, or says too often."""
    if told.request is None:
        return
    said = Counter((mention.kind, mention.value) for spoken in told.steps for mention in spoken.turn.mentions)
    merged = Counter((mention.kind, mention.value) for mention in told.request.mentions)
    for (kind, value), times in merged.items():
        wanted = said[kind, value]
        if not wanted:
            yield Finding(CHECK, f"the request says {value[:60]!r}, which no turn says: leave it out")
        elif times > wanted:
            yield Finding(CHECK, f"the request says {value[:60]!r} {times} times, the turns {wanted}: say it as often")
    for (kind, value), times in said.items():
        found = merged[kind, value]
        if not found:
            yield Finding(CHECK, f"the request lacks {value[:60]!r}, which a turn says: put it in")
        elif found < times and (kind in _EXACT or (kind == "id" and not _is_referred(told, told.request))):
            yield Finding(CHECK, f"the request says {value[:60]!r} {found} times, the turns {times}: say it as often")
    yield from _names(told, told.request)


def _is_referred(told: Conversation, request: Reading) -> bool:
    """Say whether the request points to as many things as the turns name or point to."""
    wanted = sum(len(spoken.turn.of("id")) + len(_POINTING.findall(spoken.turn.rest)) for spoken in told.steps)
    return len(request.of("id")) + len(_POINTING.findall(request.rest)) >= wanted


def _names(told: Conversation, request: Reading) -> Iterator[Finding]:
    """Yield the names of which only the request, or only a turn, speaks: words with a capital inside a sentence."""
    said = {word for spoken in told.steps for word in _named(spoken.turn)}
    merged = _named(request)
    for name in sorted(merged - told.turn_stems):
        yield Finding(CHECK, f"the request names {name!r}, which no turn names: leave it out")
    for name in sorted(said - request.stems):
        yield Finding(CHECK, f"the request does not name {name!r}, as a turn does: put it in")


def _named(reading: Reading) -> set[str]:
    return {
        word.stem
        for word in reading.words
        if word.text[0].isupper() and _INSIDE.search(reading.rest[max(0, word.start - 3) : word.start])
    }
