"""The rules that a tool's usage sets, as far as their sentences are plain: what must hold of a call, and what must not.

Read are prohibitions of the tool itself, of an entity by its id or of an argument by its value ("Never call it with
BK-2041"), demands and prohibitions on the state of an entity ("Only a booking whose status is requested can be moved"),
and bounds of a parameter ("amount must be at most 50"). What is worded otherwise is passed over: no rule is better than
a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.records.tool import Tool

__all__ = ["Bound", "Forbidden", "StateRule", "bounds_of", "forbidden_of", "state_rules_of"]

_STEM = 4
"""Letters, at most, by which a word of the tool's own name is known again: search, searching; mov of move, moving."""
_SENTENCE = re.compile(r"(?<=[.;!])\s+|\n+")
_WORD = re.compile(r"[\w'-]+")
_HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_NOT = r"(?:must not|must never|may not|may never|can ?not|can't|can never|should not|should never|shall not)"
_NEVER = re.compile(
    rf"\b(?:{_NOT}|never|do not|don't|not (?:allowed|permitted|possible|available|to be)|no longer|no calls?|forbidden"
    r"|prohibited|refused|rejected|refuses|rejects|fails|disabled|retired|deprecated|out of (?:service|order|use))\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:unless|except|until|without|but|if|when|while|whose|that|which|with no(?!-)|than|exceed|most|least"
    r"|more|less|above|below|before|after|earlier|later|past|future|characters?|longer than|same|differ\w*|equal)\b",
    re.IGNORECASE,
)
"""Words of a prohibition that may be none of this call, or one that compares."""
_BARE = re.compile(
    r"a|an|this|that|the|it|its|tool|tools|call|calls|called|calling|use|uses|used|using|invoke|invoked|run|make"
    r"|made|must|may|can|cannot|can't|should|shall|will|be|is|are|was|not|never|no|any|all|every|each|at|always"
    r"|present|now|currently|today|moment|ever|please|do|don't|allowed|permitted|possible|available|forbidden"
    r"|prohibited|refused|rejected|refuses|rejects|fails|disabled|retired|deprecated|error|longer|to|of|by|anyone"
    r"|anybody|agent|agents|user|users|under|circumstances|circumstance|whatever|for|in|on|with|out|service|order"
    r"|task|request|case|situation|and|or|as"
)
"""Words of a sentence that forbids the tool as such, and speaks of nothing else."""
_DOING = re.compile(r"tool|tools|call|calls|called|calling|use|used|using|invoke|invoked|run|service|order")
_THING = r"(?P<thing>[\w' -]+?)"
_TAIL = r"(?P<condition>.+?)"
_STILL = r"(?:still |already |currently |now )?"
_VALUES = r"(?P<values>[\w, -]+?)(?: (?:before|when|first|to be|in order)\b.*)?"
_WHILE = r"(?:while|as long as|if|when)"
_CAN = r"(?:can|may|must|could|should|shall)"
_ARE_NOT = rf"(?:{_NOT} be|(?:is|are) (?:never|not|refused|rejected|left))"
_BARRED = r"(?:not (?:allowed|permitted|possible)|refused|rejected|fails|forbidden|prohibited|impossible|denied)"
_STATE_FORMS = (
    (rf"only (?:an? |the |those )?{_TAIL} {_CAN}\b(?! not).*", True),
    (rf".*\b(?:only|exclusively|solely) (?:while|as long as|if|when|where|for|on|to|with|once|of) {_TAIL}", True),
    (rf"(?:.*\b)?(?:for|on|with|of) {_TAIL} only", True),
    (rf".*\b(?:requires|needs|expects|accepts only|takes only) {_TAIL}", True),
    (rf"{_THING} (?:must|has to|have to|needs? to) {_STILL}be {_VALUES}", True),
    (rf"{_THING} {_NOT} {_STILL}be {_VALUES}", False),
    (rf"{_TAIL} {_ARE_NOT}(?: .*)?", False),
    (rf".*\b(?:{_NOT} be [a-z]+|{_BARRED}|never .*?) unless {_TAIL}", True),
    (rf".*\b(?:{_NOT} be [a-z]+|{_BARRED}|never .*?) {_WHILE} {_TAIL}", False),
    (rf".*\b(?:{_NOT} be [a-z]+|{_BARRED}|never [a-z]+) (?:for|on|with|to) {_TAIL}", False),
    (rf"(?:it |this tool )?(?:refuses|rejects|never [a-z]+s?|(?:do not|don't) [a-z]+) {_TAIL}", False),
)
"""Forms of sentences on the state of an entity, and whether they demand it."""
_STATE = tuple((re.compile(form, re.IGNORECASE), demanded) for form, demanded in _STATE_FORMS)
_TELLING = re.compile(
    r"(?<!read-)\b(?:only|exclusively|solely|must|can|cannot|may|could|should|shall|has to|have to|needs?|requires"
    r"|expects|never|not|don't|fails|refuse[sd]|reject(?:s|ed)|forbidden|prohibited|impossible|denied)\b",
    re.IGNORECASE,
)
"""Words without which a sentence sets no rule: most sentences have none of them."""
_MODAL = r"(?:must|may|can|should|shall)"
_AT_MOST = r"(?P<most>at most|no more than|not more than|up to|not exceed|not be more than|not be above)"
_AT_LEAST = r"(?P<least>at least|no less than|not less than|not be less than|not be below)"
_BOUND = re.compile(
    rf"(?P<name>[a-z]\w*) {_MODAL} (?:be |have )?(?:{_AT_MOST}|{_AT_LEAST}) (?P<number>-?\d+(?:\.\d+)?)"
    r"(?P<characters> characters(?: long)?)?",
    re.IGNORECASE,
)


