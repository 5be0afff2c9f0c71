"""Personal data, by its shape: numbers and addresses that could be a living person's, in a world that is made up.

Shapes with a check digit count where it is right. What is set aside for stories is nobody's: telephone numbers with
555-01xx, country codes that do not exist, mail at domains of one's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.quality.fault import Fault

__all__ = ["personal_data"]

_CARD = re.compile(r"(?<![\w.-])(?:4\d{3}|5[1-5]\d{2}|6011|65\d{2}|3[47]\d{2})(?:[ -]?\d){11,12}(?![\w.-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_SOCIAL_SECURITY = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_MAILBOX = re.compile(
    r"[\w.+-]+@(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|aol|gmx|web|protonmail|proton|qq|163|yandex|mail)"
    r"\.(?:com|net|de|me|fr|co\.uk|ru|cn|at|ch)(?!\w)",
    re.IGNORECASE,
)
"""An address with a provider that gives one to anybody."""
_PHONE = re.compile(r"(?<![\w+])\+[1-9]\d{0,2}(?:[ .()/-]{0,2}\d){7,12}(?![\w-])")
_IN_STORIES = re.compile(r"555[ .-]?01\d\d\b|7946[ .-]?0\d{3}\b")
"""Kept for stories: in North America, and in London."""
_MOST_DIGITS = 15
"""Of a telephone number (E.164)."""


def personal_data(text: str, where: str) -> Iterator[Fault]:
    """Yield what has the shape of somebody's own data."""
    for what, found in _shapes(text):
        yield Fault(
            "personal_data",
            f"{where}: {found[:60]!r} could be a real {what}; invent one that cannot"
            " (telephones with 555-01xx, mail at a domain of the world's own)",
        )


def _shapes(text: str) -> Iterator[tuple[str, str]]:
    if any(character.isdigit() for character in text):
        yield from (("card number", found[0]) for found in _CARD.finditer(text) if _passes_luhn(found[0]))
        yield from (("bank account", found[0]) for found in _IBAN.finditer(text) if _is_iban(found[0]))
        yield from (("social security number", found[0]) for found in _SOCIAL_SECURITY.finditer(text))
    if "+" in text:
        yield from (("telephone number", found[0]) for found in _PHONE.finditer(text) if _rings(found[0]))
    if "@" in text:
        yield from (("mail address", found[0]) for found in _MAILBOX.finditer(text))


def _digits(text: str) -> list[int]:
    return [int(character) for character in text if character.isdecimal()]


def _passes_luhn(number: str) -> bool:
    doubled = [digit * (1 + index % 2) for index, digit in enumerate(reversed(_digits(number)))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def _is_iban(number: str) -> bool:
    packed = number.replace(" ", "")
    return len(packed) >= 15 and int("".join(str(int(part, 36)) for part in packed[4:] + packed[:4])) % 97 == 1


def _rings(number: str) -> bool:
    return _IN_STORIES.search(number) is None and len(_digits(number)) <= _MOST_DIGITS
