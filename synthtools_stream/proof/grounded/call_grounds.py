"""What only a whole call shows: that each value is the one its own words of the turn say.

A number said once is one argument's; of two values each stands nearest to its own label; what stands in the turn is not
passed over for what was said elsewhere. `labels` tells distances, `earlier_sources` what holds for other turns,
`derivations` for formulas, `choices` for what a judge reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from synthtools_stream.proof.grounded.carried_values import carried_problem
from synthtools_stream.proof.grounded.choices import choice_problem
from synthtools_stream.proof.grounded.derivations import derivation_problem
from synthtools_stream.proof.grounded.earlier_sources import reference_problem
from synthtools_stream.proof.grounded.grounds import Grounds, user_parts
from synthtools_stream.proof.grounded.labels import distance, label_of
from synthtools_stream.proof.grounded.spoken_call import Span, SpokenArgument, SpokenCall, is_number, spans_of
from synthtools_stream.proof.grounded.units import is_unit, unit_problem
from synthtools_stream.proof.worded.text_mentions import Mention
from synthtools_stream.records.task import Provenance, ProvenanceKind
from synthtools_stream.records.tool import Tool
from synthtools_stream.values.json_pointers import Leaf
from synthtools_stream.values.jsontypes import same_json

__all__ = ["call_problems"]

_MARGIN = 1
"""Words by which other words must lie nearer to be the ones that are meant: an article more or less tells nothing."""
_SHARING = re.compile(r"\b(?:both|each|same|either|every|all|equally|also|too|respectively|as well)\b", re.IGNORECASE)
"""Words that let a value count for several arguments."""
_GLUED = re.compile(r"\d([^\W\d_]+)\Z")
_ITEM = re.compile(r"(.*)/(\d+)(/.*)\Z")


def call_problems(
    arguments: Sequence[Leaf], tool: Tool, provenance: Mapping[str, Provenance], grounds: Grounds
) -> Iterator[tuple[str, str]]:
    """Yield (pointer, problem) of the arguments whose recorded provenance another reading of the turn contradicts.

    Arguments without a provenance are passed over: that they have none is told elsewhere.
    """
    call = SpokenCall.of(arguments, tool, provenance, grounds)
    for argument in call.arguments:
        problem = _problem(argument, call)
        if problem is not None:
            yield argument.pointer, problem
    if len(call.arguments) > 1:
        yield from _said_too_seldom(call)
        yield from _swapped(call)
        yield from _crossed_items(call)


def _problem(argument: SpokenArgument, call: SpokenCall) -> str | None:
    proof = argument.proof
    match proof.kind:
        case ProvenanceKind.choice:
            turn = call.grounds.turns[proof.turn or 0]
            others = [other.proof.quote for other in call.arguments if other is not argument and other.proof.quote]
            problem = choice_problem(
                argument.value, argument.pointer, proof.quote or "", turn, argument.parameter, others, call.tool_stems
            )
        case ProvenanceKind.derived:
            problem = derivation_problem(argument, call) or _own_problem(argument, call)
        case ProvenanceKind.default:
            problem = _said_otherwise(argument, call)
        case ProvenanceKind.user if proof.turn == call.own:
            problem = _own_problem(argument, call)
        case _:
            problem = None
    return (
        problem or _form_problem(argument, call) or reference_problem(argument, call) or carried_problem(argument, call)
    )


def _form_problem(argument: SpokenArgument, call: SpokenCall) -> str | None:
    """A number is said by itself, with no unit written onto it but one that there is."""
    for part in user_parts(argument.proof):
        glued = _GLUED.search(part.quote or "") if part.normaliser == "unit" else None
        if glued is not None and not is_unit(glued[1]):
            return f"'{part.quote}' is no number with a unit"
        if is_number(argument.value) and part.turn is not None and not spans_of(argument.value, part, call):
            return f"'{part.quote}' does not stand for a number there, but inside a text, an id, a date or a word"
    return None


def _own_problem(argument: SpokenArgument, call: SpokenCall) -> str | None:
    if argument.sort[0] not in ("number", "date") or not (spans := call.own_spans(argument)):
        return None
    text = call.grounds.turn
    if is_number(argument.value):
        problems = [unit_problem(text, span.end, argument.name, argument.leaf) for span in spans]
        if all(problems):
            return problems[0]
    rivals = call.free_numbers if is_number(argument.value) else call.free_dates
    if not rivals:
        return None
    label = label_of(argument.name)
    ours = _nearest(label, spans, call)
    theirs = _nearest(label, [Span(rival.start, rival.end) for rival in rivals], call)
    if ours is None or theirs is None:
        return f"the turn also says '{_text(rivals[0], call)}', which no argument is"
    if theirs + _MARGIN < ours:
        return f"'{_text(rivals[0], call)}' stands nearer to its words than '{_quote(argument, call)}'"
    return None


def _said_otherwise(argument: SpokenArgument, call: SpokenCall) -> str | None:
    """A default is for what nobody says."""
    if is_number(argument.value) and call.free_numbers:
        return f"the turn says '{_text(call.free_numbers[0], call)}', and the call has a default"
    return None


def _text(mention: Mention, call: SpokenCall) -> str:
    return call.grounds.turn[mention.start : mention.end]


def _quote(argument: SpokenArgument, call: SpokenCall) -> str:
    place = call.own_spans(argument)[0]
    return call.grounds.turn[place.start : place.end]


def _label(argument: SpokenArgument, call: SpokenCall) -> frozenset[str]:
    """Return the words for an argument that are no other argument's of its sort as well."""
    own = label_of(argument.name)
    others = [
        label_of(other.name) for other in call.arguments if other.sort == argument.sort and other.name != argument.name
    ]
    return own.difference(*others)


