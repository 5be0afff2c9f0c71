"""Split a merged request into the steps it asks for, in order."""

from __future__ import annotations

import re
from functools import lru_cache

from synthtools_stream.llm.embedded.player.values import said_values
from synthtools_stream.llm.embedded.reading.words import tokens

__all__ = ["split_request"]

_QUOTE = re.compile(r"\"[^\"]*\"|“[^”]*”")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")
_CONNECTOR = re.compile(
    r"(?:[,;]\s*|\s+)(?:and\s+)?(?=(?:then|after that|afterwards|after which|next|finally|lastly|once (?:that|this|you)|when that|"
    r"with that done|following that|subsequently)\b)|;\s+|,?\s+and (?:also|finally|lastly)\s+",
    re.I,
)
_LEAD = re.compile(
    r"^(?:and|but|so|first(?: of all| off)?|to start(?: with)?|then|after that|afterwards|next|second(?:ly)?|third(?:ly)?|finally|"
    r"lastly|once (?:that|this)(?:'s| is| has been) done|when that is done|with that done|also|last(?: of all)?|please|now)\b[,:]?\s*",
    re.I,
)
_ASK = re.compile(
    r"^(?:tell me|let me know|i(?:'d| would)? (?:like|want|need) to (?:know|be told|hear)|what(?:'s| is| are)? (?:its|their|the)|report|give me (?:its|the|their)|"
    r"i need (?:its|the|their)|confirm (?:its|the|their))\b",
    re.I,
)
_POLITE = re.compile(r"^(?:thanks?|thank you|cheers|hello|hi|hey|good (?:morning|afternoon|day|evening)|that(?:'s| is| will be) all|much appreciated)\b", re.I)
_DEED = re.compile(
    r"^(?:could you |can you |would you |will you |please |i(?:'d| would) like (?:you )?to |i (?:want|need) (?:you )?to |we need to |let's |kindly |"
    r"go ahead and |i want |i need )*(?P<verb>[a-z][a-z'-]+)",
    re.I,
)
_PLACE = "\x00"


@lru_cache(maxsize=512)
def split_request(text: str) -> tuple[str, ...]:
    """Return the steps of a request; what only asks for a value or is courtesy goes with the step before it."""
    quotes = _QUOTE.findall(text)
    masked = _QUOTE.sub(_PLACE, text)
    parts = [piece for sentence in _SENTENCE.split(masked) for piece in _cut(sentence)]
    steps: list[str] = []
    pending = ""
    for part in (_restored(piece, quotes) for piece in parts):
        bare = _bare(part)
        if not tokens(bare) or _POLITE.match(bare):
            continue
        if steps and _asks_only(bare):
            steps[-1] = f"{steps[-1]} {part}"
        elif _is_context(bare):
            pending = f"{pending} {part}".strip()
        else:
            steps.append(f"{pending} {bare}".strip())
            pending = ""
    if pending and steps:
        steps[-1] = f"{steps[-1]} {pending}"
    return tuple(steps) or (text,)


def _cut(sentence: str) -> list[str]:
    return [piece.strip(" ,;") for piece in _CONNECTOR.split(sentence) if piece.strip(" ,;")]


def _restored(piece: str, quotes: list[str]) -> str:
    return re.sub(_PLACE, lambda _: quotes.pop(0) if quotes else "", piece)


def _bare(part: str) -> str:
    previous = ""
    while part != previous:
        previous, part = part, _LEAD.sub("", part)
    return part


def _asks_only(bare: str) -> bool:
    """`tell me its status`: about what the step before returns, unless it brings values of its own."""
    return bool(_ASK.match(bare)) and not said_values(bare)


def _is_context(bare: str) -> bool:
    """`Booking BK-2041 sits on a late vessel.`: tells something and asks for nothing."""
    if bare.endswith("?") or _ASK.match(bare):
        return False
    found = _DEED.match(bare)
    opener = re.match(r"^(?:my|our|the|a|an|there|this|that|it|we|he|she|they|i am|i'm|i have|i've|you)\b", bare, re.I)
    wish = re.search(r"\b(?:should|must|needs? to|has to|have to|want|like|please|can you|could you)\b", bare, re.I)
    return bool(opener) and not wish and found is not None
