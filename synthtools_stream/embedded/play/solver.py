"""Find the one call that serves a user's turn, from tools and dialogue alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.argument_fill import Filling, fill
from synthtools_stream.embedded.play.dialogue_recall import Past, past_turns
from synthtools_stream.embedded.play.tool_choice import ranked
from synthtools_stream.embedded.prose import content, stems
from synthtools_stream.embedded.read import Meaning, MeaningKind, ToolReading, broken_rules, read_tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Solution", "find_call", "solve"]


@dataclass(frozen=True)
class Solution:
    """The call found."""

    tool_name: str
    arguments: JsonObject
    reading: ToolReading | None = None
    score: float = 0.0
    """How well the words fit, the fit of the values left out."""


def solve(job: Job) -> JsonObject:
    """Answer a solver request."""
    past = past_turns(job.objects("dialogue"))
    found = find_call(job.objects("tools"), job.text("user_turn"), past, job.text("now"))
    return {
        "reasoning": "The turn's words fit this tool best, and its values go where their cues point.",
        "tool_name": found.tool_name,
        "arguments": found.arguments,
    }


def find_call(tools: Sequence[JsonObject], turn: str, past: Sequence[Past], now: str) -> Solution:
    """Return the call that serves `turn`."""
    readings = [read_tool(tool, [], None) for tool in tools]
    if not readings:
        return Solution("", {})
    fillings = [fill(reading, turn, past, now) for reading in readings]
    usages = [str(tool.get("usage") or "") for tool in tools]
    bonus = [_fit(reading, filling) for reading, filling in zip(readings, fillings, strict=True)]
    order = ranked(turn, list(zip(readings, usages, strict=True)), bonus)
    best = order[0].place
    arguments = _complete(readings[best], fillings[best], turn, past)
    return Solution(readings[best].name, arguments, readings[best], order[0].score - bonus[best])


def _fit(reading: ToolReading, filling: Filling) -> float:
    """Values that no parameter takes, parameters without a value and broken rules speak against a tool."""
    given = sum(meaning.parameter in filling.arguments for meaning in reading.meanings)
    broken = len(broken_rules(reading, filling.arguments, None))
    spare = 0.9 * filling.unused + 0.8 * filling.misfit + 0.8 * filling.recalled
    return 0.25 * min(given, 4) + 0.6 * filling.nouns - 1.1 * len(filling.missing) - spare - 0.8 * broken


def _complete(reading: ToolReading, filling: Filling, turn: str, past: Sequence[Past]) -> JsonObject:
    """Give required parameters that nothing was found for the likeliest value there is."""
    arguments = dict(filling.arguments)
    for name in filling.missing:
        meaning = reading.meaning(name)
        if meaning is not None:
            arguments[name] = _guess(meaning, turn, past)
    order = [meaning.parameter for meaning in reading.meanings]
    return {name: arguments[name] for name in order if name in arguments}


def _guess(meaning: Meaning, turn: str, past: Sequence[Past]) -> Json:
    if meaning.default is not None:
        return meaning.default
    if meaning.enum:
        return meaning.enum[0]
    if meaning.type in ("integer", "float"):
        return int(meaning.low or 1) if meaning.type == "integer" else float(meaning.low or 1.0)
    if meaning.type == "boolean":
        return False
    if meaning.type in ("array", "object"):
        return [] if meaning.type == "array" else {}
    if meaning.kind is MeaningKind.text:
        return _worded(meaning, turn, past)
    return "unknown"


def _worded(meaning: Meaning, turn: str, past: Sequence[Past]) -> str:
    """Word a message: what the turn says after a colon or `saying`, else the facts it speaks of."""
    said = re.search(r"\b(?:saying|that says|which says|reads?)(?: that)?[: ]+(?P<text>.+)$|: (?P<text2>.+)$", turn)
    if said is not None:
        text = said["text"] or said["text2"]
    else:
        heard = set(content(turn))
        told = [(key, value) for key, value in _facts(past) if not key.endswith("id") and set(_senses(key)) & heard]
        first = dict(reversed(told))
        facts = [f"{key.replace('_', ' ')} {value}" for key, value in reversed(first.items())]
        text = "; ".join(dict.fromkeys(facts)) or turn.strip()
        text = f"{text[0].upper()}{text[1:]}" if text else "-"
    return text[: meaning.max_length or 160].strip()


_MEANT = {"eta": ("arrival", "arriv"), "etd": ("departur", "depart"), "qty": ("quantiti",)}
"""Stems of what short keys stand for."""


def _senses(key: str) -> tuple[str, ...]:
    """Return the stems that people use for a key."""
    own = stems(key)
    return (*own, *(sense for word in own for sense in _MEANT.get(word, ())))


def _facts(past: Sequence[Past]) -> list[tuple[str, Json]]:
    facts: list[tuple[str, Json]] = []
    for step in reversed(past):
        for key, value in step.response.items():
            inner = value[0] if isinstance(value, list) and value else value
            pairs = list(inner.items()) if isinstance(inner, dict) else [(key, value)]
            facts += [(name, item) for name, item in pairs if isinstance(item, str | int | float)]
    return facts
