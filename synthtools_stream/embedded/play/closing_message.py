"""The closing message: what was asked for, each value in a sentence with what it is; and the same values by slot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from synthtools_stream.embedded.play.asked_outputs import Told, asked_outputs, tellable_outputs
from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.prose import capital, content, words
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["closing_message", "told_by_slot"]

_LONGEST = 1180
"""Characters of a closing message: the agent's schema takes 1,200."""
_BARE = re.compile(r"[\w.:/+-]+(?: [a-z]\w*)?")
"""Values that need no quotation marks."""


def closing_message(clauses: Sequence[str], past: Sequence[Past], slots: JsonObject) -> str:
    """Return the final message of an attempt; `clauses` are the request's, one a call.

    Where `slots` say what is asked for, that is told, else what the clauses seem to ask for.
    """
    if not past:
        return "I could not find anything to do for this request."
    told = [*told_by_slot(clauses, past, slots).values()] if slots else _asked(clauses, past)
    bad = [f"That did not work: {step.error or 'the request was refused'}." for step in _failed(past)]
    lead = "Done." if any(step.status < 400 for step in past) else "I could not do what you asked."
    text = " ".join([lead, *bad])[:_LONGEST]
    for sentence in dict.fromkeys(map(_sentence, told)):
        if len(text) + len(sentence) < _LONGEST:
            text = f"{text} {sentence}"
    return text


def _failed(past: Sequence[Past]) -> list[Past]:
    """Return the calls that came to nothing, those aside that the very next one, made once more, set right."""
    retried = (later.call == step.call and later.status < 400 for step, later in pairwise(past))
    return [step for step, again in zip_longest(past, retried) if step.status >= 400 and not again]


def told_by_slot(clauses: Sequence[str], past: Sequence[Past], slots: JsonObject) -> dict[str, Told]:
    """Return the value of each slot that the calls brought."""
    asked = _asked(clauses, past)
    others = [told for step, made in enumerate(past) if made.status < 400 for told in tellable_outputs(step, made)]
    found: dict[str, Told] = {}
    for slot, meaning in slots.items():
        free = [told for told in dict.fromkeys([*asked, *others]) if told not in found.values() and _fits(slot, told)]
        if free:
            found[slot] = max(free, key=lambda told: _likeness(slot, str(meaning), told, clauses, past))
    return found


def _asked(clauses: Sequence[str], past: Sequence[Past]) -> list[Told]:
    return [
        told
        for step, (made, clause) in enumerate(zip_longest(past, clauses[: len(past)], fillvalue=""))
        if isinstance(made, Past) and made.status < 400
        for told in asked_outputs(step, clause, made)
    ]


def _fits(slot: str, told: Told) -> bool:
    """`status`, `status_2` and `status_of_BK-2041` are for a status."""
    return re.fullmatch(rf"{re.escape(told.key)}(?:_\d+|_of_.+)?", slot) is not None


def _likeness(slot: str, meaning: str, told: Told, clauses: Sequence[str], past: Sequence[Past]) -> float:
    """Say how well a value is what a slot is for: by the entity in its name, then by the words that ask for it."""
    entity = slot.partition("_of_")[2]
    named = bool(entity) and f"'{entity}'" in past[told.step].call
    wording = set(content(meaning.partition("asked for in:")[2]))
    clause = set(content(clauses[told.step])) if told.step < len(clauses) else set[str]()
    return named + len(wording & clause) / max(1, len(wording | clause))


def _sentence(told: Told) -> str:
    """Say one value with its label and, where that is no other value of its kind, whose it is."""
    label, value = words(told.key), told.value
    whose = f"{told.noun} {told.entity}".strip() if told.entity else ""
    if isinstance(value, bool):
        return f"{'Yes' if value else 'No'}, {whose or 'it'} is {'' if value else 'not '}{label}."
    if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z0-9]*-\d+", value):
        whose = ""
    verb = "are" if label.endswith("s") and not label.endswith(("ss", "us", "is")) else "is"
    return capital(f"the {label}{f' of {whose}' if whose else ''} {verb} {_shown(value)}.")


def _shown(value: Json) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if not isinstance(value, str) or _BARE.fullmatch(value) else f'"{value}"'
