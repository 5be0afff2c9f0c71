"""Units as written, in one table: what they measure, all their spellings, and how many of one make another.

12 kg is not 12 tonnes. Only what everybody measures alike has a size: a ton, a month or a gigabyte is not one and the
same for all, and money has a rate of the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

__all__ = ["UNITS", "Unit", "converted_amount", "is_convertible", "stated_unit", "unit_named"]


class Unit(NamedTuple):
    """A unit of measure or money."""

    name: str
    family: str
    """What it measures; of nothing that compares, nothing."""
    size: Decimal | None
    """How many of its family's smallest steps it is; None where that differs from place to place."""
    spellings: tuple[str, ...]
    """In small letters, plurals included: those that are this unit wherever they stand."""
    after_numbers: tuple[str, ...]
    """Spellings that are it only right behind a number, since they are words or letters besides."""


_TABLE = """
length
  nm - nm nanometre nanometres nanometer nanometers
  um 0.000001 um μm micron microns
  mm 0.001 mm millimetre millimetres millimeter millimeters
  cm 0.01 cm centimetre centimetres centimeter centimeters
  m 1 m metre metres meter meters
  km 1000 km kilometre kilometres kilometer kilometers kms
  inch - inch inches
  ft - ft foot feet
  yd - yard yards yd
  mile - mile miles mi
  nmi - nmi
  ly - lightyear lightyears light-year light-years
  furlong - furlong furlongs
mass
  ug 0.000001 µg microgram micrograms
  mg 0.001 mg milligram milligrams
  g 1 g gram grams grammes
  kg 1000 kg kilogram kilograms kilo kilos kgs
  t 1000000 t tonne tonnes ton tons ; mt
  lb - lb lbs
  oz - oz ounce ounces
  stone - stones ; stone
  ct - carat carats ; ct
time
  ms 0.001 ms millisecond milliseconds msec
  s 1 s sec secs second seconds
  min 60 min mins minute minutes
  h 3600 h hr hrs hour hours
  day 86400 day days ; d
  night - night nights
  week 604800 week weeks wk wks
  fortnight 1209600 fortnight fortnights
  month - month months ; mo
  quarter - quarters ; quarter
  year - year years yr yrs ; y
  decade - decade decades
  century - century centuries
volume
  ml 0.001 ml millilitre millilitres milliliter milliliters
  cl 0.01 cl centilitre centilitres centiliter centiliters
  l 1 l litre litres liter liters
  hl 100 hl hectolitre hectolitres
  m3 1000 m3 m³
  gal - gallon gallons gal
  pint - pint pints
  bbl - bbl barrel barrels
  teu - teu
  ft3 - ft3
area
  m2 1 m2 m² sqm
  ha 10000 ha hectare hectares
  km2 1000000 km2 km²
  acre - acre acres
  sqft - sqft ft2
energy
  J 1 j joule joules
  kJ 1000 kj kilojoule kilojoules
  Wh 3600 wh
  kWh 3600000 kwh
  MWh 3600000000 mwh
  GWh 3600000000000 gwh
  kcal - kcal kilocalorie kilocalories
  cal - calorie calories ; cal
power
  W 1 w watt watts
  kW 1000 kw kilowatt kilowatts
  MW 1000000 mw megawatt megawatts
  GW 1000000000 gw gigawatt gigawatts
  hp - hp
  kVA - kva
voltage
  V 1 v volt volts
  kV 1000 kv kilovolt kilovolts
current
  mA 0.001 ; ma
  A 1 amp amps ampere amperes
charge
  mAh 0.001 mah
  Ah 1 ; ah
frequency
  Hz 1 hz hertz
  kHz 1000 khz
  MHz 1000000 mhz
  GHz 1000000000 ghz
rate
  bpm - bpm
  rpm - rpm
pressure
  Pa 1 pa pascal pascals
  hPa 100 hpa
  kPa 1000 kpa
  mbar 100 mbar
  bar 100000 bar bars
  MPa 1000000 mpa
  psi - psi
speed
  km/h - km/h kph kmh
  mph - mph
  m/s - m/s
  knot - knot knots kn ; kt
warmth
  C - c °c celsius
  F - f °f fahrenheit
  K - kelvin kelvins ; k
angle
  degree - degree degrees ° ; deg
data
  B - byte bytes ; b
  KB - kb kilobyte kilobytes
  MB - mb megabyte megabytes
  GB - gb gigabyte gigabytes
  TB - tb terabyte terabytes
bandwidth
  kbps - kbps
  mbps - mbps
  gbps - gbps
money
  EUR - eur euro euros €
  USD - usd dollar dollars $ us$ bucks
  GBP - gbp pound pounds £ quid ; sterling
  CHF - chf franc francs
  JPY - jpy yen ¥
  CNY - cny yuan rmb
  INR - inr rupee rupees ₹
  AUD - aud
  CAD - cad
  SEK - sek
  NOK - nok
  DKK - dkk
  PLN - pln zloty
  BTC - btc bitcoin bitcoins
  cent - cents ; cent pence
share
  % - % percent pct
  permille - permille ‰
  ppm - ppm
  ppb - ppb
-
  dB - db decibel decibels
  cM - centimorgan centimorgans
  J/cm2 - j/cm2
  times - ; x
  piece - ; pcs pc piece pieces
  pax - ; pax
  iu - ; iu
  lx - ; lx
  lm - ; lm
  N - ; n
  dpi - ; dpi
  px - ; px
  u - ; u
"""
_AMBIGUOUS = frozenset({"ton", "tons", "m", "mt", "d", "second", "seconds"})
"""Spellings of units with a size that are read in two ways: a short ton, a million, the second of two."""


