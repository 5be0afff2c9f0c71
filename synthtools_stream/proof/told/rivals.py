"""What stands in the place of a value beside it: a wrong value, an enumeration, an alternative.

Another value of the same kind is a rival when it stands under the value's own name, or beside it with nothing but small
words between. It is none when it is asked for, too; when the same thing has it at another time (`from planned to
active`); or when it has a noun of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from synthtools_stream.proof.told.asked_values import Asked, Knowledge, plain_words
from synthtools_stream.proof.told.denial import is_denied
from synthtools_stream.proof.told.mentions import Mention, is_number
from synthtools_stream.proof.told.slots import Message, is_small
from synthtools_stream.proof.told.units import unit_of
from synthtools_stream.proof.told.word_forms import label_pattern, value_pattern
from synthtools_stream.wording.dates import parse_date

__all__ = ["rival"]

_OR_AFTER = re.compile(r"[\s\"')]*(?:[a-z%€$£]+\s)?,?\s*(?:\bor\b(?! so\b)|/\s?\w|\|\s?\w)", re.IGNORECASE)
_OR_BEFORE = re.compile(r"(?:\bor\b|\beither\b|\w\s?/|\w\s?\|)\s*(?:the |a |maybe |perhaps )?[\"'(]*\Z", re.IGNORECASE)
_JOINED = frozenset(
    "or and but no not rather actually maybe perhaps plus then either possibly likely wait sorry correction alternative alternatively otherwise instead even"
    " to otherwise again yes well hmm".split()
)
_ASSERTS = re.compile(r"[:=]|\b(?:is|are|was|were|now)\b", re.IGNORECASE)
_IS = re.compile(r"(?:\b(?:is|was|are)|[:=])[\s\"'(]*\Z", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"([^\W\d_][^\n.;,:=]{0,40}?)\s*[:=]\s*[\"'(]*\Z")
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_SAID_OTHERWISE = re.compile(
    r"\s*(?:\([^)\n]*\)\s*)?(?::|=|\bis\b|\bwas\b|\bare\b)\s*(?:now |currently |actually )?[\"'(]*([^.;,:\n()]{1,60})", re.IGNORECASE
)
_PREDICATES = frozenset(
    "as below above shown listed unchanged now available set updated correct fine ok okay done given what that this the"
    " included provided not in on at of for a an its right here found still being also confirmed noted recorded known"
    " displayed reported missing ready complete completed already both one two three".split()
)
"""How a predicate begins that is no value: `the status is as follows`."""
_CLAUSE = re.compile(r"[.;\n!]+(?=\s|$)|\n")
_BARE = re.compile(
    r"[\s\-*•\"'(]*(?:(?:it|that|this|the answer|answer|the value|the result|and|so|no|or|also|well|wait)[,:]?\s+)*(?:(?:is|was)\s+|:\s*)?"
    r"(?P<said>[^\n]{1,60}?)[\s\"').,]*",
    re.IGNORECASE,
)
_POLITE = frozenset(
    "done all set ok okay thanks thank sure great hello hi dear regards best kind summary result results answer answers detail"
    " details note notes complete completed finished here there everything please let success successfully cheers bye you"
    " welcome certainly absolutely yes no good perfect of course happy glad enjoy confirmed overview report response final"
    " following task tasks request requests step steps actions action status update information info your the i we".split()
)


class _Other(NamedTuple):
    start: int
    end: int
    words: str


def rival(asked: Asked, asserted: Sequence[Mention], message: Message, known: Knowledge) -> str | None:
    """Return the words that stand in the place of a value that is asserted."""
    for one in asserted:
        if _OR_AFTER.match(message.text, one.end) or _OR_BEFORE.search(message.text[max(0, one.start - 24) : one.start]):
            return message.text[max(0, one.start - 16) : one.end + 16].strip()
    for other in _others(asked, message):
        if is_denied(message.unlabelled, other.start, other.end, known):
            continue
        label = message.label_of(other.start, other.end)
        mine = label is not None and label.key == asked.key
        if (label is not None and not mine) or not known.is_of(
            asked, message.thing_of(other.start, other.end, asked.noun, known.told_names)
        ):
            continue
        if label is not None and mine and other.words.lower() in known.wished and not _ASSERTS.search(message.text[label.end : other.start]):
            continue
        if mine or not _is_labelled(other, asked, message, known) and any(_side_by_side(one, other, asked, message, known) for one in asserted):
            return other.words
    if isinstance(asked.value, str) and parse_date(asked.value) is None:
        return _said_otherwise(asked, asserted, message, known)
    return None


def _others(asked: Asked, message: Message) -> Iterator[_Other]:
    """Yield the values of the same kind that are neither this one nor one it may stand beside."""
    value = asked.value
    if isinstance(value, str):
        moment = parse_date(value)
        if moment is not None:
            known = [moment, *(day for held in asked.history if isinstance(held, str) and (day := parse_date(held)))]
            for day in message.dates:
                if not any(day.may_be(one.date()) for one in (*known, *asked.peer_dates)):
                    yield _Other(day.start, day.end, message.text[day.start : day.end])
            return
        past = {plain_words(str(held)) for held in asked.history}
        spans = _spans(asked, message)
        for sibling in asked.siblings - past - asked.peers:
            if sibling in message.low or ("_" in sibling or "-" in sibling):
                for found in value_pattern(sibling, inflected=False).finditer(message.text):
                    if not any(one.start <= found.start() and found.end() <= one.end for one in spans):
                        yield _Other(found.start(), found.end(), found[0])
        return
    assert isinstance(value, int | float)
    past_numbers = [held for held in asked.history if isinstance(held, int | float) and not isinstance(held, bool)]
    for number in message.numbers:
        if not any(is_number(number, one, asked) for one in (value, *past_numbers, *asked.peer_numbers)):
            yield _Other(number.start, number.end, message.text[number.start : number.end])


def _spans(asked: Asked, message: Message) -> list[Mention]:
    """Return where any of the texts stand that are asked for: what is part of one is no value beside it."""
    texts = [str(asked.value), *asked.peers]
    return [Mention(*one.span()) for text in texts for one in value_pattern(text, inflected=False).finditer(message.text)]


def _side_by_side(one: Mention, other: _Other, asked: Asked, message: Message, known: Knowledge) -> bool:
    """Say whether two values stand in one place: nothing but small words, or the value's own name, lies between."""
    start, end = (one.end, other.start) if one.end <= other.start else (other.end, one.start)
    if not 0 <= end - start <= 80:
        return False
    gap = label_pattern(frozenset({asked.key})).sub(" ", message.text[start:end])
    own = frozenset(word for word in _WORD.findall(gap.lower()) if unit_of(word)) | known.unit_words(asked)
    if not is_small(gap, _JOINED | own):
        return False
    if re.search(r"\bor\b|/", gap):
        return True
    if re.search(r"\b(?:of|from|by|to|with|in|at|on|for)\b", gap) or "(" in gap:
        return False
    if isinstance(asked.value, str):
        named = len(gap) != end - start and other.end <= one.start  # its own name stands between: found: - Status: lost
        return not named or _IS.search(message.text[max(0, other.start - 8) : other.start]) is not None
    return not _has_noun(other, asked, message, known)


