"""Fill a tool's parameters from the user's words: each value goes where its cues point."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from synthtools_stream.embedded.english import stem, tokens
from synthtools_stream.embedded.play.compound_arguments import take_compound
from synthtools_stream.embedded.play.derived_values import derived_values
from synthtools_stream.embedded.play.dialogue_recall import Past, example_prefix, recall_id, recall_value
from synthtools_stream.embedded.play.said_values import Said, SaidKind, said_values
from synthtools_stream.embedded.prose import content, stems
from synthtools_stream.embedded.read import Meaning, MeaningKind, ToolReading
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Filling", "bound_cue", "fill"]

_LIMITED = re.compile(
    r"\b(?:at most|up to|no more than|not more than|top|first|maximum of|max|only|limit (?:it |them |"
    r"the list )?to|just)\s+(?:the )?"
    r"(?:top |first )?(?P<n>\d+)\b|\b(?P<n2>\d+) (?:results?|entries|at most|or fewer|of them)\b",
    re.I,
)
_NOT = re.compile(
    r"\b(?:no(?!-)|not|don't|do not|without|isn't|is not|aren't|are not|never|needn't|no need|rather than|un)\b", re.I
)
_BREAK = re.compile(r"[.;,]| and | but ")


@dataclass
class Filling:
    """Arguments, and what is known of how they came about."""

    arguments: JsonObject = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    """Required parameters that nothing was found for."""
    unused: int = 0
    """Values of the turn that no parameter takes."""
    recalled: int = 0
    """Values other than ids that were taken from the past although the turn does not point to them."""
    nouns: int = 0
    """Ids that stand right after the noun that their parameter speaks of."""
    misfit: int = 0
    """Ids in the turn that look like ids of something else."""


@dataclass(frozen=True)
class _Bid:
    score: float
    meaning: Meaning
    said: Said


def fill(reading: ToolReading, turn: str, past: Sequence[Past], now: str) -> Filling:
    """Return the arguments that `turn` gives the tool, earlier turns filling in for what it only points to."""
    filling = Filling()
    said = list(said_values(turn, now))
    limit = _fill_limit(reading, turn, said, filling)
    enums = _fill_enums(reading, turn, filling)
    said = [value for value in said if value is not limit and not _inside(value, enums)]
    said, turn = _fill_derived(reading, turn, past, said, filling)
    _fill_by_bids(reading, turn, said, filling)
    _fill_flags(reading, turn, filling)
    _fill_from_past(reading, turn, past, filling)
    order = [meaning.parameter for meaning in reading.meanings]
    filling.arguments = {name: filling.arguments[name] for name in order if name in filling.arguments}
    filling.missing = [m.parameter for m in reading.meanings if m.required and m.parameter not in filling.arguments]
    return filling


def _fill_derived(
    reading: ToolReading, turn: str, past: Sequence[Past], said: list[Said], filling: Filling
) -> tuple[list[Said], str]:
    """Fill what the words work out of an earlier value; return the values and the words that are left."""
    things = [value.value for value in said if value.kind is SaidKind.id]
    target = reading.target
    if target is not None and not things:
        things = [known for known in (recall_id(target, past, turn),) if known is not None]
    for worked in derived_values(_QUOTED.sub(lambda quote: " " * len(quote[0]), turn), past, things):
        takers = [
            (
                _cue(meaning, turn, worked.start, worked.start, reading)
                + (stems(worked.of) == stems(meaning.attribute)),
                meaning,
            )
            for meaning in reading.meanings
            if meaning.parameter not in filling.arguments and worked.fits(meaning)
        ]
        if takers:
            meaning = max(takers, key=lambda taker: taker[0])[1]
            filling.arguments[meaning.parameter] = _typed(worked.value, meaning)
            said = [value for value in said if not worked.start <= value.start < worked.end]
            turn = f"{turn[: worked.start]}{' ' * (worked.end - worked.start)}{turn[worked.end :]}"
    return said, turn


def _typed(value: Json, meaning: Meaning) -> Json:
    return int(value) if meaning.type == "integer" and isinstance(value, float) else value


def _inside(value: Said, spans: Sequence[tuple[int, int]]) -> bool:
    return value.kind is SaidKind.proper and any(start <= value.start < end for start, end in spans)


def _fill_limit(reading: ToolReading, turn: str, said: Sequence[Said], filling: Filling) -> Said | None:
    meaning = next(iter(reading.of_kind(MeaningKind.limit)), None)
    if meaning is None:
        return None
    numbers = {value.start: value for value in said if value.kind is SaidKind.number and value.value.isdigit()}
    for found in sorted(_LIMITED.finditer(turn), key=lambda found: not _COUNTED.match(turn[found.end() :])):
        here = numbers.get(found.start("n") if found["n"] else found.start("n2"))
        if here is not None and not _bounds_a_value(reading, turn, found.start(), here):
            filling.arguments[meaning.parameter] = int(here.value)
            return here
    return None


_COUNTED = re.compile(r"\s*(?:of them|of those|results?|entries|matches)\b", re.I)


def _bounds_a_value(reading: ToolReading, turn: str, start: int, value: Said) -> bool:
    """`a price of at most 300`, `up to 300 EUR`: no limit on a list."""
    if _COUNTED.match(turn[value.end :]):
        return False
    measured = re.search(r"\b(?:of|is|be|was)\s*$", turn[:start])
    return bool(measured) or _priced(turn, value) or _capped(reading, turn, value)


def _capped(reading: ToolReading, turn: str, value: Said) -> bool:
    highest = [meaning for meaning in reading.meanings if meaning.op == "max" and meaning.type in ("integer", "float")]
    return any(_cue(meaning, turn, value.start, value.end, reading) > 0.5 for meaning in highest)


def _priced(turn: str, value: Said) -> bool:
    """`up to 300 EUR` is no limit on a list."""
    return bool(
        re.match(r"\s*(?:[A-Z]{3}\b|%|°|ml\b|kg\b|km\b|hours?\b|minutes?\b|days?\b|euros?\b)", turn[value.end :])
    )


def _fill_enums(reading: ToolReading, turn: str, filling: Filling) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    bids: list[tuple[float, Meaning, Json, int, int]] = []
    for meaning in reading.meanings:
        for value in meaning.enum:
            for start, end in _places(str(value), turn):
                score = _cue(meaning, turn, start, end, reading) + 0.1 * len(str(value)) / 10
                leading = not turn[:start].strip(" ,") or bool(
                    re.search(r"(?:^|[.,;] |please |then |and )$", turn[:start], re.I)
                )
                verb = leading and stem(tokens(str(value))[0]) in stems(reading.description)[:1]
                if score >= 0.15 or not (verb or (leading and not meaning.required)):
                    bids.append((score, meaning, value, start, end))
    for _, meaning, value, start, end in sorted(bids, key=lambda bid: (-bid[0], bid[3])):
        if meaning.parameter in filling.arguments or any(s <= start < e for s, e in spans):
            continue
        filling.arguments[meaning.parameter] = value
        spans.append((start, end))
    return spans


_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")


@lru_cache(maxsize=4096)
def _spread(value: str) -> re.Pattern[str]:
    """Return a pattern for a value whose words may be joined by blanks, hyphens or underscores."""
    words = [re.escape(word) for word in re.split(r"[_\s-]+", value) if word]
    return re.compile(r"(?<!\w)" + r"[\s_-]".join(words) + r"(?!\w)", re.I)


def _places(value: str, turn: str) -> list[tuple[int, int]]:
    turn = _QUOTED.sub(lambda quote: quote[0] if quote[0][1:-1] == value else " " * len(quote[0]), turn)
    if not value.strip(" _-"):
        return []
    if len(value) == 2 and value.isalpha() and (unit := re.search(rf"\bin ({re.escape(value)}\w+)\b", turn)):
        return [unit.span(1)]
    return [match.span() for match in _spread(value).finditer(turn)]


def _fill_by_bids(reading: ToolReading, turn: str, said: Sequence[Said], filling: Filling) -> None:
    open_ = [m for m in reading.meanings if m.parameter not in filling.arguments and m.kind is not MeaningKind.limit]
    bids = [
        _Bid(score, m, value) for m in open_ for value in said if (score := _bid(m, value, turn, reading)) is not None
    ]
    used = _fill_compounds(reading, turn, said, filling)
    for bid in sorted(bids, key=lambda bid: -bid.score):
        if bid.meaning.parameter in filling.arguments or bid.said in used:
            continue
        said_so = bid.said.counted_in(bid.meaning.unit)
        filling.arguments[bid.meaning.parameter] = said_so.as_type(bid.meaning.type, bid.meaning.format)
        used.append(bid.said)
        filling.nouns += _named(bid.meaning, bid.said, turn)
    firm = (SaidKind.id, SaidKind.moment, SaidKind.quoted, SaidKind.number)
    filling.unused = sum(value.kind in firm and value not in used for value in said)
    filling.misfit = sum(value.kind is SaidKind.id and value not in used for value in said)


def _fill_compounds(reading: ToolReading, turn: str, said: Sequence[Said], filling: Filling) -> list[Said]:
    """Fill lists and objects; return the values that went into them."""
    used: list[Said] = []
    for meaning in reading.meanings:
        if meaning.type not in ("array", "object") or meaning.parameter in filling.arguments:
            continue
        found = take_compound(meaning, turn, [value for value in said if value not in used])
        if found is not None:
            filling.arguments[meaning.parameter] = found[0]
            used += found[1]
    return used


def _bid(meaning: Meaning, said: Said, turn: str, reading: ToolReading) -> float | None:
    """Say how much a parameter wants a value: None if it cannot take it, or an optional one has no reason to."""
    fit = _fit(meaning, said)
    if fit is None or (fit < 0 and not meaning.required):
        return None
    cue = _cue(meaning, turn, said.start, said.end, reading)
    if said.kind is SaidKind.id and meaning.takes_id:
        prefix = example_prefix(meaning)
        cue += 3.0 if prefix and said.value.startswith(prefix) else -2.0 if prefix else 0.0
        if cue <= -1.5:
            return None
    if said.kind is SaidKind.proper and not meaning.required:
        return None
    return fit + 2.0 * cue + (0.3 if meaning.required else 0.0) + bound_cue(meaning, turn, said)


_LOW = re.compile(
    (
        r"(?:from|(?<!not )after|since|at least|or more|no earlier than|not before|minimum|min|above|over|starting|"
        r"more than|lowest|earliest)\W*$"
    ),
    re.I,
)
_HIGH = re.compile(
    (
        r"(?:until|till|by|(?<!not )before|at most|up to|no later than|not after|maximum|max|below|under|to|less "
        r"than|highest|latest|no more than|exceed(?:ing)?)\W*$"
    ),
    re.I,
)


def bound_cue(meaning: Meaning, turn: str, said: Said) -> float:
    """Say how far the words around a value speak for this bound, and below 0 how far against it."""
    before = turn[max(0, said.start - 24) : said.start]
    after = turn[said.end : said.end + 24]
    low = bool(_LOW.search(before)) or bool(
        re.match(r"\W*(?:\S+ )?(?:or (?:later|more|above|after)|at least|onwards)\b", after)
    )
    high = bool(_HIGH.search(before)) or bool(
        re.match(r"\W*(?:\S+ )?(?:or (?:earlier|less|below|before|fewer)|at (?:the )?most)\b", after)
    )
    if meaning.op in ("min", "from"):
        return 1.5 if low else -1.0 if high else 0.0
    if meaning.op in ("max", "until"):
        return 1.5 if high else -1.0 if low else 0.0
    return 0.0


def _fit(meaning: Meaning, said: Said) -> float | None:
    if meaning.enum or meaning.type in ("boolean", "object"):
        return None
    if meaning.type in ("integer", "float"):
        whole = said.kind is SaidKind.number and (
            meaning.type == "float" or "." not in said.counted_in(meaning.unit).value
        )
        return 1.0 if whole else None
    if meaning.format:
        return 1.0 if said.kind is SaidKind.moment else None
    if meaning.takes_id:
        return {SaidKind.id: 1.0, SaidKind.quoted: -8.0}.get(said.kind)
    if meaning.type == "array":
        return {SaidKind.quoted: 0.6, SaidKind.id: 0.4}.get(said.kind)
    return {SaidKind.quoted: 1.0, SaidKind.proper: 0.3, SaidKind.moment: -8.0, SaidKind.id: -8.0}.get(said.kind)


def _cue(meaning: Meaning, turn: str, start: int, end: int, reading: ToolReading) -> float:
    """Share of the parameter's own words that stand near the value; those before it count more than those after."""
    own = _cue_words(meaning, reading)
    if not own:
        return 0.0
    before = content(turn[max(0, start - 60) : start])[-6:]
    after = content(turn[end : end + 30])[:3]
    score = 0.0
    for word in own:
        if word in before:
            score += 1.0 - 0.1 * (len(before) - 1 - _last(before, word))
        elif word in after:
            score += 0.45
    if meaning.takes_id and before and before[-1] == _head_noun(meaning):
        score += 1.5
    if meaning.unit and turn[end:].lstrip(" ").lower().startswith(meaning.unit.lower()):
        score += 0.6
    return score / math.sqrt(len(own))


