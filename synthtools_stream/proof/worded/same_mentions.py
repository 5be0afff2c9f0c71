"""The request says the values of the turns, all of them and no others.

Numbers and dictated texts stand there as often as in the turns. An id or a date that two turns say may be said once
for both ("look up BK-2041 and move it"), never more often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.finding import Finding

__all__ = ["mention_findings"]

CHECK = "mentions"
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
        elif found < times and kind in _EXACT:
            yield Finding(CHECK, f"the request says {value[:60]!r} {found} times, the turns {times}: say it as often")
