"""Match the nouns of a tool's text to collections that are named otherwise, where no entity types tell.

A collection's name is the first thing to go by, but not the only one: what the text says a noun has (`the booking's
status`), which attributes refer to it, and where the ids that a call gives are found, tell as much.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from synthtools_stream.embedded.english import tokens
from synthtools_stream.embedded.prose import stems
from synthtools_stream.embedded.read.vocabulary import EntityKind, Vocabulary
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["with_nouns"]

_STOP = r"(?= (?:to|for|that|of|such|after|now|found|changed|removed|with|is|in|as)\b|[,.;:']|$)"
_NOUNS = (
    re.compile(r"\bid of the (?:new )?([a-z][a-z ]*?)" + _STOP, re.I),
    re.compile(r"\b(?:the|an?|this|one) ([a-z]+(?: [a-z]+)?)'s\b", re.I),
    re.compile(r"\b(?:an?|one) ([a-z]+(?: [a-z]+)?) whose\b", re.I),
    re.compile(r"\b(?:creates|removes|deletes|raises|lowers) (?:an?|the) ([a-z][a-z ]*?)" + _STOP, re.I),
    re.compile(r"\b(?:matching|how many|number of|only) ([a-z]+(?: [a-z]+)?)s\b", re.I),
)
_NO_NOUN = frozenset({"what", "which", "given", "not", "each", "new", "is", "all"})
_HAS = re.compile(r"\b(?:the|an?|this) (?P<noun>[a-z]+(?: [a-z]+)?)(?:'s| whose) (?P<attr>[a-z]+(?: [a-z]+)?)", re.I)
_ID_OF = re.compile(r"\bid of the ([a-z]+(?: [a-z]+)?)|\bof this ([a-z]+(?: [a-z]+)?): its id", re.I)
_WRITES = re.compile(r"\b(?:creates|removes|deletes|sets|raises|lowers|cancels?) (?:an?|the) ([a-z]+)", re.I)


def with_nouns(tool: JsonObject, vocabulary: Vocabulary, homes: Mapping[str, str]) -> Vocabulary:
    """Return the vocabulary with nouns of the text for kinds that it names otherwise.

    `homes` tells in which collection the id given for a parameter was found.
    """
    texts = _texts(tool)
    unknown = [noun for noun in _nouns(texts) if vocabulary.find(noun) is None]
    if not unknown or not vocabulary.kinds:
        return vocabulary
    whole = " ".join(texts)
    claimed = {mention.kind.collection for mention in vocabulary.mentions(whole)}
    for noun in unknown:
        free = [kind for kind in vocabulary.kinds if kind.collection not in claimed]
        best = max(free, key=lambda kind: _evidence(noun, kind, whole, tool, vocabulary, homes), default=None)
        if best is not None and _evidence(noun, best, whole, tool, vocabulary, homes) > 0.3:
            claimed.add(best.collection)
            named = replace(best, noun=noun)
            vocabulary = Vocabulary(tuple(named if kind is best else kind for kind in vocabulary.kinds))
    return vocabulary


def _texts(tool: JsonObject) -> list[str]:
    texts = [str(tool.get("tool_description") or ""), str(tool.get("usage") or "")]
    for part in ("parameters", "output_details"):
        held = tool.get(part)
        specs = held.values() if isinstance(held, dict) else ()
        texts += [str(spec.get("description") or "") for spec in specs if isinstance(spec, dict)]
    return texts


def _nouns(texts: list[str]) -> list[str]:
    """Return the nouns of the text, those told of most first."""
    found = Counter(
        match[1].lower().strip() for text in texts for pattern in _NOUNS for match in pattern.finditer(text)
    )
    for noun in [noun for noun in found if _NO_NOUN & set(tokens(noun))]:
        del found[noun]
    return [noun for noun, _ in sorted(found.items(), key=lambda item: (-item[1], -len(tokens(item[0]))))]


def _evidence(
    noun: str, kind: EntityKind, text: str, tool: JsonObject, vocabulary: Vocabulary, homes: Mapping[str, str]
) -> float:
    words = stems(noun)
    had = [match["attr"] for match in _HAS.finditer(text) if stems(match["noun"]) == words]
    score = sum(1.0 if kind.match(attribute, 0.6) is not None else -0.5 for attribute in had)
    for other in vocabulary.kinds:
        for trait in other.traits:
            if trait.references == kind.collection and set(stems(trait.name)) >= set(words[-1:]):
                score += 2.0
    score += 3.0 * sum(home == kind.collection for home in _homes_of(noun, tool, homes))
    return score + _effect_evidence(noun, kind, tool, text)


def _homes_of(noun: str, tool: JsonObject, homes: Mapping[str, str]) -> list[str]:
    held = tool.get("parameters")
    found: list[str] = []
    for name, spec in (held if isinstance(held, dict) else {}).items():
        match = _ID_OF.search(str(spec.get("description") or "")) if isinstance(spec, dict) else None
        said = (match[1] or match[2]) if match else ""
        if name in homes and stems(said)[: len(stems(noun))] == stems(noun):
            found.append(homes[name])
    return found


def _effect_evidence(noun: str, kind: EntityKind, tool: JsonObject, text: str) -> float:
    effects = tool.get("effects")
    if not isinstance(effects, dict):
        return 0.0
    writes, reads = effects.get("writes"), effects.get("reads")
    written = isinstance(writes, list) and kind.collection in writes
    known = written or (isinstance(reads, list) and kind.collection in reads)
    told = any(stems(match[1])[:1] == stems(noun)[:1] for match in _WRITES.finditer(text))
    return (0.4 if known else -1.0) + (0.8 if told and written else 0.0)
