"""What stands in the place of a value beside it: a wrong value, an enumeration, an alternative.

Another value of the same kind is a rival when it stands under the value's own name, or beside it with nothing but small
words between. It is none when it is asked for, too; when the same thing has it at another time (`from planned to
active`); or when it has a noun of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from synthtools_stream.proof.told.common_words import JOINTS, is_small
from synthtools_stream.proof.told.denial import is_denied
from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.mentions import Mention, is_number
from synthtools_stream.proof.told.row_facts import plain_words
from synthtools_stream.proof.told.said_otherwise import said_otherwise
from synthtools_stream.proof.told.slots import Message
from synthtools_stream.proof.told.value_units import unit_of
from synthtools_stream.proof.told.wanted_values import Asked
from synthtools_stream.proof.told.word_forms import label_pattern, value_pattern
from synthtools_stream.wording.dates import parse_date

__all__ = ["rival"]

_OR_AFTER = re.compile(r"[\s\"')]*(?:[a-z%€$£]+\s)?,?\s*(?:\bor\b(?! so\b)|/\s?\w|\|\s?\w)", re.IGNORECASE)
_OR_BEFORE = re.compile(r"(?:\bor\b|\beither\b|\w\s?/|\w\s?\|)\s*(?:the |a |maybe |perhaps )?[\"'(]*\Z", re.IGNORECASE)
_ASSERTS = re.compile(r"[:=]|\b(?:is|are|was|were|now)\b", re.IGNORECASE)
_IS = re.compile(r"(?:\b(?:is|was|are)|[:=])[\s\"'(]*\Z", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"([^\W\d_][^\n.;,:=]{0,40}?)\s*[:=]\s*[\"'(]*\Z")


class _Other(NamedTuple):
    start: int
    end: int
    words: str


def rival(asked: Asked, asserted: Sequence[Mention], message: Message, known: Knowledge) -> str | None:
    """Return the words that stand in the place of a value that is asserted."""
    for one in asserted:
        if _OR_AFTER.match(message.text, one.end) or _OR_BEFORE.search(
            message.text[max(0, one.start - 24) : one.start]
        ):
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
        if (
            label is not None
            and mine
            and other.words.lower() in known.wished
            and not _ASSERTS.search(message.text[label.end : other.start])
        ):
            continue
        if mine or (
            not _is_labelled(other, asked, message, known)
            and any(_side_by_side(one, other, asked, message, known) for one in asserted)
        ):
            return other.words
    if isinstance(asked.value, str) and parse_date(asked.value) is None:
        return said_otherwise(asked, asserted, message, known)
    return None


def _others(asked: Asked, message: Message) -> Iterator[_Other]:
    """Yield the values of the same kind that are neither this one nor one that it may stand beside."""
    value = asked.value
    if not isinstance(value, str):
        yield from _other_numbers(asked, message)
    elif (moment := parse_date(value)) is not None:
        yield from _other_dates(moment, asked, message)
    else:
        yield from _other_texts(asked, message)


def _other_numbers(asked: Asked, message: Message) -> Iterator[_Other]:
    allowed = [
        one for one in (asked.value, *asked.history) if isinstance(one, int | float) and not isinstance(one, bool)
    ]
    for number in message.numbers:
        if not any(is_number(number, one, asked) for one in (*allowed, *asked.peer_numbers)):
            yield _Other(number.start, number.end, message.text[number.start : number.end])


def _other_dates(moment: datetime, asked: Asked, message: Message) -> Iterator[_Other]:
    held = [day for one in asked.history if isinstance(one, str) and (day := parse_date(one))]
    for told in message.dates:
        if not any(told.may_be(day.date()) for day in (moment, *held, *asked.peer_dates)):
            yield _Other(told.start, told.end, message.text[told.start : told.end])


def _other_texts(asked: Asked, message: Message) -> Iterator[_Other]:
    past = {plain_words(str(held)) for held in asked.history}
    spans = _spans(asked, message)
    for sibling in sorted(asked.siblings - past - asked.peers):
        if sibling in message.low or "_" in sibling or "-" in sibling:
            for found in value_pattern(sibling, inflected=False).finditer(message.text):
                if not any(one.start <= found.start() and found.end() <= one.end for one in spans):
                    yield _Other(found.start(), found.end(), found[0])


def _spans(asked: Asked, message: Message) -> list[Mention]:
    """Return where any of the texts stand that are asked for: what is part of one is no value beside it."""
    texts = [str(asked.value), *asked.peers]
    return [
        Mention(*one.span()) for text in texts for one in value_pattern(text, inflected=False).finditer(message.text)
    ]


def _side_by_side(one: Mention, other: _Other, asked: Asked, message: Message, known: Knowledge) -> bool:
    """Say whether two values stand in one place: nothing but small words, or the value's own name, lies between."""
    start, end = (one.end, other.start) if one.end <= other.start else (other.end, one.start)
    if not 0 <= end - start <= 80:
        return False
    gap = label_pattern(frozenset({asked.key})).sub(" ", message.text[start:end])
    named = len(gap) != end - start
    for sibling in asked.siblings:  # of an enumeration, what stands between is no word of its own
        if sibling in gap.lower():
            gap = value_pattern(sibling, inflected=False).sub(" ", gap)
    own = frozenset(word for word in re.findall(r"[^\W\d_]+", gap.lower()) if unit_of(word)) | known.unit_words(asked)
    if not is_small(gap, JOINTS | own):
        return False
    if re.search(r"\bor\b|/", gap):
        return True
    if re.search(r"\b(?:of|from|by|to|with|in|at|on|for)\b", gap) or "(" in gap:
        return False
    if isinstance(asked.value, str):
        own_name = named and other.end <= one.start  # found: - Status: lost
        return not own_name or _IS.search(message.text[max(0, other.start - 8) : other.start]) is not None
    return not _has_noun(other, asked, message, known)


def _is_labelled(other: _Other, asked: Asked, message: Message, known: Knowledge) -> bool:
    """Say whether a value stands under a name that is not the asked value's: `Budget: 31`, `budget 31`."""
    before = message.text[max(0, other.start - 48) : other.start]
    named = _NAME_BEFORE.search(before)
    if named is not None and not is_small(named[1], JOINTS):
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
    return (
        not is_small(word, JOINTS)
        and word not in known.unit_words(asked)
        and not label_pattern(frozenset({asked.key})).match(message.text, other.end + 1)
    )
