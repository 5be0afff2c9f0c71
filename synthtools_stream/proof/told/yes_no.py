"""Whether a message says that something is so, is not so, or is not there at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.proof.told.slots import Message
from synthtools_stream.proof.told.wanted_values import Asked

__all__ = ["tells_absence", "tells_truth"]

_CLAUSES = re.compile(r"[.;!\n]+(?:\s|$)|\n|, | - | but | while | whereas | although ")
_YES = re.compile(r"\b(?:yes|true|yep|yeah|affirmative|indeed|correct)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|not|false|never|none|cannot|without|nope|isn't|non|nor|neither)\b|n't\b", re.IGNORECASE)
_ABSENT = re.compile(
    r"\b(?:no(?! (?:problem|longer|further|more|other))|not|none|null|nothing(?! else)|nobody|never|empty|unset"
    r"|unassigned"
    r"|missing|n/a|zero|0|un\w+ed)\b|n't\b|: -",
    re.IGNORECASE,
)
_HELPERS = frozenset({"is", "has", "can", "needs", "was", "are", "have", "with", "the", "of", "requires", "flag"})


def tells_truth(message: Message, asked: Asked) -> bool:
    """Say whether a message says of what is asked that it is so (`asked.value`) or not, and never the opposite."""
    heard = [_polarity(clause, asked.key) for clause in _about(message, asked)]
    if not heard:
        plainly = [clause for clause in _clauses(message) if _opens_plainly(clause)]
        heard = [True for clause in plainly if _YES.search(clause)] + [
            False for clause in plainly if _NO.search(clause)
        ]
    return bool(heard) and all(one is asked.value for one in heard)


def tells_absence(message: Message, asked: Asked) -> bool:
    """Say whether a message says that there is none of what is asked."""
    about = list(_about(message, asked))
    if about:
        return all(_ABSENT.search(clause) for clause in about)
    return _ABSENT.search(message.text) is not None


def _clauses(message: Message) -> Iterator[str]:
    return (clause for clause in _CLAUSES.split(message.text) if clause and clause.strip())


def _about(message: Message, asked: Asked) -> Iterator[str]:
    stem = _stem(asked.key)
    if stem is None:
        return
    for clause in _clauses(message):
        if stem.search(clause) and not clause.rstrip().endswith("?"):
            yield clause


def _stem(key: str) -> re.Pattern[str] | None:
    words = [word for word in key.lower().split("_") if word and word not in _HELPERS] or key.lower().split("_")
    parts = [re.escape(word[: max(4, len(word) - 3)]) for word in words if word]
    if not parts:
        return None
    return re.compile(r"(?<![^\W_])(?:un|in|non-?)?" + r"\w*[\s_-]+(?:\w+[\s_-]+)?".join(parts), re.IGNORECASE)


def _polarity(clause: str, key: str) -> bool:
    said = re.search(r"[:=]\s*(yes|no|true|false)\b", clause, re.IGNORECASE)
    if said is not None:
        return said[1].lower() in ("yes", "true")
    if _NO.search(clause) is not None:
        return False
    opening = re.escape(key.lower().split("_")[-1][:4])
    return re.search(rf"\b(?:un|in|non-?){opening}", clause, re.IGNORECASE) is None


def _opens_plainly(clause: str) -> bool:
    return (
        re.match(
            r"[\s\-*•\"'(]*(?:(?:it is|the answer is|answer:|that is)\s+)?(?:yes|no|true|false)\b",
            clause,
            re.IGNORECASE,
        )
        is not None
    )
