"""The summarizer role: the turns of a dialogue as one request, clause by clause in their order.

Wordings are kept, so that every quote stays where its clause needs it; what changes is how the clauses hang
together. A request names nothing that its turns do not name, but for what the checker told to leave out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.prose import capital, spans
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["invent_summary"]

_FIRST = ("First, {0}", "To begin with, {0}", "{0}", "First, please {0}", "First of all, {0}")
_NEXT = (
    "Then {0}",
    "After that, {0}",
    "Next, {0}",
    "Once that is done, {0}",
    "Then, please, {0}",
    "Following that, {0}",
)
_LAST = ("Finally, {0}", "Last of all, {0}", "And at the end, {0}", "To finish, {0}")
_OPENINGS = (
    "",
    "",
    "I need a few things done. ",
    "Here is what I need, in order. ",
    "Could you take care of this for me? ",
)
_GREETING = re.compile(
    r"^(?:hi(?: there)?|hello|good (?:morning|afternoon|day)|hey|thanks|thank you|great|perfect|okay|ok|right"
    r"|alright|good|fine|lovely|super|understood|very well|now|next|then|also|and|so|after that|one more thing|finally"
    r"|lastly)\b[,.!:]?\s+",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"\s*(?:Thanks|Thank you|Cheers|Much appreciated)[!.]$")
_POLITE = re.compile(
    r"^(?:(?:could|would|can) you (?:please )?|please |may i ask you to |let's |go ahead and |next: |now "
    r"|time to |we should |i(?:'d| would) like you to |i need you to |i want you to |i would be glad if you could "
    r"|it's settled, so |kindly |it would help if you could |i was hoping you could |while we are at it, |to do: "
    r"|my wish for now: |be so good and |i'd be grateful if you (?:would|could) |before anything else, )",
    re.IGNORECASE,
)
_AFTERWORDS = re.compile(r"(?: now)?,? (?:please|for me)(?=[.?!]|$)")
_MOST_CHARACTERS = 1150
"""Characters of a request: the summarizer's schema takes 1,200, and openers need some."""


def invent_summary(job: Job) -> JsonObject:
    """Merge the turns into one request."""
    turns, quotes = job.texts("turns"), job.texts("must_contain")
    secrets = job.texts("must_not_contain")
    clauses = [_clause(turn, quotes) for turn in turns if turn.strip()]
    text = _joined(clauses, job.rng)
    if len(text) > _MOST_CHARACTERS:
        text = " ".join(_sentence(clause) for clause in clauses)[:_MOST_CHARACTERS]
    return {"summary": _complete(_without(text, secrets, quotes), quotes)}


def _clause(turn: str, quotes: Sequence[str]) -> str:
    """Return a turn without its small talk; nothing that holds a quote is dropped."""
    text = _TRAILING.sub("", turn.strip())
    while match := _GREETING.match(text):
        rest = text[match.end() :]
        if not rest or any(quote in text and quote not in rest for quote in quotes):
            break
        text = rest
    plain = _AFTERWORDS.sub("", _POLITE.sub("", text))
    if plain != text and all(quote in plain or quote not in text for quote in quotes):
        text = re.sub(r"\?(?=\s|$)", ".", plain, count=1) if _POLITE.match(text) else plain
    return text


def _sentence(clause: str) -> str:
    text = capital(clause.strip())
    return text if text.endswith((".", "?", "!", '."', '?"', '!"')) else f"{text}."


def _joined(clauses: Sequence[str], rng: random.Random) -> str:
    nexts = rng.sample(_NEXT, len(_NEXT))
    parts: list[str] = []
    for place, clause in enumerate(clauses):
        if len(clauses) == 1:
            frame = "{0}"
        elif place == 0:
            frame = rng.choice(_FIRST)
        elif place == len(clauses) - 1:
            frame = rng.choice(_LAST)
        else:
            frame = nexts[(place - 1) % len(nexts)]
        if clause.casefold().startswith(("i ", "i'", "it ")):
            frame = frame.replace("please ", "").replace(", please,", ",")
        parts.append(_sentence(frame.format(clause if frame == "{0}" else _lowered(clause))))
    return rng.choice(_OPENINGS) + " ".join(parts)


def _lowered(clause: str) -> str:
    """Return a clause as it goes on after a comma; names, ids and `I` keep their capitals."""
    word = clause.split(" ", 1)[0]
    if re.fullmatch(r"[A-Z][a-z']*,?", word) and word not in {"I", "I'd", "I'm", "I've", "I'll"}:
        return clause[:1].lower() + clause[1:]
    return clause


def _without(text: str, secrets: Sequence[str], quotes: Sequence[str]) -> str:
    """Take out what the user cannot know, as whole words; a quote that holds it stays."""
    for secret in secrets:
        if secret.lower() in text.lower() and not any(secret.casefold() in quote.casefold() for quote in quotes):
            text = re.sub(rf"\s*(?<!\w){re.escape(secret)}(?!\w)", "", text, flags=re.IGNORECASE)
    return text


def _complete(text: str, quotes: Sequence[str]) -> str:
    """Add quotes that got lost (they should not) at the end."""
    missing = [quote for quote in quotes if not any(spans(quote.lower(), text.lower()))]
    return f"{text} Mind these: {', '.join(missing)}." if missing else text
