"""What a text is said to be elsewhere in a message, in words that the row does not hold.

Another value that the row knows is found wherever it stands (`rivals`). One that it does not know is only heard where
it must be a value: after the text's own name, or alone as the text itself stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from synthtools_stream.proof.told.common_words import POLITE, PREDICATES, is_small
from synthtools_stream.proof.told.denial import is_denied
from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.mentions import Mention
from synthtools_stream.proof.told.slots import Message
from synthtools_stream.proof.told.wanted_values import Asked
from synthtools_stream.proof.told.word_forms import value_pattern

__all__ = ["said_otherwise"]

_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_SAID = re.compile(
    r"\s*(?:\([^)\n]*\)\s*)?(?::|=|\bis\b|\bwas\b|\bare\b)\s*(?:now |currently |actually )?[\"'(]*([^.;,:\n()]{1,60})",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;\n!]+(?=\s|$)|\n")
_BARE = re.compile(
    r"[\s\-*•\"'(]*(?P<opening>"
    r"(?:(?:it|that|this|the answer|answer|the value|the result|and|so|no|or|also|well|wait)[,:]?\s+)*"
    r"(?:(?:is|was)\s+|:\s*)?)"
    r"(?P<said>[^\n]{1,60}?)[\s\"').,]*",
    re.IGNORECASE,
)
_MOST_WORDS = 5
"""Words of what may stand for a text alone: more are a sentence."""


def said_otherwise(asked: Asked, asserted: Sequence[Mention], message: Message, known: Knowledge) -> str | None:
    """Return what a text's own name is said to be elsewhere, or what stands alone as it does."""
    for label in message.labels:
        if label.key != asked.key:
            continue
        said = _SAID.match(message.text, label.end)
        if said is None or not _is_another(said[1], asked, known) or _holds(said.start(1), said.end(1), asserted):
            continue
        thing = message.thing_of(said.start(1), said.start(1), asked.noun, known.told_names)
        if known.is_of(asked, thing) and not is_denied(message.unlabelled, said.start(1), said.end(1), known):
            return said[1].strip()
    return _stands_alone(asserted, asked, message, known)


def _stands_alone(asserted: Sequence[Mention], asked: Asked, message: Message, known: Knowledge) -> str | None:
    """Return what stands beside a text, in a sentence or line of its own, as that does: `It is Alba. It is Nord.`"""
    clauses = _clauses(message.text)
    for index, mine in enumerate(clauses):
        told = next((one for one in asserted if mine.start <= one.start and one.end <= mine.end), None)
        if told is None or mine.said.lower() != message.low[told.start : told.end].strip("\"'() "):
            continue
        for other in (*clauses[max(0, index - 1) : index], *clauses[index + 1 : index + 2]):
            if other.opened == mine.opened and _may_be_text(other.said) and _is_another(other.said, asked, known):
                return other.said
    return None


class _Clause(NamedTuple):
    start: int
    end: int
    said: str
    """What it says, without `it is` and the like; empty where it is a longer sentence."""
    opened: bool
    """Whether it begins with such words."""


def _clauses(text: str) -> list[_Clause]:
    ends = [*(found.start() for found in _CLAUSE.finditer(text)), len(text)]
    found: list[_Clause] = []
    for start, end in zip([0, *ends], ends, strict=False):
        bare = _BARE.fullmatch(text[start:end].strip(" .;!\n"))
        if bare is not None and bare["said"].strip():
            found.append(_Clause(start, end, bare["said"].strip(), bool(bare["opening"])))
        elif text[start:end].strip(" .;!\n"):
            found.append(_Clause(start, end, "", opened=False))
    return found


def _may_be_text(words: str) -> bool:
    """Say whether words are few, and neither polite nor the report of a deed: `Moved.`"""
    count = len(words.split())
    return 0 < count <= _MOST_WORDS and not _is_polite(words) and not (count == 1 and words.endswith("ed"))


def _is_polite(words: str) -> bool:
    return words.endswith(":") or any(word in POLITE for word in _WORD.findall(words.lower()))


def _is_another(words: str, asked: Asked, known: Knowledge) -> bool:
    """Say whether words are a value that neither the task nor the row has there."""
    low = _spaced(words.strip(" \"'").lower())
    first = next(iter(_WORD.findall(low)), "")
    if not re.search(r"[^\W\d_]", low) or first in PREDICATES or is_small(low):
        return False
    if value_pattern(str(asked.value), inflected=True).search(words):
        return False
    past = {_spaced(str(held).lower()) for held in (*asked.history, *asked.peers) if held is not None}
    return not any(held and (held in low or low in held) for held in past) and not known.is_told(low)


def _spaced(words: str) -> str:
    return words.replace("_", " ").replace("-", " ")


def _holds(start: int, end: int, asserted: Sequence[Mention]) -> bool:
    return any(start <= one.start < end or one.start <= start < one.end for one in asserted)
