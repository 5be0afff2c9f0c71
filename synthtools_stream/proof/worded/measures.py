"""A number keeps its unit: in the request as in the turn, in the turn as in the parameter's name or description."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep, user_parts
from synthtools_stream.proof.worded.text_mentions import Mention, Reading, read_text
from synthtools_stream.proof.worded.word_flaw import Finding

__all__ = ["turn_unit_findings", "unit_findings"]

CHECK = "units"
_FAMILIES = {
    "time": "second s sec;minute min mins;hour h hr hrs;day d;week wk;month mo;year yr y;fortnight;quarter",
    "mass": "gram g;kilogram kg kilo;tonne ton t mt;pound lb lbs;ounce oz;milligram mg;stone;carat ct;microgram µg",
    "length": "metre meter m;kilometre kilometer km;centimetre centimeter cm;millimetre millimeter mm;mile mi;"
    "foot feet ft;inch in;yard yd;nm nmi",
    "area": "m2 m² sqm;hectare ha;acre;km2 km²;sqft ft2",
    "volume": "litre liter l;millilitre milliliter ml;m3 m³;gallon gal;barrel bbl;pint;teu;hl;cl;ft3",
    "money": "eur euro €;usd dollar $;gbp £ sterling;chf franc;jpy yen ¥;sek;nok;dkk;cad;aud;inr rupee;"
    "cny yuan;cent;pence",
    "speed": "kmh;mph;knot kn kt",
    "energy": "kwh;mwh;gwh;wh;joule j;kj;kcal kilocalorie calorie cal",
    "power": "watt w;kilowatt kw;megawatt mw;gigawatt gw;hp",
    "warmth": "celsius °c;fahrenheit °f;kelvin k",
    "share": "percent % pct;permille ‰;ppm;ppb",
    "data": "byte b;kb;mb;gb;tb;kbps;mbps;gbps",
    "charge": "volt v;kilovolt kv;ampere amp a;hertz hz;khz;mhz;ghz",
    "pressure": "bar;pascal pa;kpa;mpa;psi;hpa",
}
_UNITS = {
    name: (family, group.split()[0])
    for family, groups in _FAMILIES.items()
    for group in groups.split(";")
    for name in group.split()
}
_BEHIND = re.compile(r"[ -]?([^\s\d.,;:!?()\"'\x1f][^\s,;:!?()\"'\x1f]{0,14})")
_BEFORE = re.compile(r"([€$£¥]|\b[A-Z]{3}) ?\Z")
_BEFORE_MOST = 4
"""Characters of a unit before a number, with its space."""
_SIGNS = frozenset("%°€$£¥²³µ‰/")
_WORDS = re.compile(r"[a-z°%µ]+[²³]?", re.IGNORECASE)


def unit_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the numbers that have another unit in the request than in the turns."""
    if told.request is None:
        return
    said: dict[str, set[str]] = defaultdict(set)
    for spoken in told.steps:
        for mention in spoken.turn.of("number"):
            said[mention.value].add(_unit(spoken.turn, mention))
    for mention in told.request.of("number"):
        unit, known = _unit(told.request, mention), said.get(mention.value)
        if known and unit not in known:
            number = told.request.text[mention.start : mention.end]
            yield Finding(
                CHECK,
                f"the request says {number} in {unit or 'no unit'}, the turns in {min(known) or 'no unit'}: keep it",
            )


def turn_unit_findings(spoken: SpokenStep) -> Iterator[Finding]:
    """Yield the numbers of a turn whose unit is another than their parameter speaks of."""
    for pointer, proof in spoken.step.provenance.items():
        parameter, parts = spoken.parameter(pointer), user_parts(proof)
        if parameter is None or len(parts) != 1:
            continue
        stated = _stated(f"{pointer.replace('_', ' ').replace('/', ' ')} {parameter.description}")
        quotes = [part.quote for part in parts if part.quote and part.turn == spoken.index]
        if not stated or not quotes:
            continue
        values = {mention.value for quote in quotes for mention in read_text(quote).of("number")}
        units = {_unit(spoken.turn, mention) for mention in spoken.turn.of("number") if mention.value in values}
        for unit in sorted(units):
            family, name = _UNITS.get(unit, ("", ""))
            wanted = {other for kind, other in stated if kind == family}
            if wanted and name not in wanted:
                yield Finding(
                    CHECK,
                    f"turn {spoken.index} says {quotes[0]} in {unit}, but {pointer} is in {', '.join(sorted(wanted))}",
                )


@lru_cache(maxsize=1024)
def _stated(text: str) -> frozenset[tuple[str, str]]:
    """Return the units that a name and its description state; short ones only in capitals or brackets."""
    found = [word for word in _WORDS.findall(text) if len(word) > 2 or word.isupper() or f"({word})" in text]
    return frozenset(_UNITS[name] for word in found if (name := _name(word)) in _UNITS)


def _unit(reading: Reading, mention: Mention) -> str:
    """Return the unit of a number in one form; nothing where it has none."""
    behind = _BEHIND.match(reading.text, mention.end)
    if behind and _is_unit(behind[1]):
        return _name(behind[1])
    before = _BEFORE.search(reading.text, max(0, mention.start - _BEFORE_MOST), mention.start)
    return _name(before[1]) if before and _is_unit(before[1]) else ""


def _is_unit(word: str) -> bool:
    plain = word.rstrip(".")
    return (
        _name(plain) in _UNITS
        or not _SIGNS.isdisjoint(plain)
        or any(char.isdigit() for char in plain)
        or (plain.isupper() and 2 <= len(plain) <= 4)
    ) and plain.casefold() not in ("in", "a", "d", "I")


def _name(word: str) -> str:
    low = word.rstrip(".").casefold()
    if low in _UNITS:
        return _UNITS[low][1]
    singular = low.removesuffix("s")
    return _UNITS[singular][1] if singular in _UNITS else low
