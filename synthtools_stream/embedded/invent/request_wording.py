"""How the wishes of a dialogue hang together in one request: in which order they are said, and in which sentences.

Wishes are said in the order in which they are to be done, but for two that have nothing to do with each other: of
those either may be said first. What is done is the same, and so is all that words point at.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from synthtools_stream.embedded.invent.turn_wording import Unframed
from synthtools_stream.embedded.lexicon.phrasebook import load_phrasebook
from synthtools_stream.embedded.prose import capital, content, spans

__all__ = ["RequestWriter"]

_SWAPPED = 0.5
"""Share of the pairs of independent neighbours that are said in the other order."""
_JOINED = 0.45
"""How often a wish goes on in the sentence of the one before it."""
_LONGEST = 240
"""Characters of the wishes in one sentence: longer ones nobody can follow."""
_POINTS = re.compile(r"\b(?:it|its|that|those|this|these|they|them|new|just|first|last|present|same)\b")
_ID = re.compile(r"\b[A-Z][A-Z0-9]*-\d")
_ENDS_IN_VALUE = re.compile(r"\d ?\S{0,12}$")
_IT = re.compile(r"\bits?\b")
_SPEAKS = re.compile(r"^(?:i|we|it|my|our)\b", re.IGNORECASE)


@dataclass
class RequestWriter:
    """Writes requests; no phrase is used that holds one of the `secrets`, which only a tool tells."""

    rng: random.Random
    secrets: Sequence[str] = ()
    _used: set[str] = field(default_factory=set[str])

    def write(self, wishes: Sequence[Unframed]) -> str:
        """Return a request for all wishes."""
        book = load_phrasebook()
        units = [*self._ordered(wishes)]
        sentences: list[str] = []
        for place, unit in enumerate(units):
            openers = book.firsts if place == 0 else book.lasts if place == len(units) - 1 else book.nexts
            opener = self._pick(openers) if len(units) > 1 else ""
            sentences.append(self._sentence(opener, unit))
        return self._opening(wishes) + " ".join(sentences) + self._pick(book.closings)

    def plain(self, wishes: Sequence[Unframed]) -> str:
        """Return a request that says one wish a sentence, in their order."""
        lead = ["First, ", *["Then "] * (len(wishes) - 1)] if len(wishes) > 1 else [""]
        return " ".join(capital(f"{opener}{_told(wish)}.") for opener, wish in zip(lead, wishes, strict=True))

    def _opening(self, wishes: Sequence[Unframed]) -> str:
        """Return what goes before all wishes: why the user has the first of them, else a phrase."""
        purpose = wishes[0].purpose if wishes else ""
        return f"{purpose}. " if purpose else self._pick(load_phrasebook().openings)

    def _pick(self, phrases: Sequence[str]) -> str:
        """Return a phrase that tells no secret, by preference one that was not used yet."""
        free = [text for text in phrases if not any(_holds(text, secret) for secret in self.secrets)]
        fresh = [text for text in free if not text or text not in self._used]
        chosen = self.rng.choice(fresh or free or ["{0}."])
        self._used.add(chosen)
        return chosen

    def _ordered(self, wishes: Sequence[Unframed]) -> Iterator[Sequence[Unframed]]:
        """Yield the wishes of each sentence; those of a pair that is said in the other order stand alone."""
        place = 0
        while place < len(wishes):
            if _may_swap(wishes, place) and self.rng.random() < _SWAPPED:
                yield from self._swapped(wishes[place], wishes[place + 1])
                place += 2
                continue
            size = self._size(wishes[place:])
            yield wishes[place : place + size]
            place += size

    def _swapped(self, one: Unframed, other: Unframed) -> Iterator[Sequence[Unframed]]:
        simple = not (one.stated or other.stated or other.wanted or "," in other.clause)
        if simple and not other.clause.startswith("tell ") and self.rng.random() < 0.5:
            both = self._pick(load_phrasebook().before).format(_told(one), other.clause)
            yield [Unframed(both, stated=True)]
        else:
            yield [other]
            yield [one]

    def _size(self, wishes: Sequence[Unframed]) -> int:
        """Return how many of the next wishes one sentence takes."""
        size, length = 1, len(wishes[0].clause)
        for before, wish in pairwise(wishes[:3]):
            length += len(wish.clause)
            if before.stated or wish.stated or _SPEAKS.match(wish.clause) or length > _LONGEST:
                break
            if self.rng.random() >= _JOINED:
                break
            size += 1
        return size

    def _sentence(self, opener: str, unit: Sequence[Unframed]) -> str:
        """Return a sentence of some wishes, or two where what is to be told has one of its own."""
        *earlier, last = unit
        if last.stated or _SPEAKS.match(last.clause):
            return _closed(f"{opener}{last.clause}")
        book = load_phrasebook()
        said = ""
        for wish in earlier:
            told = self._asked(wish)
            said = self._joined(said, told, wish) if said else told
        apart = bool(last.wanted) and self.rng.random() < 0.3
        told = last.clause if apart or not last.wanted else self._asked(last)
        said = self._joined(said, told, last) if said else told
        frames = tuple(frame for frame in book.wishes if not (said.startswith("tell ") and "let's" in frame))
        text = _closed(f"{opener}{self._pick(frames).format(said)}")
        return f"{text}{self._pick(book.tells_apart).format('', last.wanted).removeprefix('.')}." if apart else text

    def _asked(self, wish: Unframed) -> str:
        if not wish.wanted:
            return wish.clause
        frames = load_phrasebook().tells
        if re.match(r"whether|how many", wish.wanted):
            frames = tuple(frame for frame in frames if "give me" not in frame)
        return self._pick(frames).format(wish.clause, wish.wanted)

    def _joined(self, said: str, more: str, wish: Unframed) -> str:
        """Join two clauses: by a bare `and` only where nothing can be taken for the same deed, or for an answer."""
        book = load_phrasebook()
        verb = wish.clause.partition(" ")[0]
        bare = " and " not in said and "," not in said and said.partition(" ")[0] != verb
        bare = bare and all(_ID.search(text) for text in (said, wish.clause))
        joints = [frame for frame in book.joints if bare or frame != "{0} and {1}"]
        if _ENDS_IN_VALUE.search(said):  # "30 and after" would be a limit
            joints = [frame for frame in joints if "after" not in frame]
        return self._pick(joints).format(said, more)


def _told(wish: Unframed) -> str:
    return f"{wish.clause} and tell me {wish.wanted}" if wish.wanted else wish.clause


def _closed(text: str) -> str:
    text = capital(text.strip())
    return text if text.endswith((".", "?", "!", '."', '?"', '!"')) else f"{text}."


def _may_swap(wishes: Sequence[Unframed], place: int) -> bool:
    """Say whether a wish and the next one may be said in either order: nothing is about both of them."""
    if place + 1 >= len(wishes):
        return False
    one, other = wishes[place], wishes[place + 1]
    if any(_POINTS.search(wish.clause) or _SPEAKS.match(wish.clause) for wish in (one, other)):
        return False
    if place + 2 < len(wishes) and _IT.search(wishes[place + 2].clause):
        return False
    return not set(content(f"{one.clause} {one.wanted}")) & set(content(f"{other.clause} {other.wanted}"))


def _holds(text: str, secret: str) -> bool:
    return any(spans(secret.casefold(), text.casefold()))
