"""How often a text speaks of an attribute or a key of a response, and whether it asks for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.cues import cue_of, word_heads
from synthtools_stream.proof.worded.text_mentions import Reading
from synthtools_stream.proof.worded.word_stems import name_stems, stem

__all__ = ["KeyWords", "said_key"]

_QUESTIONS = (
    (
        "date datetime day when time at on until due deadline",
        r"\bwhen\b|\b(?:what|which) (?:day|date|time)\b|\bhow (?:soon|late)\b",
        "when what which how",
    ),
    ("name title label by person owner holder", r"\bwhom?\b|\b(?:is|are) \w+ called\b", "who whom is are"),
    (
        "count total number num size found matche match quantity",
        r"\bhow (?:many|much)\b|\bnumber of\b|\bin (?:all|total)\b",
        "how number in",
    ),
    (
        "price cost fee amount rate charge value budget fare premium sum rent",
        r"\bhow much\b|\bcosts?\b|\bcharg\w+\b|\bworth\b|\bowe[sd]?\b",
        "how cost charge worth owe owes owed",
    ),
    ("location place address site position venue", r"\bwhere\b", "where"),
    (
        "id identifier code reference ref number",
        r"\bids?\b|\bwhich\b|\bnumbers?\b|\breference\b",
        "id ids which number reference",
    ),
    ("duration hour minute day week month year age", r"\bhow (?:long|old|many|much)\b", "how"),
    ("weight mass", r"\bhow (?:heavy|much)\b|\bweigh\w*\b", "how weigh"),
    (
        "distance length height depth width area volume",
        r"\bhow (?:far|long|high|tall|deep|wide|big|large|much)\b",
        "how",
    ),
)
_CUES = [(words.split(), cue_of(pattern, cues)) for words, pattern, cues in _QUESTIONS]
_QUESTION_OF = {stem(word): [cue for others, cue in _CUES if word in others] for words, _ in _CUES for word in words}
_SMALL = frozenset(stem(word) for word in ("is", "has", "the", "of", "in", "per", "current", "currently", "at", "on"))
"""Words in keys that nobody needs to say."""
_WORD = re.compile(r"[^\W\d_]+")
_JOINING = cue_of(
    r"\b(?:to (?:finish|begin|start|end|conclude)|(?:at|in) the end|last of all|first of all|"
    r"to round \w+ off|so kind as)\b",
    "finish begin start end conclude last first round kind",
)
"""Words that join wishes, and name no attribute."""
_DIGIT = re.compile(r"\d")
_PAUSE = re.compile(r"[.,;:?!\n]|\band\b")
_REACH = 6
"""Words between an attribute's name and the value that it is to have: "the budget of that new tender to 300"."""
_VALUES = ("number", "date", "time", "text", "code")


@dataclass(frozen=True)
class KeyWords:
    """The words of one text, and what the steps that it speaks of give as values."""

    told: Conversation
    reading: Reading
    steps: Iterable[int] = field(default_factory=tuple[int, ...])

    def is_asked(self, key: str) -> bool:
        """Say whether the text asks for a key."""
        parts = _parts(key)
        said = {part for part in parts if not all(map(self._is_valued, self._said.places.get(part, ())))}
        if all(part in said or self._has_question(part) for part in parts):
            return True
        if parts[-1] == "id" and len(parts) > 1:
            return False  # the rest names the entity, which every text does
        return bool(said) and not any(said.issubset(_parts(name)) for name in self.told.names if name != key)

    def count(self, name: str, *, asked: bool = False) -> int:
        """Return how often a name is said with its words together; if `asked`, where no value follows."""
        parts = _parts(name)
        runs = self._runs(parts)
        if not runs:
            return 0
        longer = _longer(parts, self.told.nouns)
        within = [range(start, start + len(other)) for other in longer for start in self._runs(other)]
        return sum(
            not (asked and self._is_valued(place + len(parts) - 1))
            for place in runs
            if not any(place in others for others in within)
        )

    def _runs(self, parts: tuple[str, ...]) -> list[int]:
        """Return where stems stand one after the other, by number of word."""
        places = self._said.places.get(parts[0], ())
        return [place for place in places if self._said.stems[place : place + len(parts)] == parts]

    def _is_valued(self, place: int) -> bool:
        words = self._said.words
        start, end = words[place].span()
        if any(0 <= start - mention.end <= 1 for mention in self.reading.of("number")):
            return True  # "4 containers"
        pause = _PAUSE.search(self.reading.rest, end)
        behind = [
            word for word in words[place + 1 : place + 1 + _REACH] if pause is None or word.start() < pause.start()
        ]
        stop = min(behind[-1].end() + 2 if behind else end + 2, pause.start() if pause else len(self.reading.rest))
        if any(end <= mention.start <= stop for mention in self.reading.of(*_VALUES)):
            return True
        said = " ".join(word[0].casefold() for word in behind)
        return any(f" {value} " in f" {said} " for value in self._given)

    def _has_question(self, part: str) -> bool:
        return any(
            cue.may_be_in(self.reading.heads) and cue.pattern.search(self.reading.rest)
            for cue in _QUESTION_OF.get(part, ())
        )

    @cached_property
    def _said(self) -> _Said:
        return _said(self.reading.rest)

    @cached_property
    def _given(self) -> frozenset[str]:
        """The texts that the steps' calls give as values: `confirmed`, `on duty`."""
        values = (leaf.value for index in self.steps for leaf in self.told.steps[index].arguments)
        texts = (
            _WORD.findall(value.replace("_", " ").casefold())
            for value in values
            if isinstance(value, str) and not _DIGIT.search(value)
        )
        return frozenset(" ".join(words) for words in texts if words)


class _Said(NamedTuple):
    """All words of a text but those that join wishes, their stems, and where each stem stands, by number of word."""

    words: tuple[re.Match[str], ...]
    stems: tuple[str, ...]
    places: Mapping[str, Sequence[int]]


@lru_cache(maxsize=64)
def _said(text: str) -> _Said:
    plain = (
        _JOINING.pattern.sub(lambda found: " " * len(found[0]), text) if _JOINING.may_be_in(word_heads(text)) else text
    )
    words = tuple(_WORD.finditer(plain))
    stems = tuple([stem(word[0]) for word in words])
    places = defaultdict[str, list[int]](list)
    for place, one in enumerate(stems):
        places[one].append(place)
    return _Said(words, stems, places)


def said_key(key: str) -> str:
    """Return a key as people say it."""
    return key.replace("_", " ")


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    stems = name_stems(name)
    return tuple(part for part in stems if part not in _SMALL) or stems or (name,)


@lru_cache(maxsize=1024)
def _longer(parts: tuple[str, ...], names: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """Return the words of those names that have more than these words."""
    return tuple(other for other in map(_parts, names) if len(other) > len(parts) and set(other) > set(parts))
