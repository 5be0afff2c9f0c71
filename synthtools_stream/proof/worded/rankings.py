"""First stays first, and the cheapest is the cheapest: in request as in turns, and in turns as in what was returned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep
from synthtools_stream.proof.worded.cues import cue_of, without_case
from synthtools_stream.proof.worded.text_mentions import Reading
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.values.json_pointers import leaves, resolve
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.dates import is_date

__all__ = ["rank_findings", "turn_rank_findings"]

CHECK = "ranks"
_PLACE = cue_of(
    r"\b(?:the|its|their|that|those|very|whose|one['’]s)(?: \w+)?? (first|last|second|third|fourth|fifth|top|bottom)\b"
    r"(?! (?:thing|step|task|item on my|request|point|of all|floor|half|class|name|aid|day of|of (?:this|next) month))|"
    r"\b(?:at|on|from|to) the (top|bottom)\b|\bat (top|bottom)\b|"
    r"\b(?:comes?|is|stands?|listed|ranked|ranks) (first|last)\b|"
    r"\b(first|last|second|third)(?= (?:one|hit|match|result|entry|of (?:those|these|them|the)))",
    "first last second third fourth fifth top bottom",
)
_SUPERLATIVE = re.compile(
    r"\b(?:\w{2,}[^aeiou\W]i?est|freest|most \w+|least \w+|best|worst|newest|fewest)\b", re.IGNORECASE
)
_NO_SUPERLATIVE = frozenset(
    """request interest test guest forest harvest rest west nest quest chest invest suggest honest contest protest
    digest arrest manifest modest tempest conquest southwest northwest inquest pest jest vest attest detest
    crest priest wrest behest earnest""".split()  # noqa: SIM905
)
_SUPERLATIVE_SIGNS = ("est", "most", "least", "worst")
"""Letters of which a text with a superlative has some."""
_LEAST = frozenset(
    [
        "cheapest",
        "lowest",
        "smallest",
        "fewest",
        "shortest",
        "earliest",
        "soonest",
        "oldest",
        "lightest",
        "least",
        "slowest",
        "narrowest",
        "youngest",
    ]
)
_MOST = frozenset(
    """highest largest biggest most greatest longest latest newest heaviest priciest fastest widest deepest
    tallest""".split()  # noqa: SIM905
)
_RANKED = re.compile(r"\b(?:first|last|second|third|top|bottom|\w+est)\b", re.IGNORECASE)
_SAME = {"top": "first", "bottom": "last"}
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_LIMITS = re.compile(
    r"\bat (?:the )?(?:least|most|latest|earliest|best)\b|\bmost recently\b|\bmost of\b", re.IGNORECASE
)


def rank_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the places and superlatives of which only the request, or only a turn, speaks."""
    if told.request is None:
        return
    names = _ranked_names(told)
    known = {rank for spoken in told.steps for rank in _ranks(spoken.turn, names)}
    merged = _ranks(told.request, names)
    for rank in sorted(merged - known):
        yield Finding(CHECK, f"the request speaks of the {rank}, the turns do not: say which one as they do")
    for rank in sorted(known - merged):
        yield Finding(CHECK, f"a turn speaks of the {rank}, the request does not: say which one as the turn does")


def turn_rank_findings(told: Conversation, index: int) -> Iterator[Finding]:
    """Yield the places and superlatives of a turn that fit nothing that its call or answer takes from a list."""
    spoken = told.steps[index]
    ranks = _ranks(spoken.turn, _ranked_names(told))
    if not ranks:
        return
    taken = list(_taken(told, spoken))
    if not taken:
        return
    for rank in sorted(ranks):
        if not any(_fits(rank, place, items) for place, items in taken):
            yield Finding(
                CHECK, f"turn {index} speaks of the {rank}, which is not the one that its call or answer takes"
            )


def _ranked_names(told: Conversation) -> re.Pattern[str] | None:
    """Return the pattern of names that only sound like a rank, such as `last seen`; None where there are none."""
    keys = (names for spoken in told.steps for names in (spoken.tool.parameters, spoken.tool.output_details))
    ranked = frozenset(filter(_is_ranked, told.attributes.union(*keys)))
    return _names_pattern(ranked) if ranked else None


@lru_cache(maxsize=4096)
def _is_ranked(name: str) -> bool:
    return "_" in name and _RANKED.search(name.replace("_", " ")) is not None


@lru_cache(maxsize=128)
def _names_pattern(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(name.replace("_", "[ _-]") for name in sorted(names)), re.IGNORECASE)


def _ranks(reading: Reading, names: re.Pattern[str] | None) -> set[str]:
    plain = reading.rest if names is None else names.sub(" ", reading.rest)
    places, found = set[str](), set[str]()
    if _PLACE.may_be_in(reading.heads) or plain != reading.rest:
        places = {next(part for part in found.groups() if part).lower() for found in _PLACE.pattern.finditer(plain)}
    low = without_case(plain)
    if any(sign in low for sign in _SUPERLATIVE_SIGNS):
        found = {word[0].lower() for word in _SUPERLATIVE.finditer(_LIMITS.sub(" ", plain))}
    return {_SAME.get(place, place) for place in places} | (found - _NO_SUPERLATIVE)


def _taken(told: Conversation, spoken: SpokenStep) -> Iterator[tuple[int, Sequence[Json]]]:
    """Yield the places in lists, and those lists, that a call's arguments and its answer come from."""
    for pointer in spoken.step.answer:
        yield from _place_of(spoken.step.response, pointer)
    said = {mention.value for mention in spoken.turn.mentions}
    for argument in spoken.arguments:
        if isinstance(argument.value, str) and argument.value not in said:
            for earlier in told.steps[: spoken.index]:
                for leaf in leaves(earlier.step.response):
                    if leaf.value == argument.value:
                        yield from _place_of(earlier.step.response, leaf.pointer)


def _place_of(response: JsonObject, pointer: str) -> Iterator[tuple[int, Sequence[Json]]]:
    parts = pointer.split("/")
    for depth, part in enumerate(parts):
        if part.isdigit():
            try:
                items = resolve(response, "/".join(parts[:depth]))
            except LookupError:
                return
            if isinstance(items, list):
                yield int(part), items


def _fits(rank: str, place: int, items: Sequence[Json]) -> bool:
    if rank in _PLACES:
        return place == _PLACES[rank] % max(len(items), 1) if rank == "last" else place == _PLACES[rank]
    word = rank.split()[0]
    if word not in _LEAST and word not in _MOST:
        return True
    columns = [column for column in _columns(items) if len(column) == len(items)]
    extreme = min if word in _LEAST else max
    return not columns or any(column[place] == extreme(column) for column in columns)


def _columns(items: Sequence[Json]) -> Iterator[list[float] | list[str]]:
    """Yield the numbers, and the dates, that all items of a list hold under one name."""
    rows = [{leaf.pointer: leaf.value for leaf in leaves(item)} for item in items]
    for pointer in rows[0] if rows else ():
        values = [row.get(pointer) for row in rows]
        numbers = [float(item) for item in values if isinstance(item, int | float) and not isinstance(item, bool)]
        dates = [item for item in values if isinstance(item, str) and is_date(item)]
        yield from (found for found in (numbers, dates) if len(found) == len(rows))
