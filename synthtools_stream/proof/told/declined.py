"""Whether a closing message says that something could not be done, or asks for what the user held back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from synthtools_stream.proof.told.sentences import sentences
from synthtools_stream.records.tool import Tool

__all__ = ["asks", "declines", "questions", "words_for"]

_DECLINED = re.compile(
    r"\b(?:can ?not|can't|could(?: not|n't)|won't be able|(?:was|were|is|am|are) (?:not|un)\s?able|unable"
    r"|not possible|(?:is|was)n't possible|impossible|no (?:way|tool|function|option|means)"
    r"|none of (?:the|my) (?:tools|functions)|(?:do not|don't) have"
    r"|(?:was|were|is|are|has been|have been) (?:refused|rejected|declined|denied|blocked|prevented|forbidden)"
    r"|(?:not|n't) (?:allowed|permitted|available|supported|offered|done|made|carried out|completed)"
    r"|(?:did not|didn't) (?:work|go through|succeed)|failed|refus(?:es|ed)|outside (?:of )?what)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:please (?:tell|give|let|provide|confirm|share|send|specify|say|name|state)|let me know"
    r"|(?:i|we) (?:still )?need|(?:tell|give|send) me|could you|can you|would you|which|what|when|how (?:many|much))\b",
    re.IGNORECASE,
)
_ASKED_FOR = frozenset(
    {"which", "value", "number", "amount", "date", "day", "when", "one", "text", "wording", "details"}
)
"""Words by which people ask for whatever was held back."""
_SHORTEST = 3
"""Letters of a word that says what is asked for: shorter ones stand in every sentence."""


def declines(message: str) -> bool:
    """Say whether a sentence of a message says that something could not be done."""
    return any(_DECLINED.search(sentence.replace("’", "'")) for sentence in sentences(message))


def questions(message: str) -> list[str]:
    """Return the sentences of a message that end with a question mark."""
    return [sentence for sentence in sentences(message) if sentence.rstrip(" \"')").endswith("?")]


def words_for(pointer: str, tools: Iterable[Tool]) -> frozenset[str]:
    """Return the words by which an argument of one of these tools can be asked for."""
    named = re.findall(r"[^\W_]+", pointer)
    told = (tool.parameters.get(pointer.split("/")[1]) for tool in tools)
    described = " ".join(parameter.description for parameter in told if parameter is not None)
    return _ASKED_FOR.union(named, re.findall(r"[^\W\d_]{4,}", described))


def asks(message: str, words: Collection[str]) -> bool:
    """Say whether a sentence of a message asks for something that is named by one of these words, in whatever form."""
    stems = {word.lower()[: max(_SHORTEST, len(word) - 1)] for word in words if len(word) >= _SHORTEST}
    for sentence in sentences(message):
        if not (sentence.rstrip(" \"')").endswith("?") or _ASKED.search(sentence)):
            continue
        said = re.findall(r"[^\W_]+", sentence.lower())
        if any(word.startswith(stem) for word in said for stem in stems):
            return True
    return False
