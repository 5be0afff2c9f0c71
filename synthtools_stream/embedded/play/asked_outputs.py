"""Which values of a response a clause of the request asks to be told: `…, and tell me its status and room`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from synthtools_stream.embedded.english import singular
from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.prose import content, stems, words
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Told", "asked_outputs", "asked_parts", "tellable_outputs"]

_LEAD = re.compile(
    r"\b(?:(?:tell|give|show|send|read) me|let me (?:know|have)|(?:report|say)(?= (?:the|its|their|how|what)\b)|"
    r"(?:need|want|like) to (?:know|hear|be told)|(?:i|we) (?:also )?(?:need|want)(?! (?:you|to)\b)|"
    r"curious(?: about)?|wondering(?: about)?|interested in|find out|what matters is|in need of|"
    r"(?<!the )what(?:'s| is| are| was)?)\s|\b(?=(?:how many|whether)\s)",
    re.I,
)
_WHOSE = re.compile(r"\bwhose (?P<what>(?:(?! (?:is|are|was)\b)[^,.;:])*?) i(?:'d| would)? (?:need|want|like)\b", re.I)
_END = re.compile(r"[.?!;:](?=\s|$)|, so (?!far\b)", re.I)
_TAIL = re.compile(r"\b(?:whose\b|of (?:the|that|this|it|those|these)\b|on record\b|for (?:it|that|this)\b).*", re.I)
_ID_GIVEN = re.compile(r"(\w+)_id='([^']+)'")
_SEARCHED_BY = re.compile(r"By(?=[A-Z]).*")
_QUOTE = re.compile(r"\"[^\"]*\"")
_HOW = re.compile(r"(?=\bhow (?:many|much)\b)", re.I)
_QUANTITY = re.compile(r"\bhow (?:many|much)\b|\bnumber of\b", re.I)
_LAST = re.compile(r"\b(?:last|bottom)\b", re.I)
_COUNTS = frozenset({"count", "total", "number", "matches", "found", "hits"})
"""Words of which a key is made that holds how many were found."""


class _Shown(NamedTuple):
    """An object within a response."""

    noun: str
    """The words of its key."""
    content: JsonObject
    listed: bool = False


@dataclass(frozen=True)
class Told:
    """A value of a response, and what it is the value of."""

    step: int
    """Which of the calls brought it."""
    key: str
    value: Json
    noun: str = ""
    """What kind of thing has it: `crew pairing`."""
    entity: str = ""
    """That thing's id, where the response or the call names it."""

    @property
    def stems(self) -> frozenset[str]:
        """The stems of its key."""
        return frozenset(stems(words(self.key)))


def asked_outputs(step: int, clause: str, past: Past) -> list[Told]:
    """Return the values that `clause` asks for, in the order of the response."""
    parts = list(asked_parts(_QUOTE.sub("", clause)))
    last = any(map(_LAST.search, parts))
    values = list(tellable_outputs(step, past, last=last)) if parts else []
    asked = {told for part in parts for told in _meant(part, values)}
    return [told for told in values if told in asked]


def _meant(part: str, values: Sequence[Told]) -> list[Told]:
    """Return the values that one question means: those that it names, or else the one that is nearest to its words."""
    heard = set(stems(_TAIL.sub("", part) or part))
    quantity = _QUANTITY.search(part) is not None
    if quantity:
        values = [told for told in values if isinstance(told.value, int | float) and not isinstance(told.value, bool)]
    found = [told for told in values if told.stems and told.stems <= heard]
    if found:
        return [told for told in found if not any(told.stems < other.stems for other in found)]
    counts = [told for told in values if quantity and told.stems & _COUNTS]
    return counts[:1] or _nearest(values, set(content(part)))


def tellable_outputs(step: int, past: Past, *, last: bool = False) -> Iterator[Told]:
    """Yield each scalar of a response under its key, the outermost of each key; of lists the first or last item."""
    seen: set[str] = set()
    level = [_Shown("", past.response)]
    while level:
        inner: list[_Shown] = []
        for noun, shown, listed in level:
            name, entity = _first_id(shown) if listed else _entity(noun, shown, past)
            for key, value in shown.items():
                if isinstance(value, dict):
                    inner.append(_Shown(words(key), value))
                elif isinstance(value, list):
                    items = [item for item in value if isinstance(item, dict)]
                    inner += [_Shown(singular(key), item, listed=True) for item in (items[-1:] if last else items[:1])]
                elif value is not None and value != "" and key not in seen:
                    seen.add(key)
                    yield Told(step, key, value, name, entity if value != entity else "")
        level = inner


def asked_parts(clause: str) -> Iterator[str]:
    """Yield the words of a clause, its quoted texts left out, that say what is asked to be told."""
    yield from (found["what"] for found in _WHOSE.finditer(clause))
    at = 0
    while (lead := _LEAD.search(clause, at)) is not None:
        end = _END.search(clause, lead.end())
        until = end.start() if end is not None else len(clause)
        yield from filter(str.strip, _HOW.split(clause[lead.end() : until]))
        at = max(until, lead.end() + 1)


def _nearest(values: Sequence[Told], heard: set[str]) -> list[Told]:
    """Return the value whose key shares most with what was asked for, for want of one that is named."""
    shared = [(len(heard.intersection(content(words(told.key)))) / len(told.stems or " "), told) for told in values]
    best, near = max(shared, key=lambda pair: pair[0], default=(0, None))
    return [near] if near is not None and best > 0 else []


def _first_id(item: JsonObject) -> tuple[str, str]:
    """Return of what kind an item of a list is, and its id: it names itself first."""
    key, value = next(iter(item.items()), ("", None))
    return (words(key.removesuffix("_id")), value) if key.endswith("_id") and isinstance(value, str) else ("", "")


def _entity(noun: str, shown: JsonObject, past: Past) -> tuple[str, str]:
    """Return of what kind an object is, as its key or the tool's name tells, and its id, where it is named."""
    ids = [(words(key.removesuffix("_id")), value) for key, value in shown.items() if key.endswith("_id")]
    named = [(kind, value) for kind, value in ids if isinstance(value, str)]
    named += [(words(kind), value) for kind, value in _ID_GIVEN.findall(past.call)]
    tool = set(stems(_SEARCHED_BY.sub("", past.call.partition("(")[0])))
    own = [(kind, value) for kind, value in named if (kind == noun if noun else set(stems(kind)) <= tool)]
    return own[0] if own else (noun, "")
