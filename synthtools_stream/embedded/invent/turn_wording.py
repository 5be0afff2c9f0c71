"""Make a user turn of a clause, by the tone of who speaks, and take such a turn apart again."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from synthtools_stream.embedded.invent.clause_wording import Clause
from synthtools_stream.embedded.invent.wished_values import Wish
from synthtools_stream.embedded.lexicon.phrasebook import load_phrasebook
from synthtools_stream.embedded.prose import capital, uncapital

__all__ = ["PERSONAS", "Unframed", "act_turn", "check_turn", "read_turn", "tone_of", "unframed", "with_purpose"]

PERSONAS = {
    "brief": (
        "{role}, short of time and brief",
        "A terse {role_low}",
        "{role}, between two meetings and brief",
        "A busy {role_low}, direct and sparing with words",
    ),
    "polite": (
        "A courteous {role_low}, fond of polite questions",
        "{role}, new to the team and polite",
        "A patient, polite {role_low}",
        "{role}, careful and courteous",
    ),
    "chatty": (
        "A friendly {role_low}, given to thinking aloud",
        "{role}, in a good mood and chatty",
        "An experienced {role_low}, informal with colleagues",
        "A cheerful {role_low}, at ease with everybody",
    ),
}
_NOUNS_ONLY = re.compile(r"(?:need(?: of)?|about|give me|matters is) \{1\}")
"""Frames in which `whether …` or `how many …` cannot stand."""
_SAID_TO_BE = re.compile(r" (?:should|needs to|has to|must) be [a-z]+")
_STATED = 0.3
"""Share of the turns that say how things should be, of those that can: it is no use where all do."""
_ASKED = 0.4
"""Share of the turns that ask for a value and say nothing of looking it up, of those that can."""
_WHOSE = 0.15
"""Share of look-ups that ask in a relative clause, of those that can."""
_REASONED = (0.5, 0.08)
"""Share of first turns, and of later ones, that begin with why the user wants it."""
_PLAIN_ACT, _PLAIN_READ = "Please {0}.", "Please {0} and tell me {1}."


def tone_of(persona: str) -> str:
    """Return the tone that a persona's description suggests."""
    low = persona.casefold()
    if re.search(r"\b(?:brief|terse|short|busy|hurr\w+|direct|blunt)\b", low):
        return "brief"
    return "polite" if re.search(r"\b(?:polite|courteous|formal|patient|careful|new to)\b", low) else "chatty"


def act_turn(clause: Clause, tone: str, rng: random.Random, *, plain: bool = False) -> str:
    """Return a turn that asks for something to be done."""
    if plain:
        return _framed(_PLAIN_ACT, clause.text)
    if clause.stated and rng.random() < _STATED:
        return _framed(rng.choice(load_phrasebook().stated), clause.stated)
    return _framed(rng.choice(load_phrasebook().acts[tone]), clause.text)


def read_turn(clause: Clause, wish: Wish, tone: str, rng: random.Random, *, plain: bool = False) -> str:
    """Return a turn that asks for something to be looked up and told."""
    if plain:
        return _framed(_PLAIN_READ, clause.text, wish.words)
    book = load_phrasebook()
    if clause.things and rng.random() < _ASKED:
        if wish.counts:
            return _framed(rng.choice(book.counted), clause.things)
        if wish.of_first:
            return _framed(rng.choice(book.topped), f"the {clause.things}", wish.words)
        if wish.names:
            is_or_are = "are" if " and " in wish.names else "is"
            return _framed(rng.choice(book.asked), clause.things, wish.names, is_or_are)
    if wish.names and not wish.of_first and rng.random() < _WHOSE:
        return _framed(rng.choice(book.whose), clause.text, wish.names)
    frames = [frame for frame in book.reads[tone] if wish.names or wish.of_first or not _NOUNS_ONLY.search(frame)]
    return _framed(rng.choice(frames), clause.text, wish.words)


