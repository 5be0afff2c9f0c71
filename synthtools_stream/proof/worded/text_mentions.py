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
from itertools import chain
from typing import NamedTuple

from synthtools_stream.proof.worded.cues import cue_of, word_heads
from synthtools_stream.proof.worded.word_stems import Word, content_words
from synthtools_stream.wording.clocks import parse_clock
from synthtools_stream.wording.dates import MONTHS
from synthtools_stream.wording.numbers import NUMBER_WORDS

__all__ = ["Mention", "Reading", "read_text"]

_QUOTED = re.compile(r"\"([^\"\n]+)\"|“([^”\n]+)”|«([^»\n]+)»|(?<!\w)['‘]([^'’\n]{2,}?)['’](?!\w)")
_NAMES = "|".join(name[:3] + rf"(?:{name[3:]}|t?\.?)" for name in MONTHS)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DIGITAL_DATES = (
    ("-", re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")),
    ("/", re.compile(r"(?<![\w/])(\d{4})/(\d{2})/(\d{2})(?![\d/])")),
)
_WORDED_DATES = (
    (re.compile(rf"(?<![\w.]){_DAY}(?: of)? ({_NAMES})\b,?(?: (\d{{4}}))?(?!\w)", re.IGNORECASE), "dmy"),
    (re.compile(rf"\b({_NAMES})\b {_DAY}(?:,? (\d{{4}}))?(?!\w|[.,:]\d)", re.IGNORECASE), "mdy"),
)
_MONTHS = [name[:3].lower() for name in MONTHS]
_MONTH_HEADS = frozenset(_MONTHS)
_CLOCK = re.compile(
    r"(?<![\w:])\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?)?|(?<![\w:.])\d{1,2} ?[ap]\.?m\b\.?|\b(?:noon|midnight)\b",
    re.IGNORECASE,
)
_CLOCK_HEADS = word_heads("noon midnight am pm m") | {f"{hour}{half}" for hour in range(100) for half in ("am", "pm")}
"""How a word begins of a time of day without a colon; `m` is that of `a.m`."""
_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])")
_DAY_ORDINAL = re.compile(r"\d(?<![\w.]\d)\d{0,3}(?:st|nd|rd|th)\b", re.IGNORECASE)
_RELATIVE = cue_of(
    r"\b(?:today|tomorrow|yesterday|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|"
    r"(?:next|this|last|every|each) (?:day|week|month|year|quarter))\b",
    "today tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday sunday next this last every each",
)
_CODE = re.compile(r"(?<![\w.,/-])(?=[^\W\d_][\w-]*\d)\w+(?:-\w+)*(?![\w-])")
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
_NUMBER_WORD = cue_of(
    rf"(?<![\w-])(?:{'|'.join(_WORDED)})(?![\w-])(?! (?:\w+ )?(?:things?|requests?|tasks?|jobs?|favou?rs?|steps?)\b)",
    " ".join(_WORDED),
)
_TELLING_HEADS = _CLOCK_HEADS | _RELATIVE.heads | _NUMBER_WORD.heads
_SIGNS = re.compile("[\"“«'‘:]")
"""Signs of which a text without digits has some that says a value, but in words."""
_DIGIT = re.compile(r"\d")
_NO_DIGIT = re.compile(r"[^\d.-]")
_MAX_NUMBER = 40
"""Characters of a number that is read, as in `wording/numbers`."""
_TAKEN = "\0"
"""Stands, while a text is read, where a mention was found."""
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
        return frozenset([word.stem for word in self.words])

    @cached_property
    def heads(self) -> frozenset[str]:
        """How the words beside the mentions begin, all of them, for a look before a pattern."""
        return word_heads(self.rest)

    def of(self, *kinds: str) -> list[Mention]:
        """Return the mentions of some kinds, in order."""
        return [mention for mention in self.mentions if mention.kind in kinds] if self.mentions else []


def read_text(text: str, dictated: Iterable[str] = (), ids: Iterable[str] = ()) -> Reading:
    """Read a text; `dictated` are texts said to the letter, with or without quotation marks, `ids` known ids."""
    known = tuple(sorted(dictated, key=len, reverse=True)) if dictated else ()
    return _read(text, known, tuple(sorted(ids)) if ids else ())


