"""Signs that nobody sees, and letters that look like others."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.worded.characters import character_findings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mo\u200bve it", "invisible character U+200B"),
        ("\u202eMove it", "invisible character U+202E"),
        ("Move\x07 it", "invisible character U+0007"),
        ("Mоve it", "mixes scripts in the word"),
        ("Move it to оссо", "only look Latin"),
        ("Ｍove it", "which looks like M"),
        ("Move ٣ boxes", "digit U+0663"),
    ],
)
def test_odd_signs_are_told(text: str, told: str) -> None:
    """Each is named, so that it can be found and left out."""
    assert any(told in finding.detail for finding in character_findings("turn 0", text))


@pytest.mark.parametrize(
    "text", ["Café für zwölf Gäste – 12 m² à 5 €", "Привет, мир", "東京タワー", "“Über” it’s\u00a012"]
)
def test_other_languages_are_no_oddity(text: str) -> None:
    """Accents, other scripts as a whole, typographic signs and no-break spaces are what they look like."""
    assert list(character_findings("turn 0", text)) == []
