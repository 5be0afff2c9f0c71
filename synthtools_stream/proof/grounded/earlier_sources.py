"""What is not said in a call's own turn is referred to there: "it", "those", "that booking", "the same date".

A caller takes such words for what was spoken of last. So nothing of the same sort may stand in the turn unused, and
between source and call nothing else of it may have come up, unless the turn tells one from another ("the first", "the
other").
"""

from __future__ import annotations

import re

from synthtools_stream.proof.grounded.labels import distance, is_heard, label_of
from synthtools_stream.proof.grounded.spoken_call import SpokenArgument, SpokenCall
from synthtools_stream.records.task import ProvenanceKind
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["reference_problem", "tells_apart"]

_POINTING = re.compile(
    r"\b(?:it|its|itself|that|those|these|this|them|they|their|theirs|same|him|her|his|hers|she|he|there|one|ones|both|all"
    r"|first|second|third|fourth|fifth|last|former|latter|previous|earlier|again|such|new|said|just|so|above|you"
    r"|usual|usually|normal|normally|regular|preferred|favourite|standard|default|always)\b",
    re.IGNORECASE,
)
"""Words that point to what came up before."""
_TELLING_APART = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|former|latter|previous|earlier|original|other|initial|whose)\b",
    re.IGNORECASE,
)
"""Words that tell one of several from the others."""
_MADE = re.compile(
    r"\b(?:that|the|this|your|our|my|its) new\b|\bjust \w+(?:ed|de|t)\b|\byou (?:created|made|added)\b", re.IGNORECASE
)
"""Words for what a step made: the user knows no id of it."""
_LISTED = re.compile(
    r"\b(?:of|in|among|from) (?:those|these|them|that list|the list|the results?)\b|\byou (?:found|listed|showed)\b"
    r"|\b(?:on|at) (?:the )?top\b",
    re.IGNORECASE,
)
"""Words for what a response listed."""

_BESIDE = 1
"""Words between such words and the noun that they belong to: the new care contract."""


def reference_problem(argument: SpokenArgument, call: SpokenCall) -> str | None:
    """Return why the call's turn does not refer to what an earlier turn or response said, if it does not."""
    source = _source(argument, call)
    if source is None:
        return None
    sort = argument.sort
    rival = _rival_in_turn(sort, call)
    if rival is not None:
        return f"the turn says '{rival}', and the call has {str(argument.value)[:60]!r} of step {source}"
    if not _is_pointed_at(argument, call):
        return f"the turn does not refer to {str(argument.value)[:60]!r}: say it, or point to it"
    if sort[0] != "id":
        return None
    if argument.proof.kind is ProvenanceKind.user and (words := _told_by_a_step(argument, call)):
        return f"'{words}' is what a step made or found: ground it in that step's response"
    later = _later_rival(argument, source, call)
    if later is not None:
        return f"the turn points to what was spoken of last, which is '{later}', and not {argument.value!r}"
    return None


def tells_apart(text: str) -> bool:
    """Say whether a text has words that tell one of several from the others."""
    return _TELLING_APART.search(text) is not None


def _source(argument: SpokenArgument, call: SpokenCall) -> int | None:
    """Return the step that a value was taken from, where it is not the call's own turn."""
    proof = argument.proof
    if proof.kind in (ProvenanceKind.user, ProvenanceKind.choice) and proof.turn != call.own:
        return proof.turn
    return proof.step if proof.kind is ProvenanceKind.response else None


def _is_pointed_at(argument: SpokenArgument, call: SpokenCall) -> bool:
    words = call.reading.rest
    if _POINTING.search(words):
        return True
    keys = [key for key in (argument.proof.pointer or "").split("/") if key and not key.isdigit()]
    label = label_of(argument.name) | (label_of(keys[-1]) if keys else frozenset())
    return is_heard(label, call.reading)


def _rival_in_turn(sort: tuple[str, ...], call: SpokenCall) -> str | None:
    text = call.reading.text
    if sort[0] == "number":
        rivals = call.free_numbers
    elif sort[0] == "date":
        rivals = call.free_dates
    elif sort[0] == "id":
        rivals = [mention for mention in call.free_ids if mention.value.startswith(sort[1])]
    else:
        return None
    return text[rivals[0].start : rivals[0].end] if rivals else None


def _told_by_a_step(argument: SpokenArgument, call: SpokenCall) -> str | None:
    """Return the words for what a step made or found, beside the argument's label or where nothing else is that."""
    others = any(other.proof.kind is ProvenanceKind.response for other in call.arguments if other is not argument)
    for words in (_MADE, _LISTED):
        for found in words.finditer(call.reading.rest):
            gap = distance(label_of(argument.name), call.reading, found.start(), found.end())
            if not others or (gap is not None and gap <= _BESIDE):
                return found[0]
    return None


def _later_rival(argument: SpokenArgument, source: int, call: SpokenCall) -> str | None:
    """Return what of the same sort turns spoke of since, where the call's turn tells none apart."""
    rest = call.reading.rest
    if tells_apart(rest) or _MADE.search(rest) or _is_described(argument, call) or _is_of_named(argument, call):
        return None
    prefix = argument.sort[1]
    first = source if argument.proof.kind is ProvenanceKind.user else source + 1
    for turn in range(call.own - 1, first - 1, -1):  # what was spoken of last is meant
        spoken = [mention.value for mention in call.read(turn).of("id") if mention.value.startswith(prefix)]
        if spoken:
            return next((other for other in spoken if other != argument.value), None)
    return None


def _is_of_named(argument: SpokenArgument, call: SpokenCall) -> bool:
    """Say whether the turn names the thing that has the value: the berth of port call PC-1042."""
    row = call.row_of(argument.proof)
    return row is not None and row.id in {mention.value for mention in call.reading.of("id")}


def _is_described(argument: SpokenArgument, call: SpokenCall) -> bool:
    """Say whether the turn names what the entity holds: the Alba booking."""
    entity = call.grounds.entity(argument.value)
    used = {str(other.value) for other in call.arguments}
    return any(
        isinstance(value, str) and len(value) > 2 and value not in used and holds_word(call.reading.text, value)
        for value in leaf_values(entity)
    )
