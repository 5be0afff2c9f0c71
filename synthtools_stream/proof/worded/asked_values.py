"""Every value of the answer is asked for, in its turn and in the request, and nothing else is.

A value is asked for in the words of its key (`start_date`: "its start date", "the date it starts"), in those of them
that no other name shares ("what is left" for `capacity_left`), or with a question that such words have of their own:
"when" for a date, "how many" for a count. Words that a value follows ("a start date of 3 May") ask for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep, key_of
from synthtools_stream.proof.worded.cues import cue_of
from synthtools_stream.proof.worded.key_words import KeyWords, said_key
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.values.json_pointers import resolve

__all__ = ["asked_findings", "turn_asked_findings"]

CHECK = "asked"
UNTOLD = "untold"
_QUESTION = cue_of(
    r"(?:\A|[.!?]\s+)(?:what|which|how (?:many|much|long)|when)\b[^.!?]*\?|\b(?:tell|give|let) me\b",
    "what which how when tell give let",
)
_WHETHER = re.compile(r"\bwhether\b|\b(?:is|are) (?:it|they)\b", re.IGNORECASE)
_ASKS = cue_of(
    r"\b(?:tell|give|show|let|inform) (?:me|us)\b(?!\s+(?:an? |the )?(?:reminder|notice))|"
    r"\b(?:what|which|when|how many|how much|how long|wonder\w*|curious)\b|"
    r"\bI(?: also)? (?:need|want) (?:the|its|their)\b|"
    r"\b(?:like|want|need|wish|love) to (?:know|hear|learn|see|be told)\b|\breport (?:back|how|the|its)\b",
    "tell give show let inform what which when how wonder curious i like want need wish love report",
)


def asked_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the values that a task wants told and the request does not ask for, and the attributes that it adds."""
    if told.request is None:
        return
    words = KeyWords(told, told.request, range(len(told.steps)))
    wanted = [pointer for spoken in told.steps for pointer in spoken.step.answer]
    for key in dict.fromkeys(map(key_of, wanted)):
        if not words.is_asked(key):
            yield Finding(CHECK, f"the request does not ask for '{said_key(key)}': say it in these words")
    turns = [KeyWords(told, spoken.turn, [spoken.index]) for spoken in told.steps]
    answered = {key_of(pointer) for pointer in wanted}
    for name in sorted(told.attributes):
        merged = words.count(name)
        said = sum(turn.count(name) for turn in turns) if merged else 0
        if merged > said and not _is_type(told, name):
            shown = f"{merged} times, the turns {said}" if said else "and no turn does"
            yield Finding(CHECK, f"the request speaks of '{said_key(name)}' {shown}: ask for and set what the turns do")
        if name not in answered:
            continue
        asked = sum(turn.count(name, asked=True) for turn in turns)
        if words.count(name, asked=True) < asked:
            yield Finding(CHECK, f"the request asks for '{said_key(name)}' less often than the turns: ask for each")


def turn_asked_findings(told: Conversation, spoken: SpokenStep) -> Iterator[Finding]:
    """Yield the values of a step's answer for which its turn does not ask, and what it asks that nothing answers."""
    words = KeyWords(told, spoken.turn, [spoken.index])
    # Before the call is answered nobody knows which pointers lead nowhere, but for what the tool tells of its answer.
    leading = [
        p
        for p in spoken.step.answer
        if spoken.step.response or (p.split("/")[1:2] and p.split("/")[1] in spoken.tool.output_details)
    ]
    answer = [key_of(pointer) for pointer in leading]
    for key in answer:
        if not words.is_asked(key):
            detail = (
                f"turn {spoken.index} does not ask for '{said_key(key)}', which its answer holds: say it in these words"
            )
            yield Finding(CHECK, detail)
    if not spoken.step.response:
        return
    asks = _QUESTION if spoken.step.changes else _ASKS  # "tell the shipper what …" is a wish of its own
    if not answer and asks.may_be_in(spoken.turn.heads) and asks.pattern.search(spoken.turn.rest):
        yield Finding(UNTOLD, f"turn {spoken.index} asks to be told something, and its answer is empty")
    if answer and not spoken.step.changes:
        beside = _siblings(spoken) - set(answer)
        for key in sorted(beside):
            if words.count(key, asked=True) and not _is_type(told, key):
                yield Finding(UNTOLD, f"turn {spoken.index} asks for '{said_key(key)}', which its answer does not hold")


def _siblings(spoken: SpokenStep) -> set[str]:
    """Return the keys that stand beside those of the answer; booleans only where the turn asks whether."""
    homes = {pointer.rpartition("/")[0] for pointer in spoken.step.answer}
    flags = _WHETHER.search(spoken.turn.rest) is not None
    found: set[str] = set()
    for home in homes:
        try:
            place = resolve(spoken.step.response, home)
        except LookupError:
            continue
        for key, value in place.items() if isinstance(place, dict) else ():
            if isinstance(value, str | int | float) and (flags or not isinstance(value, bool)):
                found.add(key)
    return found


def _is_type(told: Conversation, name: str) -> bool:
    """Say whether an attribute is named like a type of entities: then its name says nothing of the attribute."""
    return any(name == kind.name.replace(" ", "_") for kind in told.types)
