"""Names made of words are identifiers, whatever the words."""

from __future__ import annotations

import pytest

from synthtools_stream.embedded.prose import identifier, words


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("Pickup date", "pickup_date"),
        ("Café menu (new)", "cafe_menu_new"),
        ("e-book", "e_book"),
        ("", ""),
        ("a" * 47 + " tail", "a" * 47),
    ],
)
def test_phrase_becomes_identifier(phrase: str, name: str) -> None:
    """Lower-case words joined by underscores, with room left for an affix, and never an underscore at the end."""
    assert identifier(phrase) == name


def test_identifier_is_spoken() -> None:
    """What an identifier was made of is heard again."""
    assert words(identifier("Pickup date")) == "pickup date"
