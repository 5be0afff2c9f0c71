"""Slugs: safe, readable, and different for every field."""

from __future__ import annotations

import re
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.values.slugs import field_slugs, slug, snake_case


def test_plain_names() -> None:
    """Names become lower-case ASCII words; accents fall away."""
    assert slug("Freight and Logistics") == "freight_and_logistics"
    assert slug("  Café-Betrieb!! ") == "cafe_betrieb"
    assert slug("航空") == ""


def test_collisions_get_suffixes() -> None:
    """Fields that share a stem, or have none, are told apart by a suffix; the others keep theirs bare."""
    slugs = field_slugs(["R&D", "R D", "航空", "鉄道", "Retail"])
    assert slugs["Retail"] == "retail"
    assert slugs["R&D"].startswith("r_d_")
    assert slugs["航空"].startswith("field_")
    assert len(set(slugs.values())) == 5


def test_order_decides_nothing() -> None:
    """Every order of the same fields gives the same slugs."""
    fields = ["R&D", "R D", "航空", "Retail"]
    first = field_slugs(fields)
    assert all(field_slugs(order) == first for order in permutations(fields))


def test_suffixed_name_is_no_collision() -> None:
    """A field called like another one's suffixed slug is told apart from it."""
    taken = field_slugs(["R&D", "R D"])["R&D"]
    slugs = field_slugs(["R&D", "R D", taken])
    assert len(set(slugs.values())) == 3


def test_thousands_without_stem() -> None:
    """Thousands of fields in a script without ASCII still have slugs of their own."""
    names = [f"{chr(0x4E00 + number // 100)}{chr(0x4E00 + number % 100)}" for number in range(9000)]
    assert len(set(field_slugs(names).values())) == len(names)


@given(st.lists(st.text(max_size=80), unique=True, max_size=8))
def test_always_safe_and_distinct(fields: list[str]) -> None:
    """Whatever the names, slugs are file-name safe, bounded and distinct."""
    slugs = field_slugs(fields)
    assert len(set(slugs.values())) == len(fields)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9_]{0,80}[a-z0-9])?", made) for made in slugs.values())


def test_snake_case() -> None:
    """Names of programs in any spelling come to one."""
    names = {"kiteId": "kite_id", "KITE_ID": "kite_id", "X-Page": "x_page", "petV2Id": "pet_v2_id", "day": "day"}
    assert {name: snake_case(name) for name in names} == names
