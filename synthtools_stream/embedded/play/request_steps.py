"""Split a merged request into the steps it asks for, in order."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from synthtools_stream.embedded.english import tokens
from synthtools_stream.embedded.play.said_values import SaidKind, said_values

__all__ = ["halves", "split_request"]

_QUOTE = re.compile(r"\"[^\"]*\"|“[^”]*”")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")
_CONNECTOR = re.compile(
    (
        r"(?:[,;]\s*|\s+)(?:and\s+)?(?=(?:then|after that|afterwards|after which|once (?:that|this|you)|"
        r"when that|with that done|"
        r"following that|subsequently)\b)|[,;]\s*(?:and\s+)?(?=(?:next|finally|lastly)\b)|;\s+|,?\s+and "
        r"(?:also|finally|lastly)\s+"
    ),
    re.I,
)
_LEAD = re.compile(
    r"^(?:and|but|so|first(?: of all| off)?|to (?:start|begin|finish)(?: with)?|start like this|let's "
    r"start here|then|after that|"
    r"afterwards|next|second(?:ly)?|third(?:ly)?|finally|lastly|last of all|at the end|in the end|following that|"
    r"(?:once|when|as soon as) (?:that|this)(?:'s| is| has been) done|with that done|before anything else|for a start|"
    r"when you(?:'re| are) (?:done|finished)(?: with (?:that|this|it))?|from there|in addition|besides|meanwhile|"
    r"as the last thing|to round (?:things|it) off|after which|also|last|please|now)\b[,:]?\s*",
    re.I,
)
_ASK = re.compile(
    r"^(?:tell me|let me know|i(?:'d| would)? (?:like|want|need) to (?:know|be told|hear)|"
    r"what(?:'s| is| are)? (?:its|their|the)|(?:give|read|show|send) me (?:its|the|their)|report (?:its|the|how many)|"
    r"i need (?:its|the|their|to know)|"
    r"i(?:'m| am|'d be| would be) (?:curious|wondering))\b",
    re.I,
)
_POLITE = re.compile(
    r"^(?:thanks?|thank you|cheers|hello|hi|hey|good (?:morning|afternoon|day|evening)|that(?:'s| is| will be) all|"
    r"(?:i|we) (?:need|have|want) (?:a few|some|several|a couple of|a number of) things|here(?:'s| is) what|"
    r"(?:could|can|would) you (?:please )?(?:take care of|help me with) (?:this|these|a few)|much appreciated|"
    r"that would be all|(?:many|best) thanks|(?:please )?help me with (?:this|these|a few))\b",
    re.I,
)
_OF_ITS_OWN = re.compile(
    r"\bof (?:that|the new|the first of (?:those|the)|the [\w -]+ you just)\b|"
    r"\bhow many [\w -]+? (?:with|whose|that|of|on|for|among)\b",
    re.I,
)
"""What an ask names that is looked at for the first time: `the status of that booking`."""
_PLACE = "\x00"
_JOINT = re.compile(r"(?:,\s+(?:and\s+)?|\s+and\s+)(?:please\s+|also\s+)?(?P<verb>[A-Za-z]+)\b")


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


_BEFORE = re.compile(r"before you (?P<later>[^,]+), (?P<sooner>.+?)[.!?]?$", re.I)


def _cut(sentence: str) -> list[str]:
    """Cut a sentence where joining words are; what comes before another thing is done first."""
    turned = _BEFORE.match(_bare(sentence))
    if turned is not None:
        return [*_cut(turned["sooner"]), turned["later"]]
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
    led = re.search(r",? so (?:please )?[a-z]+ |: (?:can|could|would) you ", bare, re.I) or _OF_ITS_OWN.search(bare)
    firm = [said for said in said_values(bare) if said.kind is not SaidKind.proper]
    return bool(_ASK.match(bare)) and not firm and led is None


def _is_context(bare: str) -> bool:
    """`Booking BK-2041 sits on a late vessel.`: tells something and asks for nothing."""
    if bare.endswith("?") or _ASK.match(bare):
        return False
    opener = re.match(
        r"^(?:my|our|the|a|an|some|everybody|there|this|that|it|we|he|she|they|i am|i'm|i have|i've|i would rather|"
        r"you)\b",
        bare,
        re.I,
    )
    wish = re.search(
        r"\b(?:should|must|needs? to|has to|have to|want|like|please|(?:can|could|would) you|"
        r"you (?:can|could|would))\b",
        bare,
        re.I,
    )
    return bool(opener) and not wish


def halves(step: str, verbs: frozenset[str]) -> tuple[str, ...]:
    """Split a step where a comma or `and` is followed by a verb; the caller says whether the parts are steps."""
    quotes = _QUOTE.findall(step)
    masked = _QUOTE.sub(_PLACE, step)
    cuts = [m for m in _JOINT.finditer(masked) if m["verb"].lower() in verbs]
    edges = [0, *(cut.start("verb") for cut in cuts), len(masked)]
    parts = [re.sub(r"(?:,|\band)*\s*$", "", masked[a:b].strip()) for a, b in pairwise(edges)]
    parts = [re.sub(r"[\s,]*(?:\band\b)?[\s,]*$", "", part) for part in parts]
    joined: list[str] = []
    for part in (_restored(piece, quotes) for piece in parts if piece):
        if joined and _asks_only(_bare(part)):
            joined[-1] = f"{joined[-1]} and {part}"
        else:
            joined.append(part)
    return tuple(joined) or (step,)
