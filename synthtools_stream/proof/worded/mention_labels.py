"""A value stands beside its own words: two ids or amounts that change places in the request are noticed.

The words before a value, a number's unit, and less closely all up to its neighbours, are its label. In the request a
value must not stand beside words that are plainly the label of another value of its kind, and not of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.text_mentions import Mention, Reading
from synthtools_stream.proof.worded.word_flaw import Finding

__all__ = ["label_findings"]

CHECK = "labels"
_BEFORE = 4
"""Words before a value that label it: a verb, an adjective and a noun of two words."""
_ALIKE = 0.6
"""Share of common words from which two labels are the same: a preposition or an adjective may differ."""
_CLEARLY = 0.2
"""By how much another value's label must fit better: models change a word or two of each."""
_START = attrgetter("start")
_STOPS = ".;?!\n"
_KINDS = ("id", "number", "date", "text", "time", "code")


def label_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the values of the request that stand where the turns have another."""
    if told.request is None:
        return
    said: dict[tuple[str, str], list[tuple[Reading, Mention]]] = defaultdict(list)
    for spoken in told.steps:
        for mention in spoken.turn.of(*_KINDS):
            said[mention.kind, mention.value].append((spoken.turn, mention))
    values = Counter(kind for kind, _ in said)
    labels = {key: [_label(*one) for one in places] for key, places in said.items() if values[key[0]] > 1}
    for mention in told.request.of(*_KINDS):
        mine = labels.get((mention.kind, mention.value))
        if mine is None:
            continue
        label = _label(told.request, mention)
        best = max(label.likeness(one) for one in mine)
        for (kind, value), others in labels.items():
            if kind != mention.kind or value == mention.value:
                continue
            if _is_better(max(label.likeness(one) for one in others), best):
                yield Finding(
                    CHECK,
                    f"the request says {mention.value[:60]!r} where a turn says {value[:60]!r}:"
                    " keep each beside its own words",
                )
                break


class _Label(NamedTuple):
    """The words close to a value, and all from the value of its kind before it to the next, inside its sentence."""

    close: frozenset[str]
    around: frozenset[str]

    def likeness(self, other: _Label) -> tuple[float, float]:
        """Return how alike two labels are, 0 to 1, by the close words and by all around."""
        return _share(self.close, other.close), _share(self.around, other.around)


def _is_better(rival: tuple[float, float], best: tuple[float, float]) -> bool:
    close, around = rival[0] - best[0], rival[1] - best[1]
    if close >= _CLEARLY:
        return rival[0] >= _ALIKE and around >= 0
    return close >= 0 and around >= _CLEARLY and rival[1] >= _ALIKE


def _label(reading: Reading, mention: Mention) -> _Label:
    same = [other for other in reading.mentions if other.kind == mention.kind]
    start = max(1 + reading.rest.rfind(sign, 0, mention.start) for sign in _STOPS)
    start = max([start, *(other.end for other in same if other.end <= mention.start)])
    ends = [place for sign in _STOPS if (place := reading.rest.find(sign, mention.end)) >= 0]
    stop = min([*ends, *(other.start for other in same if other.start >= mention.end), len(reading.rest)])
    words = reading.words
    first, place = (bisect_left(words, at, key=_START) for at in (start, mention.start))
    close = [word.stem for word in words[max(first, place - _BEFORE) : place]]
    beside = [other for other in reading.mentions if other.kind == "text" and start <= other.start < mention.start]
    if mention.kind in ("number", "date") and beside:
        close.append(f"={beside[-1].value}")  # "fuel" with amount 178
    if mention.kind == "number":
        behind = bisect_left(words, mention.end + 1, key=_START)
        close.extend([word.stem for word in words[behind : behind + 1] if word.start <= mention.end + 2])
    last = bisect_left(words, stop, key=_START)
    return _Label(frozenset(close), frozenset([word.stem for word in words[first:last]]))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
