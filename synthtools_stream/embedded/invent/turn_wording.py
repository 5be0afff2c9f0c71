"""Make a user turn of a clause: openers by tone, and in read steps what the user wants to be told."""

from __future__ import annotations

import random
import re

from synthtools_stream.embedded.prose import capital

__all__ = ["PERSONAS", "act_turn", "read_turn", "tone_of"]

_ACTS = {
    "brief": (
        "{0}.",
        "{0}, please.",
        "Please {0}.",
        "Next: {0}.",
        "I need you to {0}.",
        "Now {0}.",
        "To do: {0}.",
        "{0} now, please.",
    ),
    "polite": (
        "Could you {0}?",
        "Would you please {0}?",
        "I would be glad if you could {0}.",
        "Please {0}.",
        "May I ask you to {0}?",
        "Could you please {0}?",
        "I'd be grateful if you would {0}.",
        "Kindly {0}.",
        "It would help if you could {0}.",
        "I was hoping you could {0}.",
    ),
    "chatty": (
        "Let's {0}.",
        "I'd like you to {0}.",
        "Can you {0} for me?",
        "Go ahead and {0}, please.",
        "Time to {0}, please.",
        "I want you to {0}.",
        "We should {0}, please.",
        "It's settled, so {0}, please.",
        "While we are at it, {0}.",
        "My wish for now: {0}.",
        "Be so good and {0}.",
    ),
}
_READS = {
    "brief": (
        "{0} and tell me {1}.",
        "{0}: I need {1}.",
        "Please {0} and give me {1}.",
        "{0}, then tell me {1}.",
        "I need {1}, so {0}.",
        "{0} and report {1}.",
        "{0} now and tell me {1}.",
    ),
    "polite": (
        "Could you {0} and tell me {1}?",
        "Would you please {0} and let me know {1}?",
        "Please {0}; I would like to know {1}.",
        "Could you please {0}? I need to know {1}.",
        "I'd be grateful if you could {0} and tell me {1}.",
        "Kindly {0} and tell me {1}.",
        "It would help if you could {0} and tell me {1}.",
    ),
    "chatty": (
        "Can you {0}? I'm curious about {1}.",
        "I'd like you to {0} and tell me {1}.",
        "Let's {0}, I want to know {1}.",
        "Go ahead and {0}, and let me know {1}.",
        "Before anything else, {0} and tell me {1}.",
        "I was wondering about {1}: can you {0}?",
        "While we are at it, {0} and tell me {1}.",
        "Be so good and {0}, I'd like to know {1}.",
    ),
}
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
_CURIOUS = re.compile(r"^(?:whether|how many)\b")


def tone_of(persona: str) -> str:
    """Return the tone that a persona's description suggests."""
    low = persona.casefold()
    if re.search(r"\b(?:brief|terse|short|busy|hurr\w+|direct|blunt)\b", low):
        return "brief"
    return "polite" if re.search(r"\b(?:polite|courteous|formal|patient|careful|new to)\b", low) else "chatty"


def act_turn(clause: str, tone: str, rng: random.Random, *, plain: bool = False) -> str:
    """Return a turn that asks for something to be done."""
    return _framed("Please {0}." if plain else rng.choice(_ACTS[tone]), clause)


def read_turn(clause: str, wanted: str, tone: str, rng: random.Random, *, plain: bool = False) -> str:
    """Return a turn that asks for something to be looked up and told."""
    frame = "Please {0} and tell me {1}." if plain else rng.choice(_READS[tone])
    if _CURIOUS.match(wanted):
        frame = frame.replace("I need {1}", "I need to know {1}").replace("give me {1}", "tell me {1}")
        frame = frame.replace("curious about {1}", "wondering {1}").replace("wondering about {1}", "wondering {1}")
    return _framed(frame, clause, wanted)


def _framed(frame: str, *parts: str) -> str:
    text = capital(frame.format(*parts))
    return re.sub(r'([.?!])"\?$', r'\1"?', text)
