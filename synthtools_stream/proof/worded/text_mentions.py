"""A text as its mentions and its words: what it says of values that calls can hold, and the words around them.

A mention is a dictated text, an id, a date, a time of day, a number, or a code such as `A1`. What is a mention is no
word: `content_words` sees blanks there, so that a quoted "never mind" says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from synthtools_stream.proof.worded.word_stems import Word, content_words
from synthtools_stream.wording.clocks import parse_clock
from synthtools_stream.wording.dates import MONTHS
from synthtools_stream.wording.numbers import NUMBER_WORDS

__all__ = ["Mention", "Reading", "read_text"]

_QUOTED = re.compile(r"\"([^\"\n]+)\"|“([^”\n]+)”|«([^»\n]+)»|(?<!\w)['‘]([^'’\n]{2,}?)['’](?!\w)")
_NAMES = "|".join(name[:3] + rf"(?:{name[3:]}|t?\.?)" for name in MONTHS)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    (re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\d-])"), "ymd"),
    (re.compile(r"(?<![\w/])(\d{4})/(\d{2})/(\d{2})(?![\d/])"), "ymd"),
    (re.compile(rf"(?<![\w.]){_DAY}(?: of)? ({_NAMES})\b,?(?: (\d{{4}}))?(?!\w)", re.IGNORECASE), "dmy"),
    (re.compile(rf"\b({_NAMES})\b {_DAY}(?:,? (\d{{4}}))?(?!\w|[.,:]\d)", re.IGNORECASE), "mdy"),
)
_CLOCK = re.compile(
    r"(?<![\w:])\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?)?|(?<![\w:.])\d{1,2} ?[ap]\.?m\b\.?|\b(?:noon|midnight)\b",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])")
_DAY_ORDINAL = re.compile(r"(?<![\w.])\d{1,4}(?:st|nd|rd|th)\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:today|tomorrow|yesterday|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|"
    r"(?:next|this|last|every|each) (?:day|week|month|year|quarter))\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w.,/-])(?=[\w-]*[^\W\d_])(?=[\w-]*\d)[^\W\d_][\w]*(?:-\w+)*(?![\w-])")
_NUMBER = re.compile(
    r"(?<![\w.,:/-])-?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[\u00a0\u202f\u2009']\d{3})+|\d+)(?:\.\d+)?"
    r"(?!\d|[.,:/]\d)"
)
_WORDED = {word: number for number, word in enumerate(NUMBER_WORDS) if number > 1} | {
    word: number
    for number, word in zip(
        (*range(13, 20), *range(20, 100, 10), 12, 100),
        (
            *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
            *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "dozen", "hundred"),
        ),
        strict=True,
    )
}
_NUMBER_WORD = re.compile(
    rf"(?<![\w-])(?:{'|'.join(_WORDED)})(?![\w-])(?! (?:\w+ )?(?:things?|requests?|tasks?|jobs?|favou?rs?|steps?)\b)",
    re.IGNORECASE,
)
_MAX_NUMBER = 40
"""Characters of a number that is read, as in `wording/numbers`."""
_SPACES = re.compile(r"\s+")


class Mention(NamedTuple):
    """One value that a text says: what kind it is, the value in one form, and where it stands."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """A text, its mentions in order, and the same text with blanks for them."""

    text: str
    mentions: tuple[Mention, ...]
    rest: str

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words beside the mentions that carry meaning."""
        return tuple(content_words(self.rest))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of those words."""
        return frozenset(word.stem for word in self.words)

    def of(self, *kinds: str) -> list[Mention]:
        """Return the mentions of some kinds, in order."""
        return [mention for mention in self.mentions if mention.kind in kinds]


def read_text(text: str, dictated: Iterable[str] = (), ids: Iterable[str] = ()) -> Reading:
    """Read a text; `dictated` are texts said to the letter, with or without quotation marks, `ids` known ids."""
    return _read(text, tuple(sorted(dictated, key=len, reverse=True)), tuple(sorted(ids)))


@lru_cache(maxsize=1024)
def _read(text: str, dictated: tuple[str, ...], ids: tuple[str, ...]) -> Reading:
    found: list[Mention] = []
    rest = text
    for mentions in (
        _quoted(text),
        *(_spoken("text", value, text) for value in dictated),
        *(_spoken("id", value, text) for value in ids),
        _dates(text),
        _forms(_ID, "id", text),
        _clocks(text),
        _forms(_DAY_ORDINAL, "day", text),
        _forms(_RELATIVE, "day", text),
        _numbers(text),
        _forms(_CODE, "code", text),
        _number_words(text),
    ):
        for mention in mentions:
            if "\0" not in rest[mention.start : mention.end]:
                found.append(mention)
                rest = rest[: mention.start] + "\0" * (mention.end - mention.start) + rest[mention.end :]
    return Reading(text, tuple(sorted(found, key=lambda mention: mention.start)), rest.replace("\0", "\x1f"))


def _quoted(text: str) -> Iterator[Mention]:
    for match in _QUOTED.finditer(text):
        inner = next(part for part in match.groups() if part)
        yield Mention("text", plain_text(inner), match.start(), match.end())


def plain_text(text: str) -> str:
    """Return a text as it is compared: without case, punctuation at its end, and double spaces."""
    return _SPACES.sub(" ", text).strip().rstrip(".,;:!?").casefold()


def _spoken(kind: str, value: str, text: str) -> Iterator[Mention]:
    """Yield where a known value stands as words of their own."""
    low, wanted = text.casefold(), value.casefold()
    if len(low) != len(text) or not wanted:
        return
    start = low.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not (low[start - 1 : start].isalnum() or low[end : end + 1].isalnum()):
            yield Mention(kind, plain_text(value) if kind == "text" else value, start, end)
        start = low.find(wanted, end)


def _dates(text: str) -> Iterator[Mention]:
    for pattern, order in _DATES:
        for match in pattern.finditer(text):
            parts = dict(zip(order, match.groups(), strict=True))
            month = parts["m"] or ""
            number = (
                int(month) if month.isdecimal() else 1 + [name[:3].lower() for name in MONTHS].index(month[:3].lower())
            )
            yield Mention(
                "date", f"{parts['y'] or '-'}-{number:02d}-{int(parts['d'] or 0):02d}", match.start(), match.end()
            )


def _clocks(text: str) -> Iterator[Mention]:
    for match in _CLOCK.finditer(text):
        named = {"noon": "12:00", "midnight": "00:00"}.get(match[0].lower())
        clock = parse_clock(named or match[0])
        if clock is not None:
            yield Mention("time", clock.isoformat(), match.start(), match.end())


def _forms(pattern: re.Pattern[str], kind: str, text: str) -> Iterator[Mention]:
    for match in pattern.finditer(text):
        yield Mention(kind, match[0] if kind == "id" else match[0].casefold(), match.start(), match.end())


def _numbers(text: str) -> Iterator[Mention]:
    for match in _NUMBER.finditer(text):
        if len(match[0]) <= _MAX_NUMBER:
            yield Mention("number", _plain(Decimal(re.sub(r"[^\d.-]", "", match[0]))), match.start(), match.end())


def _number_words(text: str) -> Iterator[Mention]:
    for match in _NUMBER_WORD.finditer(text):
        yield Mention("number", str(_WORDED[match[0].lower()]), match.start(), match.end())


def _plain(number: Decimal) -> str:
    return str(number.quantize(Decimal(1))) if number == number.to_integral_value() else str(number.normalize())
