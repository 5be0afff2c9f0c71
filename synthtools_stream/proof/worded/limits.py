"""At least stays at least, and at most at most: in the request as in the turn, in the turn as in the parameter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep, user_parts
from synthtools_stream.proof.worded.text_mentions import Mention, Reading, read_text
from synthtools_stream.proof.worded.word_flaw import Finding

__all__ = ["limit_findings", "turn_limit_findings"]

CHECK = "limits"
_KINDS = ("number", "date", "time")
_BEFORE = {
    "lower": re.compile(
        r"(?:\b(?:at least|no less than|not less than|no fewer than|not fewer than|not before|no earlier than|"
        r"not earlier than|minimum(?: of)?|more than|over|above|after|exceed\w*|from|since|later than|greater than|"
        r"higher than|beyond))(?: the)?\W*$",
        re.IGNORECASE,
    ),
    "upper": re.compile(
        r"(?:\b(?:at most|no more than|not more than|not after|no later than|not later than|maximum(?: of)?|up to|"
        r"less than|fewer than|under|below|before|until|till|by|within|earlier than|lower than|not over|not above|"
        r"not exceed\w*))(?: the)?\W*$",
        re.IGNORECASE,
    ),
}
_BEHIND = {
    "lower": re.compile(
        r"\W*(?:[^\W\d_/]\S{0,12} )?(?:or|and) (?:more|later|above|over|higher|longer|larger|after|up|newer|greater|"
        r"onwards?)\b(?! (?:that|this|which|all))",
        re.IGNORECASE,
    ),
    "upper": re.compile(
        r"\W*(?:[^\W\d_/]\S{0,12} )?(?:or|and) (?:less|fewer|earlier|below|under|lower|shorter|smaller|before|older|"
        r"sooner)\b(?! (?:that|this|which|all))",
        re.IGNORECASE,
    ),
}
_VAGUE = re.compile(
    r"(?<!not )(?<!no )\b(?:over|by|from|since|within|before|after|up to|until|till)(?: the)?\W*$", re.IGNORECASE
)
"""Words that tell a limit only sometimes ("raise by 12", "postpone until 3 May"): they contradict nothing in a name."""
_NEGATED = re.compile(r"(?:\bnot|\bno|n['’]t)\s+$", re.IGNORECASE)
_LOWER_NAME = re.compile(r"(?:^|_)(?:min|minimum|at_least|from|since|earliest|lowest)(?:_|$)")
_UPPER_NAME = re.compile(r"(?:^|_)(?:max|maximum|at_most|until|till|latest|highest|limit|how_many|page_size)(?:_|$)")
_WINDOW = 24
"""Characters before a value in which its limit is told: `at least the` and some more."""


def limit_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the values that the request limits otherwise than the turns."""
    if told.request is None:
        return
    turns = [spoken.turn for spoken in told.steps]
    said = Counter((mention.value, _side(turn, mention)) for turn in turns for mention in turn.of(*_KINDS))
    known = {value for value, _ in said}
    merged = Counter((mention.value, _side(told.request, mention)) for mention in told.request.of(*_KINDS))
    for (value, side), times in merged.items():
        if value in known and times > said[value, side]:
            other = next((one for number, one in said if number == value and one != side), side)
            detail = f"the request makes {value} {_told(side)}, the turns {_told(other)}: limit it as they do"
            yield Finding(CHECK, detail)


def turn_limit_findings(spoken: SpokenStep) -> Iterator[Finding]:
    """Yield the values of a turn whose limit is the opposite of what the parameter's name says."""
    for pointer, proof in spoken.step.provenance.items():
        name = pointer[1:].partition("/")[0]
        wanted = "lower" if _LOWER_NAME.search(name) else "upper" if _UPPER_NAME.search(name) else ""
        if not wanted:
            continue
        quotes = [part.quote for part in user_parts(proof) if part.quote and part.turn == spoken.index]
        values = {mention.value for quote in quotes for mention in read_text(quote).of(*_KINDS)}
        sides = {
            _side(spoken.turn, m)
            for m in spoken.turn.of(*_KINDS)
            if m.value in values and not _is_vague(spoken.turn, m)
        }
        if sides and wanted not in sides and "" not in sides:
            yield Finding(
                CHECK, f"turn {spoken.index} makes {quotes[0]} {_told(min(sides))}, but '{name}' is {_told(wanted)}"
            )


def _side(reading: Reading, mention: Mention) -> str:
    """Return which side a value limits: `lower`, `upper`, or neither."""
    before = reading.rest[max(0, mention.start - _WINDOW) : mention.start]
    behind = reading.rest[mention.end : mention.end + _WINDOW]
    for side in ("upper", "lower"):  # "not after" before "after"
        if _BEHIND[side].match(behind) or _BEFORE[side].search(before):
            plain = _BEFORE[side].search(before)
            flipped = (
                plain is not None
                and not plain[0].lower().startswith(("no", "not"))
                and _NEGATED.search(before[: plain.start()])
            )
            return {"upper": "lower", "lower": "upper"}[side] if flipped else side
    return ""


def _is_vague(reading: Reading, mention: Mention) -> bool:
    before = reading.rest[max(0, mention.start - _WINDOW) : mention.start]
    return _VAGUE.search(before) is not None


def _told(side: str) -> str:
    return {"lower": "the least", "upper": "the most"}.get(side, "no limit")
