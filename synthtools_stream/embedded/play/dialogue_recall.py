"""Values from earlier in the dialogue: `that booking`, `the one you just found`, `the cheapest of those`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.english import stem
from synthtools_stream.embedded.play.said_values import SaidKind, said_values
from synthtools_stream.embedded.prose import content, stems
from synthtools_stream.embedded.read import Meaning
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Past", "example_prefix", "past_turns", "recall_id", "recall_value"]

_MOST_ROWS = 20
"""Rows of a list that a user may point at: what stands further down scores too low to be meant."""
_PREFIX = re.compile(r"\b([A-Z][A-Z0-9]{0,7}-)\d+")


@dataclass(frozen=True)
class Past:
    """An earlier step."""

    user: str
    call: str
    status: int
    response: JsonObject
    error: str = ""


@dataclass(frozen=True)
class _Found:
    value: Json
    score: float


def past_turns(dialogue: Sequence[JsonObject]) -> list[Past]:
    """Read the dialogue of a solver request."""
    past: list[Past] = []
    for turn in dialogue:
        response, status = turn.get("response"), turn.get("status_code")
        past.append(
            Past(
                str(turn.get("user") or ""),
                str(turn.get("call") or ""),
                status if isinstance(status, int) else 200,
                response if isinstance(response, dict) else {},
            )
        )
    return past


def example_prefix(meaning: Meaning) -> str:
    """Return the prefix of the ids that a description gives an example of."""
    found = _PREFIX.search(meaning.description)
    return found[1] if found else ""


def _leaves(value: Json, key: str, row: int = 0) -> Iterator[tuple[str, Json, int]]:
    """Yield (key, value, row) of every scalar, first rows first."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, name, row)
    elif isinstance(value, list):
        for index, inner in enumerate(value[:_MOST_ROWS]):
            yield from _leaves(inner, key, index)
    elif value is not None:
        yield key, value, row


def recall_id(meaning: Meaning, past: Sequence[Past], turn: str, used: Sequence[Json] = ()) -> str | None:
    """Return the id that the turn most likely means, from responses and calls so far."""
    noun = _head(meaning.noun) or _head(meaning.description)
    prefix = example_prefix(meaning) or _prefix_said(noun, past)
    fresh = _means_new(turn, noun)
    best: _Found | None = None
    for age, step in enumerate(reversed(past)):
        for key, value, row in _ids_of(step):
            if value in used:
                continue
            score = _id_score(key, value, noun, prefix, step) - 0.25 * age - 0.6 * row
            score += _newness(value, step) if fresh else 0.0
            score -= 0.15 if key == "" and not _points_back(turn) else 0.0
            if score > 0.0 and (best is None or score > best.score):
                best = _Found(value, score)
    return str(best.value) if best is not None else None


_NEW = re.compile(
    r"\b(?:the|that|this|your|our) new (?P<noun>\w+(?: \w+){0,3})|\b(?P<noun2>\w+) you(?:'ve| have)? just \w+ed\b", re.I
)


def _means_new(turn: str, noun: str) -> bool:
    """`the new booking`, `the booking you just created`, said of this noun."""
    return any(noun in stems(found["noun"] or found["noun2"]) for found in _NEW.finditer(turn))


def _newness(value: str, step: Past) -> float:
    """Its id came back in a response, best as its first value, and nobody had said it before."""
    if value in step.user or value in step.call:
        return -1.5
    return 1.5 if next(iter(step.response.values()), None) == value else 0.5


def _prefix_said(noun: str, past: Sequence[Past]) -> str:
    """`member MB-1031` in an earlier turn tells what ids of members look like."""
    for step in past:
        for found in re.finditer(r"(\w+) ([A-Z][A-Z0-9]{0,7}-)\d+", step.user):
            if noun and stem(found[1].lower()) == noun:
                return found[2]
    return ""


def _points_back(turn: str) -> bool:
    return bool(re.search(r"\b(?:its?|that|this|same|again|the)\b", turn, re.I))


def _ids_of(step: Past) -> Iterator[tuple[str, str, int]]:
    for key, value, row in _leaves(step.response, "") if step.status < 400 else ():
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w-]*\d+|\$new\d+", value):
            yield key, value, row
    for said in said_values(step.call):
        if said.kind is SaidKind.quoted and re.fullmatch(r"[A-Z][\w-]*-\d+", said.value):
            yield "", said.value, 0


def _id_score(key: str, value: str, noun: str, prefix: str, step: Past) -> float:
    words = stems(key)
    score = 0.0
    if noun and noun in words:
        score += 3.0
    elif words == ("id",):
        score += 1.0
    elif words and words[-1] == "id" and noun and not prefix:
        score += 0.2
    if prefix:
        score += 2.5 if value.startswith(prefix) else -2.0
    if noun and not key and noun in stems(step.user):
        score += 1.0
    return score


def _head(noun: str) -> str:
    first = re.split(r"\b(?:to|for|that|of|which|whose|by|in|on|as|becomes)\b|[,;:.(]", noun)[0]
    words = [word for word in content(first) if word != "id"]
    return words[-1] if words else ""


def recall_value(meaning: Meaning, past: Sequence[Past], turn: str) -> Json:
    """Return an earlier response's value whose key speaks of what the parameter wants; None where there is none."""
    wanted = set(content(meaning.description)) | set(stems(meaning.attribute)) | set(content(meaning.parameter))
    heard = set(content(turn))
    best: _Found | None = None
    for age, step in enumerate(reversed(past)):
        for key, value, row in _leaves(step.response, "") if step.status < 400 else ():
            if not _fits(meaning, value):
                continue
            words = {word for word in stems(key) if word != "id"}
            shared = len(words & wanted) / max(1, len(words))
            score = shared + 0.5 * len(words & heard) / max(1, len(words)) - 0.1 * age - 0.1 * row
            if shared >= 0.5 and (best is None or score > best.score):
                best = _Found(value, score)
    return best.value if best is not None else None


def _fits(meaning: Meaning, value: Json) -> bool:
    if isinstance(value, bool):
        return meaning.type == "boolean"
    if meaning.enum:
        return value in meaning.enum
    if meaning.type in ("integer", "float"):
        return isinstance(value, int | float) and (meaning.type == "float" or float(value).is_integer())
    if meaning.format:
        return isinstance(value, str) and bool(re.match(r"\d{4}-\d{2}-\d{2}", value))
    return isinstance(value, str) and meaning.type == "string"