def _is_labelled(other: _Other, asked: Asked, message: Message, known: Knowledge) -> bool:
    """Say whether a value stands under a name that is not the asked value's: `Budget: 31`, `budget 31`."""
    before = message.text[max(0, other.start - 48) : other.start]
    named = _NAME_BEFORE.search(before)
    if named is not None and not is_small(named[1], _JOINED):
        return label_pattern(frozenset({asked.key})).search(named[1]) is None
    keys = [one for one in label_pattern(known.keys).finditer(before) if is_small(before[one.end() :])]
    return bool(keys) and label_pattern(frozenset({asked.key})).fullmatch(keys[-1][0]) is None


def _has_noun(other: _Other, asked: Asked, message: Message, known: Knowledge) -> bool:
    """Say whether a number counts something of its own: `3 changes`."""
    follows = re.match(r"[ -]?([^\W\d_]+)", message.text[other.end : other.end + 40])
    if follows is None:
        return False
    word = follows[1].lower()
    unit = unit_of(word)
    if unit is not None:
        return bool(asked.units) and unit not in asked.units
    return not is_small(word, _JOINED) and word not in known.unit_words(asked) and not label_pattern(
        frozenset({asked.key})
    ).match(message.text, other.end + 1)


def _said_otherwise(asked: Asked, asserted: Sequence[Mention], message: Message, known: Knowledge) -> str | None:
    """Return what a text's own name is said to be elsewhere, or what stands alone as it does."""
    for label in message.labels:
        if label.key != asked.key:
            continue
        said = _SAID_OTHERWISE.match(message.text, label.end)
        if said is None or not _is_another(said[1], asked, known) or _holds(said.start(1), said.end(1), asserted):
            continue
        if known.is_of(asked, message.thing_of(said.start(1), said.start(1), asked.noun, known.told_names)):
            if not is_denied(message.unlabelled, said.start(1), said.end(1), known):
                return said[1].strip()
    return _stands_alone(asserted, asked, message, known)


def _stands_alone(asserted: Sequence[Mention], asked: Asked, message: Message, known: Knowledge) -> str | None:
    clauses: list[tuple[int, int]] = []
    place = 0
    for mark in [*(found.start() for found in _CLAUSE.finditer(message.text)), len(message.text)]:
        if message.text[place:mark].strip(" .;!\n"):
            clauses.append((place, mark))
        place = mark
    bare = [_bare_words(message.text[start:end]) for start, end in clauses]
    for index, (start, end) in enumerate(clauses):
        mine = next((one for one in asserted if start <= one.start and one.end <= end), None)
        if mine is None or (bare[index] or "").lower() != message.low[mine.start : mine.end].strip("\"'() "):
            continue
        for near in (index - 1, index + 1):
            words = bare[near] if 0 <= near < len(bare) else None
            if words and len(words.split()) <= 5 and _is_another(words, asked, known) and not _is_polite(words):
                return words
    return None


def _bare_words(clause: str) -> str | None:
    found = _BARE.fullmatch(clause.strip(" .;!\n"))
    return found["said"].strip() if found else None


def _is_polite(words: str) -> bool:
    return words.endswith(":") or any(word in _POLITE for word in _WORD.findall(words.lower()))


def _is_another(words: str, asked: Asked, known: Knowledge) -> bool:
    """Say whether words are a value that neither the task nor the row has there."""
    low = _spaced(words.strip(" \"'").lower())
    first = next(iter(_WORD.findall(low)), "")
    if not re.search(r"[^\W\d_]", low) or first in _PREDICATES or is_small(low):
        return False
    if value_pattern(str(asked.value), inflected=True).search(words):
        return False
    past = {_spaced(str(held).lower()) for held in (*asked.history, *asked.peers) if held is not None}
    return not any(held and (held in low or low in held) for held in past) and not known.is_told(low)


def _spaced(words: str) -> str:
    return words.replace("_", " ").replace("-", " ")


def _holds(start: int, end: int, asserted: Sequence[Mention]) -> bool:
    return any(start <= one.start < end or one.start <= start < one.end for one in asserted)
