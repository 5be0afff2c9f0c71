"""Where a request can be altered: its sentences, the quotes of arguments, and what else the world has to offer."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from synthtools_stream.records import Provenance, ProvenanceKind, Step, Task
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json

__all__ = [
    "enums",
    "is_day",
    "is_number",
    "is_text",
    "leading",
    "once",
    "quotes",
    "quotes_of",
    "sentences",
    "shuffled",
    "siblings",
    "unquoted",
    "wishes_of",
]

T = TypeVar("T")

_QUOTED = re.compile(r"\"[^\"]*\"")
_SENTENCE = re.compile(r"(?:\"[^\"]*\"|[^.!?\"]|[.!?](?!\s|$))+[.!?]*\s*")
_JOINT = re.compile(r"(?<=\s)(?:and )?(?:then|after that|after which)\b(?!,? (?:tell|report|let me|give me))", re.I)
"""Where a sentence goes on with another wish."""
_LEAD = re.compile(
    r"(?:(?:and )?(?:first(?: of all)?|to (?:begin|start) with|for a start|before anything else|then|next|afterwards|"
    r"after (?:that|which)|following that|(?:once|as soon as) that is done|with that done|when you are done with that|"
    r"from there|in addition|besides|also|at the end|in the end|last(?:ly| of all)|as the last thing|to finish|"
    r"finally)\b,? ?(?:please,? )?)?",
    re.I,
)
_LONGEST_VALUE = 12
"""Characters of a text that may be a state or a name; a longer one is wording."""


def sentences(text: str) -> list[str]:
    """Return a text sentence by sentence, and wish by wish where one sentence joins several; none of it is lost."""
    ends = [found.end() for found in _SENTENCE.finditer(text)]
    joints = [found.start() for found in _JOINT.finditer(unquoted(text))]
    edges = sorted({0, *ends, *joints, len(text)})
    return [text[start:end] for start, end in pairwise(edges)]


def leading(sentence: str) -> tuple[str, str]:
    """Return the words that place a sentence in an order, such as `Then, `, and the rest."""
    found = _LEAD.match(sentence)
    end = found.end() if found else 0
    return sentence[:end], sentence[end:]


def unquoted(text: str) -> str:
    """Return a text of the same length in which nothing stands in quotation marks."""
    return _QUOTED.sub(lambda quote: " " * len(quote[0]), text)


def wishes_of(task: Task) -> list[int]:
    """Return the places of the sentences that wish for something: of each step the one with most of its words."""
    found: list[int] = []
    parts = sentences(task.summary)
    for step in task.steps:
        said = [quote for quote, _ in quotes_of(step)]
        words = set(re.findall(r"\w+", step.turn.casefold()))
        weights = [
            10 * sum(quote in part for quote in said) + len(words & set(re.findall(r"\w+", part.casefold())))
            for part in parts
        ]
        if weights:
            found.append(weights.index(max(weights)))
    return found if len(set(found)) == len(found) else []


def once(text: str, words: str, other: str, *, last: bool = False) -> str | None:
    """Replace words once, as whole ones; None where they do not stand there, or nothing changes."""
    found = [*re.finditer(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text)]
    if not found or words == other:
        return None
    at = found[-1 if last else 0]
    return f"{text[: at.start()]}{other}{text[at.end() :]}"


def quotes(task: Task) -> list[tuple[str, Json]]:
    """Return each quote of the user's with the argument that rests on it."""
    return [pair for step in task.steps for pair in quotes_of(step)]


def quotes_of(step: Step) -> Iterator[tuple[str, Json]]:
    """Yield the same of one step."""
    arguments = parse_call(step.call).arguments
    for pointer, entry in step.provenance.items():
        if entry.quote and _is_said(entry):
            yield entry.quote, resolve(arguments, pointer)


def _is_said(entry: Provenance) -> bool:
    return entry.kind in (ProvenanceKind.user, ProvenanceKind.choice)


def siblings(task: Task, value: Json) -> list[str]:
    """Return the other ids of the collection that an id is of; empty if it is none."""
    for name, entities in (task.initial_state or {}).items():
        if name != CLOCK and isinstance(entities, dict) and value in entities:
            return [other for other in entities if other != value]
    return []


def enums(task: Task) -> list[list[str]]:
    """Return the closed sets of values of the parameters."""
    return [
        [str(value) for value in parameter.enum]
        for tool in task.tools
        for parameter in tool.parameters.values()
        if parameter.enum
    ]


def is_number(value: Json) -> bool:
    """Whether a value is one that can be counted or measured."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_day(value: Json) -> bool:
    """Whether a value is a date."""
    return isinstance(value, str) and bool(re.match(r"\d{4}-\d{2}-\d{2}\Z", value))


def is_text(value: Json) -> bool:
    """Whether a value is wording of some length."""
    return isinstance(value, str) and len(value) > _LONGEST_VALUE and " " in value


def shuffled(items: Sequence[T], rng: random.Random) -> list[T]:
    """Return the items in another order."""
    return rng.sample([*items], len(items))
