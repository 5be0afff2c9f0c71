"""Which volatile attributes hold nothing but what the user dictated: `with the text "Gate code changes on Monday."`.

Free wording is not compared, since two right attempts word it differently. What the user put in quotes is no free
wording: there is one right way to write it.
"""

from __future__ import annotations

import re

from synthtools_stream.records.change import State
from synthtools_stream.records.task import Task
from synthtools_stream.values.jsontypes import Json

__all__ = ["freely_worded"]

_QUOTES = re.compile("[\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019\"']")
_SHORTEST = 2
"""Characters of a dictated text: one alone stands between quotes by chance."""


def freely_worded(task: Task, final: State) -> frozenset[str]:
    """Return the volatile `collection.attribute`s of a task but those whose every written value is dictated."""
    volatile = frozenset(task.meta.volatile)
    if not volatile or not _QUOTES.search(task.summary):
        return volatile
    written: dict[str, list[Json]] = {}
    for step in task.steps:
        for change in step.changes:
            for name in change.attributes:
                attribute = f"{change.collection}.{name}"
                if attribute in volatile:
                    held = final.get(change.collection, {}).get(change.id, change.attributes)
                    written.setdefault(attribute, []).append(held.get(name))
    request = _QUOTES.sub('"', task.summary)
    return volatile - {name for name, values in written.items() if all(_is_dictated(text, request) for text in values)}


def _is_dictated(value: Json, request: str) -> bool:
    """Say whether a text stands in a request in quotes, all of it."""
    if not isinstance(value, str) or len(value) < _SHORTEST:
        return False
    return f'"{_QUOTES.sub(chr(34), value)}"' in request
