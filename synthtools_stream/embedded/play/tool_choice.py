"""Choose the tool that a user's words ask for: words that few of the tools share weigh most."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.embedded.english import stem, tokens
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import content, sentences
from synthtools_stream.embedded.read import ToolReading

__all__ = ["VERBS", "Rank", "ranked"]

_GROUPS = (
    "find search list look show browse pull query which",
    "get look show check pull tell what see view fetch return retrieve read give details detail",
    "create add register open book set make new place start request raise log record enter",
    "update change edit amend correct adjust alter revise modify set fix reschedule",
    "raise increase up bump add top boost extend grow",
    "lower reduce decrease cut drop take down deduct",
    "delete remove erase drop discard strike",
    "assign give put move switch hand transfer attach swap reassign",
    "notify message tell send write email inform let alert",
    "cancel call scrap off abort",
    "confirm approve accept okay clear sign",
    "close finish complete end wrap settle conclude",
    "reject decline refuse deny turn",
    "reserve hold keep block",
    "schedule plan arrange fix slot queue line",
    "pay settle refund reimburse",
    "ship dispatch send release deliver",
    "begin start open launch commence activate",
    "suspend pause hold freeze stop halt",
)
_BY_WORD: Mapping[str, frozenset[int]] = {
    stem(word): frozenset(index for index, group in enumerate(_GROUPS) if word in group.split())
    for words in _GROUPS
    for word in words.split()
}
_PARTICLES = frozenset(tokens("which what more up down off end line clear slot details detail"))
VERBS = frozenset(word for group in _GROUPS for word in group.split()) - _PARTICLES
"""Verbs with which a clause may begin."""
_ASKS = re.compile(
    (
        r"^(?:please |could you |can you |now |then |first,? |so,? |and )*(?:tell|show|find|look|which|"
        r"what|list|search|pull|check|get|"
        r"how(?! about)|is|are|when(?! you)|who|where|give me|do we|see|"
        r"i(?:'d| would) like to (?:know|see)|i (?:want|need) to (?:know|see))\b"
    ),
    re.I,
)


_TELLS = re.compile(
    r"\b(?:tell me|let me know|want to know|like to know|need to know|curious about|what (?:is|are) the|how many|"
    r"report (?:its|the))\b",
    re.I,
)


@dataclass(frozen=True)
class _Bag:
    """A tool's words as the solver weighs them."""

    heavy: frozenset[str]
    """Stems of the description."""
    light: frozenset[str]
    """Stems of parameters and usage."""
    verb: str


@lru_cache(maxsize=2048)
def _bag(description: str, parameters: str, usage: str) -> _Bag:
    first = tokens(description)
    effects = [part for part in sentences(usage) if not re.search(r"\b(?:must|only|when|if)\b", part, re.I)]
    light = frozenset(content(f"{parameters} {' '.join(effects)}"))
    return _Bag(frozenset(content(description)), light, stem(first[0]) if first else "")


def _bag_of(reading: ToolReading, usage: str) -> _Bag:
    parameters = " ".join(meaning.description for meaning in reading.meanings)
    choices = " ".join(str(value) for meaning in reading.meanings for value in meaning.enum)
    return _bag(reading.description, f"{parameters} {choices}", usage)


class Rank(NamedTuple):
    """A tool's place and how well it fits."""

    place: int
    score: float


def ranked(turn: str, readings: Sequence[tuple[ToolReading, str]], fit: Sequence[float]) -> list[Rank]:
    """Return the tools, the likeliest first. `fit` says how well the turn fills each one's parameters."""
    bags = [_bag_of(reading, usage) for reading, usage in readings]
    heard = list(dict.fromkeys(content(turn)))
    ranks: list[Rank] = []
    for index, ((reading, _), bag) in enumerate(zip(readings, bags, strict=True)):
        score = _overlap(heard, bag, bags) + _verb_score(turn, bag) + _mood(turn, reading)
        ranks.append(Rank(index, score + fit[index]))
    return sorted(ranks, key=lambda rank: -rank.score)


def _overlap(heard: Sequence[str], bag: _Bag, bags: Sequence[_Bag]) -> float:
    total = 0.0
    for word in heard:
        if word in bag.heavy:
            total += 1.6 * math.log(1 + len(bags) / (1 + sum(word in other.heavy for other in bags)))
        elif word in bag.light:
            total += 0.7 * math.log(1 + len(bags) / (1 + sum(word in other.light for other in bags)))
    size = math.sqrt(len(bag.heavy) + 0.3 * len(bag.light) + 1)
    return 3.0 * total / (2.0 + size)


def _verb_score(turn: str, bag: _Bag) -> float:
    """The tool's verb, or one that means the same, among the words of the turn: early ones count most."""
    words = [stem(word) for word in tokens(turn)][:40]
    if bag.verb in words:
        return 2.2 if words.index(bag.verb) < 8 else 1.6
    own = _BY_WORD.get(bag.verb, frozenset())
    near = next((index for index, word in enumerate(words) if own & _BY_WORD.get(word, frozenset())), None)
    if near is None:
        return 0.0
    return 1.1 if near < 6 else 0.6


def _mood(turn: str, reading: ToolReading) -> float:
    """Questions go to tools that read, wishes for change to those that write."""
    asking = bool(_ASKS.search(turn) or _TELLS.search(turn))
    if reading.operation.reads_only:
        plural = bool(re.search(r"\b(?:list|find|search|which|any|all|those|how many)\b", turn, re.I))
        return (0.9 if asking else 0.0) + (0.4 if plural and reading.operation is Operation.search else 0.0)
    return 0.0 if asking else 0.6