def _rows() -> Iterator[Unit]:
    family = ""
    for line in filter(None, _TABLE.splitlines()):
        if not line.startswith(" "):
            family = line.strip("-")
            continue
        plain, _, loose = line.partition(";")
        name, size, *spellings = plain.split()
        yield Unit(name, family, Decimal(size) if size != "-" else None, tuple(spellings), tuple(loose.split()))


UNITS = tuple(_rows())
"""All units, those that measure the same together."""
_ANYWHERE = {word: unit for unit in UNITS for word in unit.spellings}
_AFTER_NUMBERS = {word: unit for unit in UNITS for word in unit.after_numbers} | _ANYWHERE
_STATED = re.compile(
    r"(?:,|\() ?in (?P<plain>[A-Za-z%°€$£][\w%°/]*)|(?<= )\((?P<bracketed>[A-Za-z%°€$£][\w%°/]*)\)"
    r"|(?<=\w) in (?P<loose>[A-Za-z%°][\w%°/]+)(?=[.,;]|\Z)"
)


def unit_named(word: str, *, anywhere: bool = False) -> Unit | None:
    """Return the unit of which a word is a spelling, in any case and number; `anywhere`, also with no number before."""
    known = _ANYWHERE if anywhere else _AFTER_NUMBERS
    low = word.rstrip(".").lower()
    return known.get(low) or known.get(low.removesuffix("s")) or known.get(low.removesuffix("es"))


@lru_cache(maxsize=4096)
def stated_unit(name: str, description: str) -> Unit | None:
    """Return the unit in which a parameter is counted, as its description or else its name says."""
    for found in _STATED.finditer(description):
        word = found["plain"] or found["bracketed"] or found["loose"]
        unit = unit_named(word, anywhere=found["plain"] is None)
        if unit is not None:
            return unit
    last = name.rpartition("_")[2]
    return unit_named(last) if "_" in name and len(last) > 1 else None


def is_convertible(word: str) -> bool:
    """Say whether a word is a unit of one size for everybody."""
    unit = unit_named(word)
    return unit is not None and unit.size is not None and word.lower() not in _AMBIGUOUS


def converted_amount(amount: Decimal, said: Unit, wanted: Unit) -> Decimal | None:
    """Return how many of the wanted unit an amount of another one is; None where that is no fixed number."""
    if said.size is None or wanted.size is None or said.family != wanted.family:
        return None
    return amount * said.size / wanted.size
