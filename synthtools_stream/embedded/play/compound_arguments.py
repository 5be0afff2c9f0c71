"""Fill parameters that take more than one value: lists, objects, and lists of objects.

Their values stand in one run after the words for the parameter (`with the extras 2 x "delivery" and 1 x "parking"`),
held together by nothing but joining words and the names of the parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from synthtools_stream.embedded.english import stem, tokens
from synthtools_stream.embedded.play.said_values import Said, SaidKind
from synthtools_stream.embedded.prose import content
from synthtools_stream.embedded.read import Meaning, Part
from synthtools_stream.values.jsontypes import Json

__all__ = ["take_compound"]

_HEAD = re.compile(r"\b(?:of|for|that|each|with|in)\b|[,:;.(]", re.I)
_JOINTS = frozenset(
    tokens("a an and at by each for from in is its of on one or per plus the their to with x times as set these this")
)
_LONGEST_GAP = 40
"""Characters between two values of one list: what stands further apart was said of something else."""
_UNIT = re.compile(r"^ ?(?!and\b|for\b|with\b|of\b|on\b|x\b)[A-Za-z%°/]{1,5}\d?\b")


def take_compound(meaning: Meaning, turn: str, said: Sequence[Said]) -> tuple[Json, list[Said]] | None:
    """Return the value that the turn gives a parameter, and the words it was made of; None where there is none."""
    for start in _cues(meaning, turn, said):
        run = _run(meaning, turn, start, said)
        made = _made(meaning, turn, run)
        if made is not None:
            return made
    return None


def _cues(meaning: Meaning, turn: str, said: Sequence[Said]) -> Iterator[int]:
    """Yield where the words for the parameter end, outside of quotes."""
    first = _HEAD.split(re.sub(r"^(?:new|the) ", "", meaning.description, flags=re.I))[0]
    wanted = [word for word in content(first) if word] or list(content(meaning.parameter))
    for match in re.finditer(r"[A-Za-z]+", turn):
        inside = any(value.start <= match.start() < value.end for value in said)
        if not inside and wanted and stem(match[0].lower()) == wanted[-1]:
            yield match.end()


def _run(meaning: Meaning, turn: str, start: int, said: Sequence[Said]) -> list[Said]:
    joints = _JOINTS | {word for part in meaning.parts for word in tokens(f"{part.name} {part.unit}")}
    joints |= set(tokens(meaning.parameter))
    run: list[Said] = []
    end = start
    for value in sorted(said, key=lambda value: value.start):
        if value.start < start:
            continue
        gap = turn[end : value.start]
        if run and run[-1].kind is SaidKind.number:
            gap = _UNIT.sub("", gap)
        if len(gap) > _LONGEST_GAP or re.search(r"[.?!]\s", gap) or not set(tokens(gap)) <= joints:
            break
        run.append(value)
        end = value.end
    return run


def _made(meaning: Meaning, turn: str, run: Sequence[Said]) -> tuple[Json, list[Said]] | None:
    if not run:
        return None
    parts = meaning.parts
    if meaning.type == "object":
        row = _row(parts, turn, run[: len(parts)])
        return (row, list(run[: len(parts)])) if row is not None else None
    if not parts or not parts[0].name:
        whole = parts[0] if parts else Part("", "string")
        fitting = [value for value in run if _fits(whole, value)]
        return ([value.as_type(whole.type, whole.format) for value in fitting], fitting) if fitting else None
    rows: list[Json] = []
    used: list[Said] = []
    for at in range(0, len(run) - len(parts) + 1, len(parts)):
        row = _row(parts, turn, run[at : at + len(parts)])
        if row is None:
            break
        rows.append(row)
        used += run[at : at + len(parts)]
    return (rows, used) if rows else None


def _row(parts: Sequence[Part], turn: str, values: Sequence[Said]) -> dict[str, Json] | None:
    """Give each part a value of its type: one that its name stands before, else the first that is left."""
    left = list(values)
    row: dict[str, Json] = {}
    for part in parts:
        fitting = [value for value in left if _fits(part, value)]
        named = [value for value in fitting if _named(part, turn, value)]
        if not fitting:
            return None
        chosen = (named or fitting)[0]
        left.remove(chosen)
        row[part.name] = chosen.as_type(part.type, part.format)
    return row


def _named(part: Part, turn: str, value: Said) -> bool:
    before = content(turn[max(0, value.start - 24) : value.start])
    return bool(before) and before[-1] in content(part.name)


def _fits(part: Part, value: Said) -> bool:
    match part.type:
        case "integer":
            return value.kind is SaidKind.number and "." not in value.value
        case "float":
            return value.kind is SaidKind.number
        case _ if part.format:
            return value.kind is SaidKind.moment
        case _:
            return value.kind in (SaidKind.quoted, SaidKind.id)
