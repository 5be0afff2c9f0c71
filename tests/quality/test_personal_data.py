"""Personal data by its shape: check digits count, and what is kept for stories is nobody's."""

from __future__ import annotations

import pytest

from synthtools_stream.quality.personal_data import personal_data

REAL = [
    ("pay with 4111 1111 1111 1111", "card number"),
    ("to DE89 3704 0044 0532 0130 00 today", "bank account"),
    ("GB82WEST12345698765432", "bank account"),
    ("his number is 219-09-9999", "social security number"),
    ("call +49 30 901820 now", "telephone number"),
    ("ring +1 (415) 226-0199", "telephone number"),
    ("write to ann.lee@gmail.com", "mail address"),
]
NOBODYS = [
    "card 4111 1111 1111 1112",
    "DE00 3704 0044 0532 0130 00",
    "lot 000-12-3456",
    "call +1 202 555 0143",
    "call +44 20 7946 0958",
    "call +00 555 698957",
    "write to ann@nordkai.example",
    "raised by +12 percent",
    "FR-1004 on 2026-03-14T09:00:00",
    "9781861972712",
]


@pytest.mark.parametrize(("text", "what"), REAL)
def test_shapes(text: str, what: str) -> None:
    """What could be somebody's is named for what it looks like."""
    (fault,) = personal_data(text, "clients/CL-1/contact")
    assert fault.reason == "personal_data"
    assert f"real {what}" in fault.detail


@pytest.mark.parametrize("text", NOBODYS)
def test_nobodys(text: str) -> None:
    """A wrong check digit, a number from stories, a country that is none: nobody's data."""
    assert not list(personal_data(text, "clients/CL-1/contact"))
