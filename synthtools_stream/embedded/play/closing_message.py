"""The closing message: what was done, and the values that came back, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.prose import content, stems, words
from synthtools_stream.values.jsontypes import Json

__all__ = ["closing_message"]

_LONGEST = 1180
"""Characters of a closing message: the agent's schema takes 1,200."""
_MOST_ROWS = 5
"""Rows of a list that are told of: further ones would crowd out what was asked for."""


def closing_message(request: str, past: Sequence[Past]) -> str:
    """Return the final message of an attempt; values that the request speaks of come first."""
    heard = set(content(request))
    good = [step for step in past if step.status < 400]
    bad = [step for step in past if step.status >= 400]
    parts = [f"That did not work: {step.error or 'the request was refused'}." for step in bad]
    facts = [fact for step in good for fact in _facts(step.response, "")]
    asked = [fact for fact in facts if set(stems(fact[0])) & heard]
    rest = [fact for fact in facts if fact not in asked]
    told = dict.fromkeys(f"{words(key)} {_shown(value)}" for key, value in [*asked, *rest])
    if not past:
        return "I could not find anything to do for this request."
    lead = "Done." if good else "I could not do what you asked."
    return _joined([lead, *parts], list(told))


def _joined(lead: list[str], facts: list[str]) -> str:
    text = " ".join(lead)[:_LONGEST]
    kept: list[str] = []
    size = len(text) + 20
    for fact in facts:
        if size + len(fact) + 2 > _LONGEST:
            break
        kept.append(fact)
        size += len(fact) + 2
    return f"{text} Details: {'; '.join(kept)}." if kept else text


def _facts(value: Json, key: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _facts(inner, name)
    elif isinstance(value, list):
        yield from ((key, item) for item in value if not isinstance(item, dict | list))
        for inner in [item for item in value if isinstance(item, dict | list)][:_MOST_ROWS]:
            yield from _facts(inner, key)
    elif value is not None:
        yield key, value


def _shown(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
