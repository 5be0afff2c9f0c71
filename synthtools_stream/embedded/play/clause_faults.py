"""What a clause says besides the values of its call: deed, negations, units, places in lists, and values of no use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from synthtools_stream.embedded.english import base_form, tokens
from synthtools_stream.embedded.play.argument_fill import bound_cue
from synthtools_stream.embedded.play.derived_values import derived_values
from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.play.made_call import Made
from synthtools_stream.embedded.play.said_values import Said, SaidKind, said_values
from synthtools_stream.embedded.play.telling_faults import telling_faults
from synthtools_stream.embedded.play.tool_choice import names_deed
from synthtools_stream.embedded.prose import content, stems
from synthtools_stream.embedded.read import Meaning, MeaningKind
from synthtools_stream.values.jsontypes import Json

__all__ = ["clause_faults", "is_background", "own_text"]

_QUOTE = re.compile(r"\"[^\"]*\"|“[^”]*”")
_BOUND = re.compile(r"\b(?:no|not) (?:more|less|fewer|later|earlier|sooner|before|after|until|above|below)\b", re.I)
_TURN = re.compile(
    r"\b(?:never|not|no|none|nothing|nobody|neither|nor|without|except|excluding|unless|instead|rather than|hardly|"
    r"barely|ignore|disregard|forget|skip|omit|undo|revert|reverse|refrain|avoid|opposite|contrary|only if|if only|"
    r"anything but|leave out|hold off|call off|on second thoughts?)\b(?!-\d)|n't\b",
    re.I,
)
"""Words that turn what is said around, or take it back."""
_PLACE = re.compile(
    r"\b(?P<place>first|second|third|fourth|fifth|last|final|top|bottom)\b"
    r"(?! of all| off|(?: day)? of (?:this|next) month)(?: (?P<next>\w+))?",
    re.I,
)
_PLACES = {
    "first": 0,
    "top": 0,
    "second": 1,
    "third": 2,
    "fourth": 3,
    "fifth": 4,
    "last": -1,
    "final": -1,
    "bottom": -1,
}
_UNIT = re.compile(r"\s?(?P<unit>[A-Za-z%°$€£][\w/°%]*)")
_MEASURE = re.compile(
    r"(?:[munckdM]?[lgmW]|[kM]g|[kckm]m2?|m[23]|ha|t|h|min|s|kWh|MWh|[kMG]W|[kMG]?Hz|hours?|minutes?|seconds?|days?|weeks?|"
    r"months?|years?|percent|tonnes?|tons?|pounds?|lbs?|ounces?|miles?|feet|inch(?:es)?|yards?|lit(?:er|re)s?|gallons?|"
    r"euros?|dollars?|[A-Z]{3}|kilos?|grams?|kilograms?|met(?:er|re)s?|kilomet(?:er|re)s?|hectares?|acres?|knots?|"
    r"degrees?|[°%$€£].*)\Z"
)
"""What stands behind a number as its unit."""
_LINK = re.compile(r"(?:and|or|of|to|with|by|for|on|in|at|from|until|up|x|tell|report|let|please|now|then|so)\Z", re.I)
"""What stands behind a number that has none."""


_BACKGROUND = re.compile(
    r"(?:my|our|the|an?|there|this|that|it|we|he|she|they|i|i'm|i've|some|everybody|as|if)\b"
    r"(?!.*\b(?:should|must|needs? (?:to|it)|ha(?:s|ve) to be|please|you)\b)",
    re.I,
)


def is_background(clause: str) -> bool:
    """Whether a clause only tells how things are: it wishes for nothing, and turns nothing that is said."""
    return bool(_BACKGROUND.match(clause)) and not said_values(clause) and not _TURN.search(clause)


def clause_faults(clause: str, made: Made, past: Sequence[Past], now: str) -> Iterator[tuple[str, str]]:
    """Yield in what a clause differs from the call it leads to, although the call's values are all there."""
    text = _QUOTE.sub(lambda quote: " " * len(quote[0]), clause)
    checks: tuple[Callable[[], str], ...] = (
        lambda: _deed_fault(text, made),
        lambda: _turn_fault(text, made),
        lambda: _spare_fault(clause, made, past, now),
        lambda: _unit_fault(clause, made, now),
        lambda: _bound_fault(clause, made, now),
        lambda: _place_fault(text, made, past),
        lambda: _label_fault(text, made),
    )
    for check in checks:
        if fault := check():
            yield "contradicted", f"'{clause}': {fault}"
    yield from telling_faults(text, made)


def own_text(made: Made) -> str:
    """Return all that a tool says of itself, its parameters and its outputs."""
    reading = made.reading
    texts = (reading.description, *(m.description for m in reading.meanings), *(o.description for o in reading.outputs))
    return "\n".join(texts).casefold().replace("_", " ")


def _deed_fault(text: str, made: Made) -> str:
    """The tool's verb, or one that means the same, must be said, and the state that it brings about."""
    if not names_deed(text, made.reading):
        return f"{made.name} was called, and nothing here says so"
    brought = re.search(r"\bas (?P<state>[\w -]+)", made.reading.description)
    if brought is not None and not set(content(brought["state"])) & set(content(text)):
        return f"{made.name} makes it {brought['state']}"
    return ""


def _turn_fault(text: str, made: Made) -> str:
    """Each word that turns the meaning must be a flag that is off, or the tool's own."""
    said = tokens(" ".join([own_text(made), *(str(value) for value in made.values())]))
    own = {*said, *map(base_form, said)}
    turned = [found[0] for found in _TURN.finditer(_BOUND.sub(" ", text)) if not own.issuperset(tokens(found[0]))]
    off = sum(value is False for value in made.values())
    return f"'{turned[-1]}' is in no argument of {made}" if len(turned) > off else ""


