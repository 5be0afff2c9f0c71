"""Which name and which thing a value of a message belongs to: the nearest, if nothing but small words stands between.

A value is bound to the name of an attribute (`capacity left: 31`, `31 delay minutes`) and to an entity (`the capacity
left of Castor is 31`) only across a gap of small words: what stands farther off says nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from synthtools_stream.proof.told.common_words import is_small
from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.message_text import plain
from synthtools_stream.proof.told.told_dates import ToldDate, told_dates
from synthtools_stream.proof.told.told_numbers import ToldNumber, told_numbers
from synthtools_stream.proof.told.word_forms import label_pattern, value_pattern

__all__ = ["Label", "Message"]

_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_NEW_SENTENCE = re.compile(r"[.!?;]\s|\n")
_ANAPHOR = re.compile(r"[\s\-*•]*(?:its|it|it's|whose|this|that|their|the same)\b", re.IGNORECASE)
_OF_PHRASE = re.compile(
    r"\s*\(?(?:of|for|on|in|at|from)\b[^.;\n]{0,90}?(?:\b(?:is|are|was|were|as|to|stands at|reads)\b|[:=)])",
    re.IGNORECASE,
)
_LINKED_BACK = re.compile(
    r"\s*[(\-]?\s*(?:(?:is|was|are|as|for)\b)?\s*(?:(?:the|its|their|a|an|in|of)\b)?\s*\Z", re.IGNORECASE
)
_GROUPED = re.compile(r"\s*(?:,|&|\band\b|\bthe\b|\bits\b|\s)+\s*\Z", re.IGNORECASE)
_LABEL_ENDS = re.compile(r"\s*(?:\([^)\n]*\)\s*)?(?::|=|\bis\b|\bare\b|\bwas\b)", re.IGNORECASE)
_POSSESSED = re.compile(
    r"(?:[ -][^\W\d_]+\b|%)?\s*(?:\(?(?:for|of|at|on)\b|\(|:(?!\s*\n))\s*(?:the\b)?\s*(?:\w+\s)?\s*\Z", re.IGNORECASE
)
_COPULA_BACK = re.compile(r"\s*(?:is|was)\s*(?:the\b)?\s*\Z", re.IGNORECASE)
_REFERS = re.compile(r"\b(?:of|for|in|at)\s+(?:the\s+(?:\w+\s+)?)?[\"']?\Z", re.IGNORECASE)
_OWNS = re.compile(r"[\"']?(?:'s\b|\s+has\b|\s*:)", re.IGNORECASE)
_FAR = 160
"""Characters within which a value's name or thing is looked for: a sentence's length."""


class Named(NamedTuple):
    """Where an entity is named, by id or name, in plain small letters."""

    start: int
    end: int
    words: str


class Label(NamedTuple):
    """Where the name of an attribute stands."""

    start: int
    end: int
    key: str


class Message:
    """A plain message and all that is found in it, each kind of thing when it is first needed."""

    def __init__(self, text: str, known: Knowledge) -> None:
        """Read `text`, which is plain, with what the row holds."""
        self.text, self.low, self._known = text, text.lower(), known

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The names of attributes, as they stand, those inside of names of things left out."""
        names = sorted(self._known.label_keys, key=lambda key: (-len(key), key))
        found = label_pattern(self._known.label_keys).finditer(self.text)
        labels = (Label(one.start(), one.end(), names[(one.lastindex or 1) - 1]) for one in found)
        return tuple(one for one in labels if not any(name.start <= one.start < name.end for name in self.named))

    @cached_property
    def unlabelled(self) -> str:
        """The text with blanks for the names of attributes: what is denied `of its status` is denied all the same."""
        parts, place = list[str](), 0
        for label in self.labels:
            parts += [self.text[place : label.start], " " * (label.end - label.start)]
            place = label.end
        return "".join([*parts, self.text[place:]])

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """The entities that are named, longest names first taken, in the order in which they stand."""
        taken: list[Named] = []
        for name in sorted((name for name in self._known.names if name in self.low), key=_longest):
            for start in _whole(self.low, name):
                if not any(one.start < start + len(name) and start < one.end for one in taken):
                    taken.append(Named(start, start + len(name), name))
        for prefix in self._known.prefixes:
            for start in _starts(self.low, prefix):
                end = start + len(prefix)
                while end < len(self.low) and (self.low[end].isalnum() or self.low[end] in "-_"):
                    end += 1
                digit = self.low[start + len(prefix) : end]
                if digit.isdigit() and not any(one.start <= start < one.end for one in taken):
                    taken.append(Named(start, end, self.low[start:end]))
        return tuple(sorted(taken))

    @cached_property
    def dates(self) -> tuple[ToldDate, ...]:
        """The dates."""
        return tuple(one for one in told_dates(self.text) if not self._within_name(one.start))

    @cached_property
    def numbers(self) -> tuple[ToldNumber, ...]:
        """The numbers, those inside of dates, clocks and names left out."""
        found = [one for one in told_numbers(self.text) if not self._within_name(one.start)]
        if not found:
            return ()
        taken = [(day.start, day.end) for day in self.dates]
        for text in self._known.numbered_texts:
            if all(word in self.low for word in text.lower().split()):
                taken += [one.span() for one in value_pattern(plain(text), inflected=False).finditer(self.text)]
        return tuple(one for one in found if not any(start <= one.start < end for start, end in taken))

    def _within_name(self, place: int) -> bool:
        return any(one.start <= place < one.end and one.end - one.start > 1 for one in self.named)

    def label_of(self, start: int, end: int, spoken: Sequence[Label] = ()) -> Label | None:
        """Return the name to which the value at a place is bound; `spoken` are the places of all values told."""
        before = [one for one in self.labels if one.end <= start and start - one.end <= _FAR]
        before = [one for one in before if not any(self._is_of_value(one, said) for said in spoken)]
        for label in reversed(before[-5:]):
            gap = self.text[label.end : start]
            group = self._group(label)
            if len(group) > 1:
                between = sorted({(one.start, one.end) for one in spoken if label.end <= one.start < start})
                for left, right in between:
                    gap = gap.replace(self.text[left:right], " ")
                if len(between) < len(group) and self._joins(gap):
                    return group[len(between)]
            elif self._joins(gap) and not any(label.end <= one.start < start for one in self.numbers):
                return label
        after = next((one for one in self.labels if one.start >= end), None)
        gap = self.text[end : after.start] if after is not None else ""
        if after is None or "\n" in gap or not _LINKED_BACK.match(gap):
            return None
        return after if "is" in gap or not _LABEL_ENDS.match(self.text, after.end) else None

    def _is_of_value(self, label: Label, said: Label) -> bool:
        """Say whether a name goes with the value before it: `in the sketched stage`."""
        return said.key == label.key and self.text[said.end : label.start] == " "

    def _group(self, label: Label) -> list[Label]:
        """Return the names that are listed up to this one: `its phase and title`."""
        group = [label]
        for other in reversed([one for one in self.labels if one.end <= label.start]):
            gap = self.text[other.end : group[0].start]
            if not _GROUPED.fullmatch(gap) or not re.search(r"and|&|,", gap) or other.key == label.key:
                break
            group.insert(0, other)
        return group

    def _joins(self, gap: str) -> bool:
        """Say whether a name is said of what follows a gap."""
        if "\n" in gap and gap.split("\n", 1)[0].strip(" :-="):
            return False
        if _NEW_SENTENCE.search(gap.replace("\n", " ")):
            return False
        if is_small(gap):
            return not re.search(r",|\band\b", gap, re.IGNORECASE) or bool(re.search(r"[:=]|\bis\b", gap))
        phrase = _OF_PHRASE.match(gap)
        if phrase is None:
            return False
        rest = gap[phrase.end() :]
        return is_small(rest) and not re.search(r",|\band\b", rest, re.IGNORECASE)

    def thing_of(self, start: int, end: int, noun: str, skipped: frozenset[str]) -> tuple[str, ...]:
        """Return the entity of which the value at a place is said, by all the names side by side that it has there.

        `skipped` are names that are values themselves; `noun` is what the value's own thing is called.
        """
        named = [one for one in self.named if one.words not in skipped or self._is_referred_to(one)]
        after = next((one for one in named if one.start >= end), None)
        if after is not None and self._follows(end, after):
            return self._beside(after, named)
        before = next((one for one in reversed(named) if one.end <= start and start - one.end <= _FAR), None)
        if before is None:
            return ()
        gap = self._without_labels(before.end, start)
        broken = _NEW_SENTENCE.search(gap)
        if broken is not None:
            heads = ":" in gap[: broken.start() + 1] or self._heads(before)
            if not heads and not _ANAPHOR.match(gap, broken.end()):
                return ()
        elif re.search(r"\b(?:and|there|i)\b", gap, re.IGNORECASE):
            return ()
        return self._beside(before, named) if is_small(gap, frozenset({noun, f"{noun}s"})) else ()

    def _follows(self, end: int, one: Named) -> bool:
        """Say whether an entity is named after a value, on its line, as that of which it is said: `31 for Castor`."""
        gap = self._without_labels(end, one.start)
        if "\n" in gap:
            return False
        owns = self.text[one.end : one.end + 2] == "'s"
        return _POSSESSED.fullmatch(gap) is not None or (owns and _COPULA_BACK.fullmatch(gap) is not None)

    def _is_referred_to(self, one: Named) -> bool:
        """Say whether a name that is also a value told stands for its thing: `of Site layout`, `Site layout has`."""
        before = self.text[max(0, one.start - 24) : one.start]
        return bool(_REFERS.search(before)) or bool(_OWNS.match(self.text, one.end))

    def _heads(self, named: Named) -> bool:
        """Say whether an entity stands alone on its line, as a heading does."""
        opening = self.text.rfind("\n", 0, named.start) + 1
        closing = self.text.find("\n", named.end)
        return closing > 0 and not _TOKEN.search(self.text[opening : named.start] + self.text[named.end : closing])

    def _beside(self, one: Named, named: Sequence[Named]) -> tuple[str, ...]:
        """Return an entity's names side by side: Castor (VS-81)."""
        place = named.index(one)
        found = [one.words]
        if place and self.text[named[place - 1].end : one.start].strip() in ("(", "(id", "-", "/"):
            found.append(named[place - 1].words)
        if place + 1 < len(named) and self.text[one.end : named[place + 1].start].strip() in ("(", "-", "/"):
            found.append(named[place + 1].words)
        return tuple(found)

    def _without_labels(self, start: int, end: int) -> str:
        gap = self.text[start:end]
        for label in self.labels:
            if start <= label.start and label.end <= end:
                gap = gap[: label.start - start] + " " * (label.end - label.start) + gap[label.end - start :]
        return gap


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name


def _whole(text: str, word: str) -> Iterator[int]:
    """Yield where a word or words stand in a text with no letter, digit or hyphenated word beside them."""
    for start in _starts(text, word):
        end = start + len(word)
        left, right = text[start - 1 : start], text[end : end + 1]
        if (left.isalnum() or left == "_") and word[0].isalnum():
            continue
        if left == "-" and text[start - 2 : start - 1].isalnum():
            continue
        if right.isalnum() or right == "_" or (right == "-" and text[end + 1 : end + 2].isalnum()):
            continue
        yield start


def _starts(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)
