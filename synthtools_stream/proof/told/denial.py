"""What takes a telling back: a negation, a bound, a doubt, a supposition, a question."""

from __future__ import annotations

import re

from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.sentences import sentence_around

__all__ = ["is_denied"]

_REACH = 120
"""Characters before a value within which a negation reaches it; it goes through small words only."""
_SENTENCE = 300
"""Characters of a sentence, to each side of a value, that are read: a longer one is a list without end."""
_FILL = (
    r"(?:is|it|be|been|being|was|were|are|am|has|have|had|the|a|an|as|at|by|in|on|of|to|equal|equals|exactly|actually"
    r"|really|quite|even|just|true|that|this|think|believe|believed|say|said|sure|for|with|its|your"
    r"|right|case|currently|now|there|value|answer|result|called|named|reported|found|shown|set|any|ever|so|whether)"
)
_NEGATED = re.compile(
    r"(?:\b(?:not(?! only| just| later than| earlier than| before| after)|never|no longer|neither|nor|cannot|without"
    r"|instead of|rather than|except(?: for)?|other than|far from|anything but|nowhere near|hardly|unlike|wrongly"
    r"|no|untrue|false|incorrect|deny|denies|doubt|doubts|used to be)\b|n't\b)"
    rf"(?:\s+{_FILL}\b){{0,7}}[\s\"'(,:=]*\Z",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"[\s\"')]*(?:[a-z%]+\s+)?(?:(?:(?:is|was|are|were|would be|seems|looks)\s+)"
    r"(?:(?:not|never)\s+(?:the|its|right|correct|true|what|it|so|how)\b|wrong|false|untrue|incorrect|a lie|nonsense)"
    r"|(?:isn't|wasn't|aren't)\s+(?:the|its|right|correct|true|what|it|so)\b)",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"\b(?:more than|less than|fewer than|greater than|larger than|smaller than|higher than|lower than|over|under|above"
    r"|below|at least|at most|up to|nearly|almost|beyond|between|before|after|until|since|by|perhaps|maybe|possibly"
    r"|(?:might|may|could) be|min|max|minimum(?: of)?|maximum(?: of)?|earliest|latest|lowest|highest)"
    r"[\s\"'(]*(?:the |a )?\Z"
    r"|\bbetween [^.;\n]{1,30} and\s*\Z",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"[\s\"')]*(?:[a-z%]+\s+)?(?:or (?:later|earlier|more|less|fewer|above|below|over|under|higher|lower|after|before"
    r"|newer"
    r"|older)|and (?:up|above|below|over|later|earlier)|onwards?|upwards?)\b",
    re.IGNORECASE,
)
_IF = re.compile(r"\s*[\"'(]*(?:if|unless|whether|suppose|supposing|imagine|assuming|were)\b", re.IGNORECASE)
_CLAUSE = re.compile(r", (?=\w)|\bbut\b|\bthen\b")
_FALSE = re.compile(
    r"\b(?:wrong|false|falsely|untrue|incorrect|incorrectly|mistaken|nonsense|not true|not correct|not right"
    r"|not the case)\b",
    re.IGNORECASE,
)


def is_denied(text: str, start: int, end: int, known: Knowledge) -> bool:
    """Say whether what stands at a place is negated, asked, supposed, called false, or only a bound.

    `text` has blanks for the names of attributes. What the row itself calls false is not meant.
    """
    opening, closing = sentence_around(text, start, end)
    if text[end:closing].rstrip(" \"')").endswith("?"):
        return True
    before, after = text[max(opening, start - _SENTENCE) : start], text[end : min(closing, end + _SENTENCE)]
    if _IF.match(_CLAUSE.split(before)[-1]):
        return True
    near = before[-_REACH:]
    if _NEGATED.search(near) or _LOOSE.search(near) or _TAKEN_BACK.match(after) or _BOUND.match(after):
        return True
    false = _FALSE.search(f"{before} {after}")
    return false is not None and false[0].lower() not in known.spoken_words