def _spare_fault(clause: str, made: Made, past: Sequence[Past], now: str) -> str:
    """Each number, id, date and quoted text must be in the call; a state of digits is read as numbers, too."""
    given, own = made.values(), set(stems(own_text(made)))
    shown = " ".join(str(value) for value in given)
    worked = [part for part in derived_values(clause, past, [str(value) for value in given]) if part.value in given]
    for said in said_values(clause, now):
        words = clause[said.start : said.end]
        named = said.kind is SaidKind.moment and set(stems(words)) <= own  # `jobs today`
        used = any(_holds(value, said) for value in given) or any(w.start <= said.start < w.end for w in worked)
        used = used or _is_converted(said, made)
        if named or used or said.kind is SaidKind.proper:
            continue
        if not re.search(rf"(?<!\d){re.escape(said.value)}(?!\d)", shown):
            return f"{words!r} is in no argument of {made}"
    return ""


def _is_converted(said: Said, made: Made) -> bool:
    """Say whether an amount is that of a parameter which counts in another unit."""
    if said.quantity is None:
        return False
    return any(
        (here := said.counted_in(meaning.unit)) is not said and _holds(made.arguments.get(meaning.parameter), here)
        for meaning in made.reading.meanings
        if meaning.unit
    )


def _holds(value: Json, said: Said) -> bool:
    if said.kind is SaidKind.number:
        return isinstance(value, int | float) and not isinstance(value, bool) and float(said.value) == value
    return isinstance(value, str) and value.startswith(said.value)


def _unit_fault(clause: str, made: Made, now: str) -> str:
    for said in said_values(clause, now):
        if said.kind is not SaidKind.number or _is_converted(said, made):
            continue
        due = {unit for meaning in made.reading.meanings for unit in _units(meaning, made, said)}
        found = _UNIT.match(clause, said.end)
        unit = found["unit"] if found else ""
        if not due or any(re.match(rf"\s?{re.escape(known)}(?!\w)", clause[said.end :]) for known in due if known):
            continue
        if _MEASURE.match(unit) or (any(due) and unit and not _LINK.match(unit)):
            return f"{said.value} is in {' or '.join(sorted(filter(None, due))) or 'no unit'}, not {unit}"
    return ""


def _units(meaning: Meaning, made: Made, said: Said) -> Iterator[str]:
    """Yield the units in which a parameter takes a number that it was given."""
    value = made.arguments.get(meaning.parameter)
    if isinstance(value, list | dict):
        rows = value if isinstance(value, list) else [value]
        held = {name for row in rows if isinstance(row, dict) for name, inner in row.items() if _holds(inner, said)}
        yield from (part.unit for part in meaning.parts if part.name in held)
    elif _holds(value, said):
        yield meaning.unit


def _place_fault(text: str, made: Made, past: Sequence[Past]) -> str:
    """`first`, `last`, `second`: the row that the call takes, or of which a value is told, must stand there."""
    used, own = [*_rows_taken(made, past), *_rows_told(made)], own_text(made)
    for found in _PLACE.finditer(text):
        place = _PLACES.get(found["place"].casefold())
        named = f"{found['place']} {found['next']}".casefold() in own  # `last visit` is an attribute
        if place is None or named or found["place"].casefold() in made.values():
            continue
        if used and not any(place in (row, row - size) for row, size in used):
            return f"'{found['place']}' is not what {made} takes or tells"
    return ""


def _rows_taken(made: Made, past: Sequence[Past]) -> Iterator[tuple[int, int]]:
    """Yield row and length of each list that was found with an id that the call takes; a row's first is its own."""
    ids = {value for value in made.values() if isinstance(value, str)}
    lists = [rows for step in past for rows in step.response.values() if isinstance(rows, list)]
    held = [
        (index, len(rows), [*row.values()]) for rows in lists for index, row in enumerate(rows) if isinstance(row, dict)
    ]
    own = [(index, size) for index, size, values in held if values and isinstance(values[0], str) and values[0] in ids]
    yield from own or (
        (index, size)
        for index, size, values in held
        if any(isinstance(value, str) and value in ids for value in values)
    )


def _rows_told(made: Made) -> Iterator[tuple[int, int]]:
    for pointer in made.told:
        match pointer.split("/"):
            case [_, key, row, *_] if row.isdigit() and isinstance(rows := made.response.get(key), list):
                yield int(row), len(rows)
            case _:
                continue


def _label_fault(text: str, made: Made) -> str:
    """The attribute that a value is for must be named: `to 5` alone does not say which."""
    heard = set(content(text))
    for meaning in made.reading.meanings:
        value = made.arguments.get(meaning.parameter)
        if value is None or value == meaning.default or meaning.kind not in _LABELLED:
            continue
        if meaning.takes_id or meaning.enum:  # such a value names its kind
            continue
        label = set(content(meaning.attribute)) - set(stems(made.reading.noun))
        if label and not label & heard:
            return f"nothing names {meaning.parameter}"
    return ""


_LABELLED = (MeaningKind.sets, MeaningKind.filter, MeaningKind.amount)


def _bound_fault(clause: str, made: Made, now: str) -> str:
    """`at least` and `at most`, `before` and `after` must be the bound that the parameter is."""
    for said in said_values(clause, now):
        given = [m for m in made.reading.meanings if _holds(made.arguments.get(m.parameter), said.counted_in(m.unit))]
        bounds = [replace(m, op="max") if m.kind is MeaningKind.limit else m for m in given]
        if bounds and all(bound_cue(meaning, clause, said) < 0 for meaning in bounds):
            return f"{clause[said.start : said.end]!r} is bounded the other way in {made}"
    return ""
