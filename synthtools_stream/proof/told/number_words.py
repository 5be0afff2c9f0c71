"""Numbers in words: thirty-one, one hundred and five, a dozen, two thousand."""

from __future__ import annotations

import re

__all__ = ["WORDED", "worded_number"]

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: number for number, word in enumerate(_ONES)} | {
    word: 10 * (number + 2) for number, word in enumerate(_TENS)
}
_LARGE = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_WHOLE = {"single": 1, "couple": 2, "pair": 2, "half a dozen": 6}
_WORD = "|".join(sorted([*_SMALL, *_LARGE], key=len, reverse=True))
WORDED = re.compile(
    rf"(?<![\w-])(?:half a dozen|(?:a )?(?:single|couple"
    rf"|pair)(?= )|(?:an? )?(?:{_WORD})s?(?:(?: and |[ -])(?:{_WORD}))*)(?!\w)",
    re.IGNORECASE,
)
"""A number in words wherever it stands; `worded_number` reads it."""


def worded_number(words: str) -> int | None:
    """Return the number that words say; None where they say none, such as `five six`."""
    low = words.lower()
    if low.removeprefix("a ") in _WHOLE:
        return _WHOLE[low.removeprefix("a ")]
    total, part, last = 0, 0, 0
    for word in re.split(r"[ -]+", low.removeprefix("a ").removeprefix("an ")):
        if word == "and":
            continue
        if word in _SMALL:
            number = _SMALL[word]
            if last and not (last > number and (last >= 100 or (last >= 20 and number < 10))):
                return None
            part, last = part + number, number
        else:
            scale = _LARGE.get(word, 0)
            if not scale:
                return None
            part, last = (part or 1) * scale, scale
            if scale >= 1_000:
                total, part = total + part, 0
    return total + part
