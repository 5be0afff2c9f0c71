"""Every value of the answer is asked for, in its turn and in the request, in the words of its key or a question's own.

`available_capacity` is asked for as "available capacity", "its capacity, if available", "capacities available" … Some
words of keys have a question of their own: a date is asked for with "when", a count with "how many".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep
from synthtools_stream.proof.worded.finding import Finding
from synthtools_stream.proof.worded.reading import Reading
from synthtools_stream.proof.worded.word_stems import name_stems, stem
from synthtools_stream.values.json_pointers import leaves

__all__ = ["asked_findings", "turn_asked_findings"]

CHECK = "asked"
UNTOLD = "untold"
_QUESTIONS = (
    ("date datetime day when time at on now until due deadline since", r"\bwhen\b|\b(?:what|which) (?:day|date|time)\b|\bhow (?:soon|late|long)\b"),
    ("name title label by person owner holder", r"\bwho(?:m|se)?\b|\b(?:is|are) \w+ called\b|\bname\w*\b|\btitle\w*\b"),
    ("count total number num size found matche quantity", r"\bhow (?:many|much)\b|\bcount\w*\b|\btotals?\b|\bnumber of\b|\bin all\b|\bin total\b"),
    (
        "price cost fee amount rate charge value budget balance fare premium sum rent salary",
        r"\bhow (?:much|many)\b|\bcosts?\b|\bcharg\w+\b|\bprice\w*\b|\bworth\b|\bfees?\b|\bamounts?\b|\bowed?\b|\bowe[sd]?\b",
    ),
    ("location place address site position room where venue", r"\bwhere\b|\blocat\w+\b"),
    ("id identifier code reference ref no number key", r"\bids?\b|\bwhich\b|\bnumbers?\b|\breference\w*\b|\bcodes?\b|\bidentif\w+\b"),
    (
        "duration hour minute day week month year length age",
        r"\bhow (?:long|old|many|much|far)\b|\bhours?\b|\bminutes?\b|\bdays?\b|\bduration\b|\bweeks?\b|\bmonths?\b|\byears?\b",
    ),
    ("weight mass kg tonne", r"\bhow (?:heavy|much)\b|\bweigh\w*\b"),
    ("status state stage phase", r"\bstatus\w*\b|\bstates?\b|\bstages?\b|\bphases?\b|\bhow far\b|\bwhere \w+ stands?\b"),
    ("distance length height depth width area km m2 m3 eur usd gbp percent ppm c", r"\bhow (?:far|long|high|tall|deep|wide|big|large|warm|hot|cold|many|much)\b"),
)
_QUESTION_OF = {
    stem(word): [pattern for words, pattern in _QUESTIONS if word in words.split()]
    for words, _ in _QUESTIONS
    for word in words.split()
}
_SMALL = frozenset(stem(word) for word in "is has the of in per a an current currently present new last at on".split())  # noqa: SIM905
"""Words in keys that nobody needs to say."""
_WORD = re.compile(r"[^\W\d_]+")
_ASKS = re.compile(
    r"\b(?:tell|give|show|let|inform|remind) (?:me|us)\b(?!\s+(?:a|an|the)?\s*(?:reminder|notice))|\b(?:what|which|how many|how much|how long)\b|"
    r"\b(?:i(?:['’]d| would)? (?:also )?(?:like|want|need|wish) to (?:know|hear|learn|be told))\b|\breport (?:back|how|the|its)\b",
    re.IGNORECASE,
)


def asked_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the values that a task wants told and the request does not ask for, or asks for beside them."""
    if told.request is None:
        return
    for spoken in told.steps:
        for pointer in spoken.step.answer:
            if not _is_asked(told, told.request, pointer):
                yield Finding(CHECK, f"the request does not ask for '{_said(pointer)}': say it in these words")
    yield from _strange_attributes(told)


def turn_asked_findings(told: Conversation, spoken: SpokenStep) -> Iterator[Finding]:
    """Yield the values of a step's answer for which its turn does not ask, and questions of which nothing is told."""
    for pointer in spoken.step.answer:
        if not _is_asked(told, spoken.turn, pointer):
            yield Finding(CHECK, f"turn {spoken.index} does not ask for '{_said(pointer)}', which its answer holds: say it in these words")
    if not spoken.step.answer and not spoken.step.changes and _ASKS.search(spoken.turn.rest):
        yield Finding(UNTOLD, f"turn {spoken.index} asks to be told something, and its answer is empty")


def _strange_attributes(told: Conversation) -> Iterator[Finding]:
    """Yield the attributes that the request names and no turn does: the user would want another thing."""
    assert told.request is not None
    names = {tuple(part for part in name_stems(attribute.name)) for kind in told.types for attribute in kind.attributes}
    known = told.turn_stems | _type_stems(told)
    for parts in sorted(names):
        strange = [part for part in parts if part not in known]
        if strange and set(parts) <= told.request.stems:
            yield Finding(CHECK, f"the request speaks of '{' '.join(_words(told.request, parts))}', of which no turn speaks: leave it out")


def _type_stems(told: Conversation) -> frozenset[str]:
    return frozenset(part for kind in told.types for part in name_stems(kind.name))


def _words(reading: Reading, stems: tuple[str, ...]) -> list[str]:
    return [next(word.text for word in reading.words if word.stem == part) for part in stems]


def _is_asked(told: Conversation, reading: Reading, pointer: str) -> bool:
    """Say whether a text asks for a key: in all its words, or in some that no other name shares ("what is left")."""
    parts = _parts(_key(pointer))
    said = _said_stems(reading)
    known = [part for part in parts if part in said or _has_question(part, reading)]
    if len(known) == len(parts):
        return True
    mine = {part for part in known if part in said}
    return bool(mine) and not any(mine <= set(_parts(name)) for name in _names(told) - {_key(pointer)})


def _names(told: Conversation) -> frozenset[str]:
    """Return what else could be asked for: all attributes, and all keys of responses."""
    attributes = (attribute.name for kind in told.types for attribute in kind.attributes)
    keys = (_key(leaf.pointer) for spoken in told.steps for leaf in leaves(spoken.step.response))
    return frozenset([*attributes, *keys])


def _parts(name: str) -> list[str]:
    stems = name_stems(name)
    return [part for part in stems if part not in _SMALL] or list(stems)


def _said_stems(reading: Reading) -> set[str]:
    """Return the stems of all words, also of those that carry no wish: `end` and `last` are words of keys."""
    return {stem(word) for word in _WORD.findall(reading.rest)}


def _has_question(part: str, reading: Reading) -> bool:
    return any(re.search(pattern, reading.rest, re.IGNORECASE) for pattern in _QUESTION_OF.get(part, ()))


def _key(pointer: str) -> str:
    """Return the last part of a pointer that is a name, and no place in a list."""
    return next((part for part in reversed(pointer.split("/")) if part and not part.isdigit()), "")


def _said(pointer: str) -> str:
    return _key(pointer).replace("_", " ")