def _named(meaning: Meaning, said: Said, turn: str) -> bool:
    before = content(turn[max(0, said.start - 40) : said.start])
    return meaning.takes_id and bool(before) and before[-1] == _head_noun(meaning)


def _head_noun(meaning: Meaning) -> str:
    words = content(re.split(r"\b(?:to|that|for|of)\b", meaning.noun)[0])
    return words[-1] if words else ""


def _last(words: Sequence[str], word: str) -> int:
    return max(index for index, other in enumerate(words) if other == word)


def _cue_words(meaning: Meaning, reading: ToolReading) -> frozenset[str]:
    text = re.sub(r"such as \S+|YYYY\S*|\d+ characters at most", " ", meaning.description)
    words = frozenset(content(text)) - {"id", "such", "most", "character"}
    if meaning.takes_id:
        noun = re.split(r"\b(?:to|that|for)\b", meaning.noun or text)[0]
        return frozenset(content(noun)) or words
    return (words - frozenset(content(reading.noun))) or words


def _fill_flags(reading: ToolReading, turn: str, filling: Filling) -> None:
    for meaning in reading.meanings:
        if meaning.type != "boolean" or meaning.parameter in filling.arguments:
            continue
        verdict = _flag(meaning, turn, reading)
        if verdict is None and meaning.required:
            verdict = False
        if verdict is not None:
            filling.arguments[meaning.parameter] = verdict


