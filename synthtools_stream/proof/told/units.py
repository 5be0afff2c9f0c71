"""Units of measure and money as written, so that 31 hours are not taken for 31 minutes."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["MONEY", "spellings_of", "unit_of", "units_in"]

_UNITS: dict[str, str] = {
    "EUR": "eur euro euros €",
    "USD": "usd dollar dollars $ us$ bucks",
    "GBP": "gbp pound pounds £ quid",
    "CHF": "chf franc francs",
    "JPY": "jpy yen ¥",
    "CNY": "cny yuan rmb",
    "INR": "inr rupee rupees ₹",
    "AUD": "aud",
    "CAD": "cad",
    "SEK": "sek",
    "NOK": "nok",
    "DKK": "dkk",
    "PLN": "pln zloty",
    "BTC": "btc bitcoin bitcoins",
    "cent": "cents",
    "ms": "ms millisecond milliseconds msec",
    "s": "s sec secs second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "day": "day days",
    "night": "night nights",
    "week": "week weeks wk wks",
    "month": "month months",
    "quarter": "quarters",
    "year": "year years yr yrs",
    "decade": "decade decades",
    "century": "century centuries",
    "nm": "nm nanometre nanometres nanometer nanometers",
    "um": "um μm micron microns",
    "mm": "mm millimetre millimetres millimeter millimeters",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "m": "m metre metres meter meters",
    "km": "km kilometre kilometres kilometer kilometers kms",
    "inch": "inch inches",
    "ft": "ft foot feet",
    "yd": "yard yards yd",
    "mile": "mile miles mi",
    "nmi": "nmi",
    "ly": "lightyear lightyears light-year light-years",
    "furlong": "furlong furlongs",
    "mg": "mg milligram milligrams",
    "g": "g gram grams grammes",
    "kg": "kg kilogram kilograms kilo kilos kgs",
    "t": "t tonne tonnes ton tons",
    "lb": "lb lbs",
    "oz": "oz ounce ounces",
    "stone": "stones",
    "ml": "ml millilitre millilitres milliliter milliliters",
    "l": "l litre litres liter liters",
    "gal": "gallon gallons gal",
    "pint": "pint pints",
    "bbl": "bbl barrel barrels",
    "m2": "m2 sqm",
    "km2": "km2",
    "ha": "ha hectare hectares",
    "acre": "acre acres",
    "m3": "m3",
    "%": "% percent pct",
    "C": "c °c celsius",
    "F": "f °f fahrenheit",
    "K": "kelvin kelvins",
    "W": "w watt watts",
    "kW": "kw kilowatt kilowatts",
    "MW": "mw megawatt megawatts",
    "kWh": "kwh",
    "MWh": "mwh",
    "J": "j joule joules",
    "kcal": "kcal kilocalorie kilocalories",
    "cal": "calorie calories",
    "V": "v volt volts",
    "A": "amp amps ampere amperes",
    "mAh": "mah",
    "Hz": "hz hertz",
    "kHz": "khz",
    "MHz": "mhz",
    "GHz": "ghz",
    "bar": "bar bars",
    "Pa": "pa pascal pascals",
    "psi": "psi",
    "B": "byte bytes",
    "KB": "kb kilobyte kilobytes",
    "MB": "mb megabyte megabytes",
    "GB": "gb gigabyte gigabytes",
    "TB": "tb terabyte terabytes",
    "km/h": "km/h kph kmh",
    "mph": "mph",
    "m/s": "m/s",
    "knot": "knot knots kn",
    "bpm": "bpm",
    "rpm": "rpm",
    "dB": "db decibel decibels",
    "cM": "centimorgan centimorgans",
    "J/cm2": "j/cm2",
    "degree": "degree degrees °",
    "ppm": "ppm",
}
_KNOWN = {alias: unit for unit, aliases in _UNITS.items() for alias in aliases.split()}
MONEY = frozenset(("EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "SEK", "NOK", "DKK", "PLN", "BTC"))
"""Units of money: where a row does not say which, any may be told."""
_COMPOUND = re.compile(
    r"(per cent|(?:square|cubic) (?:kilo|centi)?met(?:re|er)s?|light years?|kilometres per hour|kilometers per hour"
    r"|nautical miles?|degrees? (?:celsius|fahrenheit)|beats per minute)\b",
    re.IGNORECASE,
)
_COMPOUNDS = (
    ("per cent", "%"),
    ("square kilo", "km2"),
    ("square met", "m2"),
    ("cubic met", "m3"),
    ("light", "ly"),
    ("kilomet", "km/h"),
    ("nautical", "nmi"),
    ("degrees fahrenheit", "F"),
    ("degree fahrenheit", "F"),
    ("degree", "C"),
    ("beats", "bpm"),
)
_WORD = re.compile(r"[€$£¥₹%°]|°?[^\W\d_]+(?:/[^\W\d_]+)?[23]?(?:-years?)?")


def unit_of(text: str) -> str | None:
    """Return the unit that a text opens with, by one name for all its spellings."""
    compound = _COMPOUND.match(text)
    if compound is not None:
        low = compound[1].lower()
        return next((unit for opening, unit in _COMPOUNDS if low.startswith(opening)), None)
    word = _WORD.match(text)
    if word is None:
        return None
    if word[0] in ("cM", "MW", "mW"):  # case tells them from cm and mw
        return word[0]
    return _KNOWN.get(word[0].lower())


@lru_cache(maxsize=4096)
def units_in(text: str) -> frozenset[str]:
    """Return all units of which a description or a key speaks."""
    return frozenset(
        unit
        for word in _WORD.finditer(text.replace("_", " "))
        if (unit := unit_of(text.replace("_", " ")[word.start() :]))
    )


def spellings_of(unit: str) -> frozenset[str]:
    """Return the words, in small letters, by which a unit is written."""
    return frozenset(_UNITS.get(unit, "").split())
