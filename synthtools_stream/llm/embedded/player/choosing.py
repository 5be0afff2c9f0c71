"""Choose the tool that a user's words ask for: words that few of the tools share weigh most."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from synthtools_stream.llm.embedded.reading import Operation, ToolReading
from synthtools_stream.llm.embedded.reading.words import content, sentences, stem, tokens

__all__ = ["Offer", "ranked"]

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
_BY_WORD: dict[str, frozenset[int]] = {}
for _index, _group in enumerate(_GROUPS):
    for _word in _group.split():
        _BY_WORD[stem(_word)] = _BY_WORD.get(stem(_word), frozenset()) | {_index}
_ASKS = re.compile(
    r"^(?:please |could you |can you |now |then |first,? |so,? |and )*(?:tell|show|find|look|which|what|list|search|pull|check|get|"
    r"how|is|are|when|who|where|give me|do we|see|i(?:'d| would) like to (?:know|see)|i (?:want|need) to (?:know|see))\b",
    re.I,
)


@dataclass(frozen=True)
class Offer:
    """One tool as the solver weighs it."""

    reading: ToolReading
    heavy: frozenset[str]
    """Stems of the description."""
    light: frozenset[str]
    """Stems of parameters and usage."""
    verb: str


@lru_cache(maxsize=1024)
def _offer(reading: ToolReading, usage: str) -> Offer:
    parameters = " ".join(meaning.description for meaning in reading.meanings)
    choices = " ".join(str(value).replace("_", " ") for meaning in reading.meanings for value in meaning.enum)
    heavy = frozenset(content(reading.description))
    first = tokens(reading.description)
    effects = [part for part in sentences(usage) if not re.search(r"\b(?:must|only|when|if)\b", part, re.I)]
    light = frozenset(content(f"{parameters} {choices} {' '.join(effects)}"))
    return Offer(reading, heavy, light, stem(first[0]) if first else "")


def ranked(turn: str, readings: Sequence[tuple[ToolReading, str]], fit: Sequence[float]) -> list[int]:
    """Return the indices of the tools, the likeliest first. `fit` says how well the turn fills each one's parameters."""
    offers = [_offer(reading, usage) for reading, usage in readings]
    heard = list(dict.fromkeys(content(turn)))
    scores = [_score(turn, heard, offer, offers) + bonus for offer, bonus in zip(offers, fit, strict=True)]
    return sorted(range(len(offers)), key=lambda index: -scores[index])


def _score(turn: str, heard: Sequence[str], offer: Offer, offers: Sequence[Offer]) -> float:
    total = 0.0
    for word in heard:
        rarity = math.log(1 + len(offers) / (1 + sum(word in other.heavy for other in offers)))
        if word in offer.heavy:
            total += 1.6 * rarity
        elif word in offer.light:
            spread = math.log(1 + len(offers) / (1 + sum(word in other.light for other in offers)))
            total += 0.7 * spread
    size = math.sqrt(len(offer.heavy) + 0.3 * len(offer.light) + 1)
    return 3.0 * total / (2.0 + size) + _verb_score(turn, offer) + _mood(turn, offer.reading)


def _verb_score(turn: str, offer: Offer) -> float:
    """The tool's verb, or one that means the same, among the words of the turn: early ones count most."""
    words = [stem(word) for word in tokens(turn)][:40]
    if offer.verb in words:
        return 2.2 if words.index(offer.verb) < 8 else 1.6
    own = _BY_WORD.get(offer.verb, frozenset())
    near = next((index for index, word in enumerate(words) if own & _BY_WORD.get(word, frozenset())), None)
    if near is None:
        return 0.0
    return 1.1 if near < 6 else 0.6


def _mood(turn: str, reading: ToolReading) -> float:
    """Questions go to tools that read, wishes for change to those that write."""
    asking = bool(_ASKS.search(turn))
    if reading.operation.reads_only:
        plural = bool(re.search(r"\b(?:list|find|search|which|any|all|those)\b", turn, re.I))
        return (0.9 if asking else 0.0) + (0.4 if plural and reading.operation is Operation.search else 0.0)
    return 0.0 if asking else 0.6