def _flag(meaning: Meaning, turn: str, reading: ToolReading) -> bool | None:
    words = _cue_words(meaning, reading) - {"whether"}
    own = (words - frozenset(content(reading.description))) or words
    heard = [(stem(match[0].lower()), match.start(), match.end()) for match in re.finditer(r"[A-Za-z]+", turn)]
    hits = [(start, end) for word, start, end in heard if word in own]
    covered = {word for word, _, _ in heard if word in own}
    if not own or len(covered) < max(1, round(0.5 * len(own))):
        return None
    clause = _BREAK.split(turn[: hits[0][0]])[-1]
    inside = turn[hits[0][0] : hits[-1][1]] if hits[-1][1] - hits[0][0] < 60 else ""
    return not (_NOT.search(clause) or _NOT.search(inside))


def _fill_from_past(reading: ToolReading, turn: str, past: Sequence[Past], filling: Filling) -> None:
    for meaning in reading.meanings:
        if meaning.parameter in filling.arguments or meaning.kind is MeaningKind.limit:
            continue
        if meaning.takes_id and (meaning.required or _noun_said(meaning, turn)):
            others = [value for value in filling.arguments.values() if isinstance(value, str)]
            value: Json = recall_id(meaning, past, turn, others)
        elif meaning.type != "boolean" and (meaning.required or _owned(meaning, turn)):
            value = recall_value(meaning, past, turn)
            filling.recalled += value is not None and not _owned(meaning, turn)
        else:
            continue
        if value is not None:
            filling.arguments[meaning.parameter] = value


_OWNED = re.compile(
    r"\b(?:for|with|than|as|by|on|until|after|before|to) (?:all )?(?:of )?(?:its|their|the same) (\w+(?: \w+)?)", re.I
)


def _owned(meaning: Meaning, turn: str) -> bool:
    """`room for all its containers`: a value of something that was seen before."""
    own = set(content(meaning.description))
    return any(set(content(found[1])) & own for found in _OWNED.finditer(turn))


def _noun_said(meaning: Meaning, turn: str) -> bool:
    """An optional id is only recalled when the turn points to its noun: `that carrier`."""
    noun = content(re.split(r"\b(?:to|that|for|of)\b", meaning.noun)[0])
    return bool(noun) and bool(
        re.search(
            rf"\b(?:that|this|its?|same|those|the (?:first|cheapest|earliest|top|one))\b[^.;]*\b{re.escape(noun[-1])}",
            turn,
            re.I,
        )
    )
