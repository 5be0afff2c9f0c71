"""Formulas, as far as words go: a result rests on distinct sources that the turn puts together.

A number and another number always have a sum. That the user means it is said: "twice", "three days after", "together".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from synthtools_stream.proof.grounded.spoken_call import SpokenArgument, SpokenCall, spans_of
from synthtools_stream.proof.grounded.spoken_inputs import SPOKEN_FORMS
from synthtools_stream.records.task import CONVERTED, Provenance, ProvenanceKind
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import is_date

__all__ = ["derivation_problem"]

_BINDING: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        formula: re.compile(words, re.IGNORECASE)
        for formula, words in {
            "sum": r"\b(?:plus|both|together|altogether|combined|in all|sum|in total|on top|added? to|extra"
            r"|(?<!or )more)\b|\+",
            "difference": r"\b(?:(?<!or )(?:less|fewer)(?! than \d)|minus|lower\w*|reduc\w+|shorter|difference|short of"
            r"|cut\w*|decreas\w+|remain\w*|left|subtract\w*|deduct\w*|off|without)\b",
            "product": r"\b(?:twice|doubled?|thrice|triple\w*|times|each|every|per|apiece|a piece|multipl\w+"
            r"|as many|half|halved?|quarters?)\b|[x×*]",
            "percent_of": r"%|\bper ?cent(?:age)?\b|\bpct\b",
            "min": r"\b(?:min\w*|lowest|smaller|smallest|least|less|lesser|earlie\w+|sooner|soonest|cheap\w+"
            r"|shorte\w+|lower|lighte\w+|fewest)\b",
            "max": r"\b(?:max\w*|highest|higher|larger|largest|most|bigge\w+|greater|greatest|late\w+|longe\w+|heavi\w+"
            r"|dearest)\b",
            "add_days": r"\b(?:days?|nights?|weeks?|fortnights?)\b",
            "subtract_days": r"\b(?:before|earlier|sooner|prior to|preceding|ahead of|bring \w+ forward|in advance)\b",
            CONVERTED: r"",
            "count": r"\b(?:how many|number of|count\w*|as many|many|total|all)\b",
        }.items()
    }
)
"""The words by which a turn puts the inputs of a formula together; an amount in another unit is said as it is."""
_DAYS_AFTER = re.compile(
    r"[ -](?:(?:calendar|working|business|more|full|further|extra) )?(?:days?|nights?)\b", re.IGNORECASE
)
_DATED = ("add_days", "subtract_days")
_BACK = re.compile(
    r"[ -](?:(?:calendar|working|business|more|full|further|extra) )?(?:(?:days?|nights?) )?"
    r"(?:before|earlier|sooner|prior to|preceding|ahead of|in advance)\b",
    re.IGNORECASE,
)
"""Words right behind a number of days that count them backwards."""
_DURATION = re.compile(
    r"(?:^|_)(?:days?|nights?|duration|period|lead|notice|grace|interval|term|validity|transit|turnaround|stay)(?:_|$)"
)
"""Names of attributes that tell for how many days something lasts."""
_REACH = 60
"""Characters around the inputs in which the words that bind them stand: a clause or so."""


def derivation_problem(argument: SpokenArgument, call: SpokenCall) -> str | None:
    """Return why what a formula is given is not what the turn means, if it is not."""
    proof = argument.proof
    inputs = proof.inputs or []
    problem = _twice(inputs, call)
    if problem is not None:
        return problem
    if proof.formula in _DATED:
        problem = _days_problem(argument, call)
        if problem is not None:
            return problem
    pairs = [*zip(inputs, proof.values or (), strict=False)]
    if not _is_bound(proof, [pair for pair in pairs if pair[0].kind is ProvenanceKind.user], call):
        return f"no words of the turn put its inputs together by '{proof.formula}': say it, or say the value itself"
    return None


def _twice(inputs: list[Provenance], call: SpokenCall) -> str | None:
    """A source counts once, and a quote as often as it stands in its turn."""
    for part in inputs:
        times = inputs.count(part)
        if times == 1:
            continue
        there = 1
        if part.kind is ProvenanceKind.user and part.turn is not None:
            there = call.grounds.turns[part.turn].count(part.quote or "")
        if times > there:
            return f"its inputs use '{part.quote or part.pointer}' {times} times: each must be a source of its own"
    return None


def _days_problem(argument: SpokenArgument, call: SpokenCall) -> str | None:
    pairs = list(zip(argument.proof.inputs or (), argument.proof.values or (), strict=False))
    if not pairs or not is_date(pairs[0][1]):
        return f"{argument.proof.formula} takes a date and a number of days"
    for part, value in pairs[1:]:
        if part.kind is ProvenanceKind.response:
            keys = [key for key in (part.pointer or "").split("/") if key and not key.isdigit()]
            if not keys or not _DURATION.search(keys[-1]):
                return f"'{part.pointer}' tells no number of days"
        elif part.normaliser != SPOKEN_FORMS["add_days"] and not _are_days(part, value, call):
            return f"'{part.quote}' is not said as a number of days"
        elif argument.proof.formula == "add_days" and _is_back(part, value, call):
            return f"'{part.quote}' is counted backwards there: that is subtract_days"
    return None


def _is_back(part: Provenance, value: Json, call: SpokenCall) -> bool:
    text = call.grounds.turns[part.turn or 0]
    return any(_BACK.match(text, span.end) for span in spans_of(value, part, call))


def _are_days(part: Provenance, value: Json, call: SpokenCall) -> bool:
    text = call.grounds.turns[part.turn or 0]
    return any(_DAYS_AFTER.match(text, span.end) for span in spans_of(value, part, call))


def _is_bound(proof: Provenance, said: list[tuple[Provenance, Json]], call: SpokenCall) -> bool:
    words = _BINDING.get(proof.formula or "")
    return words is not None and any(words.search(text) for text in _around(said, call))


def _around(said: list[tuple[Provenance, Json]], call: SpokenCall) -> Iterator[str]:
    """Yield the stretch of each turn that holds inputs, and the call's own turn where they stand in earlier ones."""
    turns = {part.turn for part, _ in said if part.turn is not None}
    for turn in turns:
        text = call.grounds.turns[turn]
        spans = [span for part, value in said if part.turn == turn for span in spans_of(value, part, call)]
        if spans:
            yield text[max(0, min(span.start for span in spans) - _REACH) : max(span.end for span in spans) + _REACH]
    if call.own not in turns:
        yield call.grounds.turn
