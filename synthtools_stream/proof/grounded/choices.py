"""Choices: a boolean or a value of a closed set that words of the user imply without being it.

A judge decides whether they do. Code sees to what it can: the words speak of this parameter, they are affirmed or
denied as the value says, and the turn names no other member of the set.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from synthtools_stream.proof.grounded.grounds import Grounds, leaf_name, parameter_of_leaf
from synthtools_stream.proof.grounded.labels import alike
from synthtools_stream.proof.worded.word_stems import name_stems, stem, stems_of
from synthtools_stream.records.tool import Parameter
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["choice_problem", "closed_set", "may_be_choice"]

_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE_END = re.compile(r"[,.;:?!()\n]")
_DENIED = re.compile(r"\b(?:no|not|never|none|nor|neither|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_LACKING = re.compile(
    r"\b(?:off|out|skip\w*|omit\w*|exclud\w+|except|stop\w*|remov\w+|cancel\w*|disabl\w+|drop\w*|lack\w*|free of"
    r"|avoid\w*|instead of|rather than|withdraw\w*|leave|forbid\w*|unless|un(?!der|til|i)[a-z]{3,}|non-?[a-z]+)\b",
    re.IGNORECASE,
)
"""Words that may deny without a plain `not`."""
_DENYING_NAMES = frozenset(
    map(
        stem,
        (
            "no",
            "not",
            "non",
            "never",
            "without",
            "exclude",
            "excluding",
            "skip",
            "omit",
            "ignore",
            "disable",
            "hide",
            "avoid",
        ),
    )
)
"""Words in a parameter's name that turn it round: `exclude_cancelled` is true where cancelled ones are not wanted."""
_HOLLOW = frozenset(
    map(
        stem,
        ("is", "has", "have", "are", "be", "new", "only", "include", "any", "all", "whether", "id", "a", "an", "the"),
    )
)
"""Stems in names that say nothing of what the parameter is about."""
_BEFORE = 4
"""Words before a quote that may deny it: `please do not ever` send a reminder."""


def closed_set(pointer: str, parameter: Parameter | None) -> list[Json]:
    """Return the values that an argument may have, where they are listed; else none."""
    leaf = parameter_of_leaf(pointer, parameter)
    return (leaf.enum if leaf is not None else None) or (parameter.enum if parameter is not None else None) or []


def may_be_choice(value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None) -> bool:
    """Say whether a value is a boolean, or a text of a closed set that selects no entity."""
    if isinstance(value, bool):
        return True
    return bool(closed_set(pointer, parameter)) and isinstance(value, str) and not grounds.is_entity(value)


def choice_problem(
    value: Json,
    pointer: str,
    quote: str,
    turn: str,
    parameter: Parameter | None,
    other_quotes: Collection[str] = (),
    tool_stems: frozenset[str] = frozenset(),
) -> str | None:
    """Return why words of a turn cannot imply a value, or None where a judge may think so.

    `other_quotes` are those that other arguments of the call rest on, `tool_stems` the words of the whole tool: they
    tell nothing of one parameter.
    """
    name = leaf_name(pointer)
    wanted = frozenset(name_stems(name))
    if isinstance(value, bool):
        leaf = parameter_of_leaf(pointer, parameter)
        wanted |= stems_of(leaf.description if leaf is not None else "") - tool_stems
        return _polarity_problem(value, name, quote, turn) or _silence(wanted, name, quote)
    rest = turn
    for other in sorted(other_quotes, key=len, reverse=True):
        if other != quote:
            rest = rest.replace(other, " , ")
    for member in closed_set(pointer, parameter):
        words = str(member).replace("_", " ")
        if member != value and any(holds_word(text, words) or holds_word(text, str(member)) for text in (quote, rest)):
            return f"its quote is for '{value}', and the turn says '{words}'"
    words = str(value).replace("_", " ")
    return _silence(wanted.union(name_stems(words)), f"{name}' or '{words}", quote)


def _silence(wanted: frozenset[str], name: str, quote: str) -> str | None:
    """Tell a quote that speaks of something else, by the stems of the parameter and its value that it lacks."""
    spoken = {stem(word[0]) for word in _WORD.finditer(quote)}
    if any(alike(ours, theirs) for ours in wanted - _HOLLOW for theirs in spoken):
        return None
    return f"its quote '{quote[:60]}' has no word of '{name.replace('_', ' ')}': say it so"


def _polarity_problem(value: bool, name: str, quote: str, turn: str) -> str | None:
    stems = frozenset(name_stems(name))
    turned = not _DENYING_NAMES.isdisjoint(stems)
    denied = len(_DENIED.findall(_clause(turn, quote))) % 2 == 1
    lacking = any(stem(found[0]) not in stems - _DENYING_NAMES for found in _LACKING.finditer(quote))
    if value is not turned:  # affirmed, unless the name turns it round
        return f"its quote '{quote[:60]}' is denied, the value affirms" if denied and not lacking else None
    if denied or lacking:
        return None
    return f"its quote '{quote[:60]}' affirms, the value denies: say it with a plain 'not' or 'no'"


def _clause(turn: str, quote: str) -> str:
    """Return a quote with the words right before it, as far as its clause goes."""
    start = turn.find(quote)
    if start < 0:
        return quote
    before = _CLAUSE_END.split(turn[:start])[-1].split()[-_BEFORE:]
    return " ".join([*before, quote])
