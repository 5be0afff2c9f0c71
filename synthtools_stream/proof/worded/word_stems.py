"""The words of a text that carry meaning, without their inflection: `moved`, `moving` and `move` are one.

The stemmer is coarse on purpose. It compares words of one conversation with each other, where two different words with
one stem are rare, and a word that is taken for another only makes a check milder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Word", "content_words", "name_stems", "stem", "stems_of"]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IRREGULAR = {
    past: present
    for present, forms in {
        "make": "made",
        "find": "found",
        "send": "sent",
        "sell": "sold",
        "pay": "paid",
        "leave": "left",
        "hold": "held",
        "build": "built",
        "keep": "kept",
        "begin": "began begun",
        "buy": "bought",
        "bring": "brought",
        "take": "took taken",
        "write": "wrote written",
        "choose": "chose chosen",
        "withdraw": "withdrawn withdrew",
        "lend": "lent",
        "spend": "spent",
        "draw": "drew drawn",
        "rise": "rose risen",
        "weigh": "weight",
        "person": "people",
        "child": "children",
        "man": "men",
        "woman": "women",
    }.items()
    for past in forms.split()
}
_STOP = frozenset(
    """
    a an the this that these those and or of to for in on at by with from as into onto is are was were be been
    being am it its itself i me my mine we us our you your yours he she they them their his her there here what
    which who whose whom when where how why if so such than too also just now then next after afterwards before
    once first firstly second secondly third thirdly last lastly finally final following end begin start finish
    all any each both same other one ones please kindly thanks thank could would can will shall may might must
    should do does did done has have had having want wants need needs like know tell give let see get say says
    report inform hear learn wonder wondering wish hope hoping glad grateful help ask appreciate good great
    favour favor thing things few bit set up out off down over again about i'd i'll i'm i've let's don't it's
    that's what's who's there's you'd you'll ahead go sure time today tomorrow yesterday not no never cannot
    can't won't isn't aren't doesn't didn't only still already well very more most less least care take order
    rest whole back away together while meanwhile since because but hello hi hey dear nice morning afternoon
    evening anything everything else settled many much lot advance kind regards appreciated cheers mind
    """.split()  # noqa: SIM905  (a list of words reads better as words)
)
"""Words that join, ask, thank or point, and carry no wish of their own."""
_LONGEST = 2
"""Consonants that a doubled ending has: planned, plan."""


class Word(NamedTuple):
    """A word of a text: its stem, how it stands there, and where."""

    stem: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def content_words(text: str) -> Iterator[Word]:
    """Yield the words of a text that carry meaning, in order."""
    for found in _WORD.finditer(text):
        for root, part, place in _parts(found[0]):
            yield Word(root, part, found.start() + place)


@lru_cache(maxsize=8192)
def _parts(word: str) -> tuple[tuple[str, str, int], ...]:
    """Return the parts of a word that carry meaning: stem, text, and where each begins in it."""
    if word.casefold().replace("’", "'") in _STOP:
        return ()
    return tuple(
        (stem(part[0]), part[0], part.start())
        for part in _LETTERS.finditer(word.removesuffix("'s").removesuffix("’s"))
        if len(part[0]) > 1 and part[0].casefold() not in _STOP
    )


@lru_cache(maxsize=2048)
def stems_of(text: str) -> frozenset[str]:
    """Return the stems of a text's words that carry meaning."""
    return frozenset([root for word in _WORD.findall(text) for root, _, _ in _parts(word)])


@lru_cache(maxsize=4096)
def name_stems(name: str) -> tuple[str, ...]:
    """Return the stems of the words inside a name as code has it (`max_capacity`, `FindRooms`), all of them."""
    return tuple(stem(part) for part in _CAMEL.findall(name.replace("_", " ")))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a word without its inflection, in lower case."""
    low = word.casefold()
    low = _IRREGULAR.get(low, low)
    if len(low) > 4 and low.endswith("ies"):
        low = f"{low[:-3]}y"
    elif len(low) > 4 and low.endswith(("sses", "xes", "ches", "shes", "zes")):
        low = low[:-2]
    elif len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        low = low[:-1]
    for ending in ("ing", "ed"):
        if low.endswith(ending) and len(low) - len(ending) >= 3 and re.search("[aeiouy]", low[: -len(ending)]):
            low = low[: -len(ending)]
            if len(low) > _LONGEST and low[-1] == low[-2] and low[-1] not in "aeiosz":
                low = low[:-1]
            break
    low = low.removesuffix("e") if len(low) > 3 else low
    if len(low) > 3 and low[-1] == low[-2] == "l":  # cancelled, cancel
        low = low[:-1]
    return f"{low[:-1]}i" if len(low) > 2 and low.endswith("y") else low
