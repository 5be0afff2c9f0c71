"""The rules that a tool's usage sets, as far as their sentences are plain: what must hold of a call, and what must not.

Read are prohibitions of the tool itself or of an entity by its id ("Never call it with BK-2041"), demands and
prohibitions on the state of an entity ("Only a booking whose status is requested can be moved"), and bounds of a
parameter ("amount must be at most 50"). What is worded otherwise is passed over: no rule is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.records.tool import Tool

__all__ = ["Bound", "Forbidden", "StateRule", "bounds_of", "forbidden_of", "state_rules_of"]

_SENTENCE = re.compile(r"(?<=[.;!])\s+|\n+")
_NOT = r"(?:must not|must never|may not|may never|can ?not|can't|can never|should not|should never|shall not)"
_NEVER = re.compile(
    rf"\b(?:{_NOT}|never|do not|don't|not (?:allowed|permitted|possible|available|to be)|no longer|forbidden"
    r"|prohibited|refused|rejected|disabled|out of service)\b",
    re.IGNORECASE,
)
_UNLESS = re.compile(r"\b(?:unless|except|until|without|but|if|when|while|whose|that|which|with (?:no|a|an|the))\b", re.I)
"""Words behind which a prohibition may be none of this call."""
_BARE = frozenset(
    "this that the it its tool tools call calls called calling use uses used using invoke invoked run make made must may"
    " can cannot can't should shall will be is are was not never no any all every each at present now currently today"
    " moment ever please do don't allowed permitted possible available forbidden prohibited refused rejected disabled"
    " longer to of by anyone anybody under circumstances circumstance whatever for in out service and or".split()
)
"""Words of a sentence that forbids the tool as such, and speaks of nothing else."""
_DOING = frozenset("tool tools call calls called calling use used using invoke invoked run service".split())
_WORD = re.compile(r"[\w'-]+")
_TAIL = r"(?P<condition>.+?)"
_STILL = r"(?:still |already |currently |now )?"
_STATE_FORMS: tuple[tuple[re.Pattern[str], bool], ...] = tuple(
    (re.compile(form, re.IGNORECASE), demanded)
    for form, demanded in (
        (rf"only (?:an? |the |those )?{_TAIL} (?:can|may|must|could|should|shall)\b(?! not).*", True),
        (rf".*\bonly (?:while|as long as|if|when|where|for|on|to|with|once) {_TAIL}", True),
        (rf"(?P<condition>the [\w' -]+?) must {_STILL}be (?P<values>[\w, -]+?)(?: (?:before|when|first)\b.*)?", True),
        (rf"(?P<condition>the [\w' -]+?) {_NOT} {_STILL}be (?P<values>[\w, -]+?)(?: (?:before|when|first)\b.*)?", False),
        (rf"(?:an? |the )?(?P<condition>[\w' -]+? (?:whose|that|which|with) .+?) {_NOT} be .*", False),
        (rf".*\b(?:{_NOT} be [a-z]+|not (?:allowed|permitted|possible)|never .*?) (?:while|as long as|if|when) {_TAIL}", False),
    )
)
_MODAL = r"(?:must|may|can|should|shall)"
_AT_MOST = r"(?P<most>at most|no more than|not more than|up to|not exceed|not be more than|not be above)"
_AT_LEAST = r"(?P<least>at least|no less than|not less than|not be less than|not be below)"
_BOUND = re.compile(
    rf"(?P<name>[a-z]\w*) {_MODAL} (?:be |have )?(?:{_AT_MOST}|{_AT_LEAST}) (?P<number>-?\d+(?:\.\d+)?)"
    r"(?P<characters> characters\b.*)?",
    re.IGNORECASE,
)


class Forbidden(NamedTuple):
    """A sentence that forbids; `always` where it forbids the tool as such, else whatever it names."""

    sentence: str
    always: bool


class StateRule(NamedTuple):
    """A sentence on the state of an entity: its condition must hold where it is demanded, else must not."""

    sentence: str
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
    """Return the sentences of a tool's usage that forbid it as such, or may forbid an entity by its id."""
    return _forbidden(tool.usage)


def state_rules_of(tool: Tool) -> tuple[StateRule, ...]:
    """Return what a tool's usage says of the state in which it may be called."""
    return _state_rules(tool.usage)


def bounds_of(tool: Tool) -> tuple[Bound, ...]:
    """Return the bounds that a tool's usage sets to its parameters."""
    return tuple(bound for bound in _bounds(tool.usage) if bound.name in tool.parameters)


def _sentences(usage: str) -> Iterator[str]:
    return (sentence.strip(" .;!") for sentence in _SENTENCE.split(usage) if sentence.strip(" .;!"))


@lru_cache(maxsize=1024)
def _forbidden(usage: str) -> tuple[Forbidden, ...]:
    found: list[Forbidden] = []
    for sentence in _sentences(usage):
        if _NEVER.search(sentence) is None:
            continue
        words = {word.lower() for word in _WORD.findall(sentence)}
        always = words <= _BARE and not words.isdisjoint(_DOING)
        if always or _UNLESS.search(sentence) is None:
            found.append(Forbidden(sentence, always))
    return tuple(found)


@lru_cache(maxsize=1024)
def _state_rules(usage: str) -> tuple[StateRule, ...]:
    found: list[StateRule] = []
    for sentence in _sentences(usage):
        for form, demanded in _STATE_FORMS:
            match = form.fullmatch(sentence)
            if match is not None:
                told = match.groupdict()
                condition = f"{told['condition']} is {told['values']}" if "values" in told else told["condition"]
                found.append(StateRule(sentence, condition, demanded))
                break
    return tuple(found)


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
