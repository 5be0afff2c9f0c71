"""The summarizer role: the turns of a dialogue as one request.

Wordings are kept, so that every quote stays where its clause needs it; what changes is how the clauses hang
together. A request names nothing that its turns do not name, but for what the checker told to leave out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from synthtools_stream.embedded.invent.request_wording import RequestWriter
from synthtools_stream.embedded.invent.turn_wording import Unframed, unframed
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.prose import spans, uncapital
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["invent_summary"]

_GREETING = re.compile(
    r"^(?:hi(?: there)?|hello|good (?:morning|afternoon|day)|hey|thanks|thank you|great|perfect|okay|ok|right"
    r"|alright|good|fine|lovely|super|understood|very well|now|next|then|also|and|so|after that|one more thing|finally"
    r"|lastly)\b[,.!:]?\s+",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"\s*(?:Thanks|Thank you|Cheers|Much appreciated)[!.]$")
_MOST_CHARACTERS = 1150
"""Characters of a request: the summarizer's schema takes 1,200, and openers need some."""


def invent_summary(job: Job) -> JsonObject:
    """Merge the turns into one request."""
    turns, quotes = job.texts("turns"), job.texts("must_contain")
    secrets = job.texts("must_not_contain")
    wishes = [_wish(turn, quotes) for turn in turns if turn.strip()]
    writer = RequestWriter(job.rng, secrets)
    text = writer.plain(wishes) if job.problems or job.texts("problems") else writer.write(wishes)
    if len(text) > _MOST_CHARACTERS:
        text = writer.plain(wishes)[:_MOST_CHARACTERS]
    return {"summary": _complete(_without(text, secrets, quotes), quotes)}


def _wish(turn: str, quotes: Sequence[str]) -> Unframed:
    """Return what a turn asks for, without its small talk; nothing that holds a quote is dropped."""
    found = unframed(turn)
    if found is not None and all(_stands(quote, f"{found.clause} {found.wanted}", turn) for quote in quotes):
        return found
    text = _TRAILING.sub("", turn.strip())
    while match := _GREETING.match(text):
        rest = text[match.end() :]
        if not rest or any(quote in text and quote not in rest for quote in quotes):
            break
        text = rest
    return Unframed(uncapital(text), stated=True)


def _stands(quote: str, part: str, turn: str) -> bool:
    """Say whether a quote that the turn holds is in this part of it."""
    return any(spans(quote, part)) or not any(spans(quote, turn))


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
