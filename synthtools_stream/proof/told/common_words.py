"""Words that say nothing of a task: what joins, what opens a predicate that is no value, what is only polite."""

from __future__ import annotations

import re

__all__ = ["JOINTS", "POLITE", "PREDICATES", "is_small"]


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_SMALL = _words(
    "is are was were be been being has have having had with of for the a an its it it's this that these those their",
    "there his her your my our current currently now new exactly just only also both and as at on in to by equal",
    "equals",
    "stands stood comes came come set shown shows show listed lists list reported reports given gives which whose who",
    "where here so then respectively value answer result follows following you asked about registered recorded records",
    "reads holds says say said final actual correct right s i found see got get gives returned returns amounts sits",
    "remains lies requested wanted initially still",
)
"""Words that join a value to its name and its thing."""
JOINTS = _words(
    "or and but no not rather actually maybe perhaps plus then either possibly likely wait sorry correction",
    "alternative",
    "alternatively alternatives other candidate candidates option options possible instead even to otherwise again yes",
    "well hmm",
)
"""Words that put another value beside one."""
PREDICATES = _words(
    "as below above shown listed unchanged now available set updated correct fine ok okay done given what that this",
    "the",
    "included provided not at of for a an its right here found still being also confirmed noted recorded known",
    "displayed reported missing ready complete completed already both one two three",
)
"""How a predicate begins that is no value: `the status is as follows`."""
POLITE = _words(
    "done all set ok okay thanks thank sure great hello hi dear regards best kind summary result results answer",
    "answers",
    "detail details note notes complete completed finished here there everything please let success successfully",
    "cheers",
    "bye you welcome certainly absolutely yes no good perfect of course happy glad enjoy confirmed overview report",
    "response final following task tasks request requests step steps actions action status update information info",
    "your",
    "the i we",
)
"""Words of greetings, headings and thanks."""
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


def is_small(gap: str, more: frozenset[str] = frozenset()) -> bool:
    """Say whether a text holds nothing but small words, and `more`."""
    return all(word in _SMALL or word in more for word in _TOKEN.findall(gap.lower()))
