"""A value stands beside its own words: two ids or amounts that change places in the request are noticed.

The words before a value, and those right behind it, are its label. In the request a value must not stand beside words
that are plainly the label of another value of its kind, and not of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.finding import Finding
from synthtools_stream.proof.worded.reading import Mention, Reading

__all__ = ["label_findings"]

CHECK = "labels"
_BEFORE = 4
"""Words before a value that label it: a verb, an adjective and a noun of two words."""
_BEHIND = 1
"""Words behind it: `12 containers`."""
_STOPS = ".;?!\n"
_KINDS = ("id", "number", "date", "text", "time", "code")


def label_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the values of the request that stand where the turns have another."""
    if told.request is None:
        return
    labels: dict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
    for spoken in told.steps:
        for mention in spoken.turn.of(*_KINDS):
            labels[mention.kind, mention.value].append(_label(spoken.turn, mention))
    for mention in told.request.of(*_KINDS):
        mine = labels.get((mention.kind, mention.value))
        if mine is None:
            continue
        label = _label(told.request, mention)
        best = max(_likeness(label, one) for one in mine)
        for (kind, value), others in labels.items():
            rival = max(_likeness(label, one) for one in others)
            if kind == mention.kind and value != mention.value and rival >= 1 > best and label:
                yield Finding(CHECK, f"the request says {mention.value[:60]!r} where a turn says {value[:60]!r}: keep each beside its own words")
                break


def _label(reading: Reading, mention: Mention) -> frozenset[str]:
    start = max((reading.rest.rfind(sign, 0, mention.start) for sign in _STOPS), default=-1)
    start = max([start, *(other.end for other in reading.mentions if other.end <= mention.start and other.kind == mention.kind)])
    stop = min([len(reading.rest), *(other.start for other in reading.mentions if other.start > mention.start)])
    before = [word.stem for word in reading.words if start <= word.start < mention.start][-_BEFORE:]
    behind = reading.rest[mention.end : stop]
    close = [word.stem for word in reading.words if mention.end <= word.start < stop and not set(",.;?!") & set(behind[: word.start - mention.end])]
    return frozenset([*before, *close[:_BEHIND]])


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