def check_turn(clause: Clause, checked: str, rng: random.Random) -> str:
    """Return a turn that has a thing looked at for what a later wish rests on."""
    return _framed(rng.choice(load_phrasebook().checks), clause.text, checked)


def with_purpose(turn: str, rng: random.Random, *, first: bool) -> str:
    """Return a turn that begins, at times, with why the user wants what it asks for."""
    if rng.random() >= _REASONED[not first]:
        return turn
    purpose = rng.choice(load_phrasebook().purposes)
    return f"{purpose}, so {uncapital(turn)}" if rng.random() < 0.4 else f"{purpose}. {turn}"


def _framed(frame: str, *parts: str) -> str:
    return capital(frame.format(*parts))


@dataclass(frozen=True)
class Unframed:
    """What a turn is made of."""

    clause: str
    """The wish as an imperative, or as the statement that it was made as."""
    wanted: str = ""
    """What is to be told of it, in words that go on after `tell me`."""
    stated: bool = False
    purpose: str = ""
    """Why the user wants it, as a sentence without its stop."""


def unframed(turn: str) -> Unframed | None:
    """Return the parts of a turn that was made by a frame; None for any other."""
    turn = turn.strip()
    for purpose in load_phrasebook().purposes:
        for joint in (", so ", ". "):
            if turn.startswith(purpose + joint):
                found = _without_frame(turn.removeprefix(purpose + joint))
                return replace(found, purpose=purpose) if found is not None else None
    return _without_frame(turn)


def _without_frame(turn: str) -> Unframed | None:
    for kind, pattern in _patterns():
        found = pattern.fullmatch(turn)
        if found is None or any(_is_torn(part) for part in found.groups()):
            continue
        first, rest = uncapital(found["p0"]), found.groupdict().get("p1") or ""
        match kind:
            case "act" | "read":
                return Unframed(first, rest)
            case "stated" if _SAID_TO_BE.search(first.partition('"')[0]):
                return Unframed(first, stated=True)
            case "asked" if ", so " not in first:
                return Unframed(f"tell me the {rest} of {first}")
            case "check":
                return Unframed(f"{first} to be sure of its {rest}")
            case "counted":
                return Unframed(f"tell me how many {first} there are")
            case "topped":
                return Unframed(f"go through {first}", rest)
            case "whose":
                return Unframed(first, f"its {rest}")
            case _:
                continue
    return None


def _is_torn(part: str) -> bool:
    """Say whether a part is cut within a quotation, or is more than one sentence."""
    return part.count('"') % 2 > 0 or re.search(r"[.?!] [A-Z]", re.sub(r'"[^"]*"', "", part)) is not None


@lru_cache(maxsize=1)
def _patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    """Return the frames as patterns, those with most words of their own first: a short one fits nearly any turn."""
    frames = sorted(_frames(), key=lambda pair: (-len(re.sub(r"\{\d\}", "", pair[1])), pair[0] != "stated"))
    return [(kind, _pattern(frame)) for kind, frame in frames]


def _frames() -> Iterator[tuple[str, str]]:
    book = load_phrasebook()
    yield from (("act", _PLAIN_ACT), ("read", _PLAIN_READ))
    for tone in book.acts:
        yield from (("act", frame) for frame in book.acts[tone])
        yield from (("read", frame) for frame in book.reads[tone])
    yield from (("stated", frame) for frame in book.stated)
    yield from (("whose", frame) for frame in book.whose)
    yield from (("asked", frame) for frame in book.asked)
    yield from (("check", frame) for frame in book.checks)
    yield from (("counted", frame) for frame in book.counted)
    yield from (("topped", frame) for frame in book.topped)


def _pattern(frame: str) -> re.Pattern[str]:
    """Return a pattern for what a frame makes, its first letter in either case."""
    parts = [re.escape(part) for part in re.split(r"\{\d\}", frame)]
    places = iter(re.findall(r"\{(\d)\}", frame))
    text = parts[0] + "".join(f"(?P<p{next(places)}>.+?){part}" for part in parts[1:])
    return re.compile(text, re.IGNORECASE | re.DOTALL)