class Forbidden(NamedTuple):
    """A sentence that forbids; `always` where it forbids the tool as such, else whatever it names."""

    sentence: str
    always: bool


class StateRule(NamedTuple):
    """One way to read a sentence on an entity's state: the condition must hold where it is demanded, else must not."""

    sentence: str
    thing: str
    """What the condition is said of, apart from it; empty where it stands in the condition."""
    condition: str
    demanded: bool


class Bound(NamedTuple):
    """A number that a parameter, or the length of a text, may not pass."""

    sentence: str
    name: str
    number: float
    is_most: bool
    of_characters: bool


def forbidden_of(tool: Tool) -> tuple[Forbidden, ...]:
    """Return the sentences of a tool's usage that forbid it as such, or may forbid what they name."""
    return _forbidden(tool.usage, tool.tool_name)


def state_rules_of(tool: Tool) -> tuple[tuple[StateRule, ...], ...]:
    """Return what a tool's usage says of the state in which it may be called: for each sentence the ways to read it."""
    return _state_rules(tool.usage)


def bounds_of(tool: Tool) -> tuple[Bound, ...]:
    """Return the bounds that a tool's usage sets to its parameters."""
    return tuple(bound for bound in _bounds(tool.usage) if bound.name in tool.parameters)


def _sentences(usage: str) -> Iterator[str]:
    return (sentence.strip(" .;!") for sentence in _SENTENCE.split(usage) if sentence.strip(" .;!"))


@lru_cache(maxsize=1024)
def _forbidden(usage: str, tool_name: str) -> tuple[Forbidden, ...]:
    if _NEVER.search(usage) is None:
        return ()
    own = tuple(part.lower()[: min(_STEM, len(part) - 1)] for part in _HUMP.findall(tool_name) if len(part) > 3)
    found: list[Forbidden] = []
    for sentence in _sentences(usage):
        if _NEVER.search(sentence) is None:
            continue
        words = {word.lower() for word in _WORD.findall(sentence)}
        named = {word for word in words if word == tool_name.lower() or word.startswith(own)}
        always = all(map(_BARE.fullmatch, words - named)) and (bool(named) or any(map(_DOING.fullmatch, words)))
        if always or _CONDITION.search(sentence) is None:
            found.append(Forbidden(sentence, always))
    return tuple(found)


@lru_cache(maxsize=1024)
def _state_rules(usage: str) -> tuple[tuple[StateRule, ...], ...]:
    read = (tuple(_readings(sentence)) for sentence in _sentences(usage))
    return tuple(ways for ways in read if ways)


def _readings(sentence: str) -> Iterator[StateRule]:
    if _TELLING.search(sentence) is None:
        return
    for form, demanded in _STATE:
        match = form.fullmatch(sentence)
        if match is not None:
            told = match.groupdict()
            yield StateRule(
                sentence, told.get("thing") or "", told.get("values") or told.get("condition") or "", demanded
            )


@lru_cache(maxsize=1024)
def _bounds(usage: str) -> tuple[Bound, ...]:
    return tuple(
        Bound(
            sentence,
            match["name"],
            float(match["number"]),
            match["most"] is not None,
            match["characters"] is not None,
        )
        for sentence in _sentences(usage)
        if (match := _BOUND.fullmatch(sentence)) is not None
    )