def _nearest(label: frozenset[str], spans: Sequence[Span], call: SpokenCall) -> float | None:
    found = (distance(label, call.reading, span.start, span.end) for span in spans)
    return min((gap for gap in found if gap is not None), default=None)


def _said_too_seldom(call: SpokenCall) -> Iterator[tuple[str, str]]:
    """A number that is said once is one argument's."""
    seen: list[SpokenArgument] = []
    for argument in call.arguments:
        if argument.sort != ("number",) or not call.own_spans(argument):
            continue
        same = [other for other in seen if same_json(other.value, argument.value)]
        places = {span for other in (*same, argument) for span in call.own_spans(other)}
        if len(same) + 1 > len(places) and not _SHARING.search(call.reading.rest):
            yield argument.pointer, f"'{_quote(argument, call)}' is said for {same[0].pointer[1:]} already"
        seen.append(argument)


def _swapped(call: SpokenCall) -> Iterator[tuple[str, str]]:
    """Of two values of one sort each stands nearer to its own label than to the other's."""
    for one, two in combinations(call.arguments, 2):
        if one.sort != two.sort or one.name == two.name or same_json(one.value, two.value):
            continue
        places = call.own_spans(one), call.own_spans(two)
        if not all(places):
            continue
        labels = _label(one, call), _label(two, call)
        straight = [_nearest(label, place, call) for label, place in zip(labels, places, strict=True)]
        crossed = [_nearest(label, place, call) for label, place in zip(labels, reversed(places), strict=True)]
        if straight == [None, None]:
            continue
        if sum(gap or 0 for gap in crossed) + _MARGIN < sum(gap or 0 for gap in straight):
            yield (
                one.pointer,
                f"the turn says '{_quote(two, call)}' for it, and '{_quote(one, call)}' for {two.pointer[1:]}",
            )


def _crossed_items(call: SpokenCall) -> Iterator[tuple[str, str]]:
    """The items of an array stand in the turn in one order, whichever of their parts is looked at."""
    arrays: dict[str, dict[str, list[list[Span]]]] = {}
    for argument in call.arguments:
        found = _ITEM.match(argument.pointer)
        if found is not None and (spans := call.own_spans(argument)):
            arrays.setdefault(found[1], {}).setdefault(found[3], []).append(spans)
    for array, parts in arrays.items():
        if len(parts) > 1 and not (all(map(_can_rise, parts.values())) or all(map(_can_fall, parts.values()))):
            yield array, "its items do not stand in the turn in the order of the array, each with its own parts"


def _can_rise(places: Sequence[Sequence[Span]]) -> bool:
    """Say whether of each item's places one can be chosen that lies behind the item before."""
    last = -1
    for spans in places:
        behind = [span.start for span in spans if span.start > last]
        if not behind:
            return False
        last = min(behind)
    return True


def _can_fall(places: Sequence[Sequence[Span]]) -> bool:
    return _can_rise(places[::-1])