@lru_cache(maxsize=1024)
def _read(text: str, dictated: tuple[str, ...], ids: tuple[str, ...]) -> Reading:
    found: list[Mention] = []
    rest = text
    low = text.casefold() if dictated or ids else ""
    quoted, written = _written(text)
    for mention in chain(
        quoted,
        *(_spoken("text", value, text, low) for value in dictated),
        *(_spoken("id", value, text, low) for value in ids),
        written,
    ):
        start, end = mention.start, mention.end
        if _TAKEN not in rest[start:end]:
            found.append(mention)
            rest = f"{rest[:start]}{_TAKEN * (end - start)}{rest[end:]}"
    return Reading(text, tuple(sorted(found, key=lambda mention: mention.start)), rest.replace(_TAKEN, "\x1f"))


@lru_cache(maxsize=256)
def _written(text: str) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
    """Return what is quoted, and all other mentions that show by their form; they may overlap, and the first count."""
    heads = word_heads(text)
    with_digits = _DIGIT.search(text) is not None
    if not with_digits and heads.isdisjoint(_TELLING_HEADS) and _SIGNS.search(text) is None:
        return (), ()
    relative = _forms(_RELATIVE.pattern, "day", text) if _RELATIVE.may_be_in(heads) else ()
    forms = chain(
        _dates(text, heads) if with_digits else (),
        _forms(_ID, "id", text) if with_digits and "-" in text else (),
        _clocks(text, heads),
        _forms(_DAY_ORDINAL, "day", text) if with_digits else (),
        relative,
        _numbers(text) if with_digits else (),
        _forms(_CODE, "code", text) if with_digits else (),
        _number_words(text) if _NUMBER_WORD.may_be_in(heads) else (),
    )
    return tuple(_quoted(text)), tuple(forms)


def _quoted(text: str) -> Iterator[Mention]:
    for match in _QUOTED.finditer(text):
        inner = next(part for part in match.groups() if part)
        yield Mention("text", plain_text(inner), match.start(), match.end())


def plain_text(text: str) -> str:
    """Return a text as it is compared: without case, punctuation at its end, and double spaces."""
    return _SPACES.sub(" ", text).strip().rstrip(".,;:!?").casefold()


def _spoken(kind: str, value: str, text: str, low: str) -> Iterator[Mention]:
    """Yield where a known value stands as words of their own; `low` is the text without case."""
    wanted = value.casefold()
    if len(low) != len(text) or not wanted:
        return
    start = low.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not (low[start - 1 : start].isalnum() or low[end : end + 1].isalnum()):
            yield Mention(kind, plain_text(value) if kind == "text" else value, start, end)
        start = low.find(wanted, end)


def _dates(text: str, heads: frozenset[str]) -> Iterator[Mention]:
    for sign, pattern in _DIGITAL_DATES:
        if sign in text:
            for match in pattern.finditer(text):
                yield _date(match, match[1], int(match[2]), match[3])
    if _MONTH_HEADS.isdisjoint([head[:3] for head in heads]):
        return
    for pattern, order in _WORDED_DATES:
        for match in pattern.finditer(text):
            parts = dict(zip(order, match.groups(), strict=True))
            yield _date(match, parts["y"], _MONTHS.index((parts["m"] or "")[:3].lower()) + 1, parts["d"])


def _date(match: re.Match[str], year: str | None, month: int, day: str | None) -> Mention:
    return Mention("date", f"{year or '-'}-{month:02d}-{int(day or 0):02d}", match.start(), match.end())


def _clocks(text: str, heads: frozenset[str]) -> Iterator[Mention]:
    if ":" not in text and _CLOCK_HEADS.isdisjoint(heads) and text.isascii():  # else digits may be of other scripts
        return
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
            yield Mention("number", _plain(match[0]), match.start(), match.end())


def _number_words(text: str) -> Iterator[Mention]:
    for match in _NUMBER_WORD.pattern.finditer(text):
        yield Mention("number", str(_WORDED[match[0].lower()]), match.start(), match.end())


@lru_cache(maxsize=1024)
def _plain(written: str) -> str:
    """Return a number in one form, without marks between its thousands."""
    number = Decimal(_NO_DIGIT.sub("", written))
    return str(number.quantize(Decimal(1))) if number == number.to_integral_value() else str(number.normalize())
