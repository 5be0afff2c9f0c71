"""Check the lists of a response against what the tool says of them: how many, each once, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.output_check import is_id_key
from synthtools_stream.simulator.tool_words import tells
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_json

__all__ = ["list_problems"]

# Verbs that say of a tool or a parameter that it is about a list.
_LISTS = r"(?:return|list|show|result|match|find|found)"
_MOST = r"(?:at most|maximum|how many|limit|(?:largest|greatest|highest) number)"
_LIMIT = re.compile(rf"\b{_MOST}\b.*\b{_LISTS}|\b{_LISTS}.*\b{_MOST}\b", re.IGNORECASE)
"""How a parameter is told that says how long a list may be; `party size, at most 8` is none."""
_CUT = re.compile(r"\b(?:at most|up to|no more than|maximum of|first|top) (?:the )?\d|\b\d+ [\w ]{0,30}at most\b", re.I)
"""Words of tools that cut their lists by a number of their own."""
_COUNT = re.compile(
    r"\b(?:how many|number of)\b.*\b(?:match\w*|found|returned|listed|there are|results?)\b", re.IGNORECASE
)
"""How a key is told that says how long the list is."""
# What stands first where a list rises, and where it falls.
_ASCENDING = "earliest|lowest|smallest|cheapest|oldest|shortest|least|fewest|nearest|lightest"
_DESCENDING = "latest|highest|largest|newest|most recent|longest|greatest|biggest|dearest|heaviest"
_ORDER = re.compile(
    r"\b(?:sorted|ordered) by (?:the |its |their )?([a-z][a-z0-9_ ]{0,60}?),"
    rf" (?:({_ASCENDING})|({_DESCENDING})) first",
    re.IGNORECASE,
)
"""How a tool promises an order: by which key, and from which end."""
_TIES = re.compile(
    r"\bties? (?:are |is |go |goes )?(?:broken |decided )?by (?:the |their |its )?ids?\b(?! desc)", re.IGNORECASE
)
"""How a tool promises what decides where the order's values are equal."""
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


class _Order(NamedTuple):
    key: str
    descending: bool


def list_problems(response: JsonObject, tool: Tool, arguments: JsonObject, owners: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the lists of a response; `owners` tells the collection of each id that there is."""
    lists = [(name, value) for name, value in response.items() if isinstance(value, list)]
    for name, items in lists:
        if len(items) > 1:
            yield from _doubled(items, f"response.{name}", owners)
        yield from _nameless(items, f"response.{name}")
    if len(lists) != 1:
        return  # with several, it is not sure which one is spoken of
    name, items = lists[0]
    limit = _limit(tool, arguments)
    if limit is not None and len(items) > limit:
        yield f"response.{name} shows {len(items)}, but at most {limit} are wanted"
    told = tool.output_details[name].description if name in tool.output_details else ""
    words = f"{tool.tool_description}\n{tool.usage}\n{told}"
    if (len(items) < limit) if limit is not None else len(items) not in arguments.values() and not tells(_CUT, words):
        yield from _miscounted(response, tool, len(items))
    order = _order(words)
    if order is not None:
        yield from _disordered(items, f"response.{name}", order)
        if tells(_TIES, words):
            yield from _mistied(items, f"response.{name}", order)


def _doubled(items: Sequence[Json], where: str, owners: Mapping[str, str]) -> Iterator[str]:
    """Yield entities that a list shows twice in the very same way."""
    seen: set[bytes] = set()
    for item in items:
        shown = item.values() if isinstance(item, dict) else [item]
        if any(isinstance(part, str) and part in owners for part in shown):
            text = canonical_json(item)
            if text in seen:
                yield f"{where} shows {text.decode()[:80]} twice"
            seen.add(text)


def _nameless(items: Sequence[Json], where: str) -> Iterator[str]:
    """Yield items whose every id is null: what is nobody cannot be shown."""
    for index, item in enumerate(items):
        ids = [value for key, value in item.items() if is_id_key(key)] if isinstance(item, dict) else []
        if ids and all(value is None for value in ids):
            yield f"{where}[{index}] has no id"


def _limit(tool: Tool, arguments: JsonObject) -> int | None:
    """Return how many are wanted at most, where one parameter says so."""
    told = [
        arguments[name]
        for name, parameter in tool.parameters.items()
        if parameter.type == "integer" and name in arguments and tells(_LIMIT, parameter.description)
    ]
    return told[0] if len(told) == 1 and isinstance(told[0], int) else None


def _miscounted(response: JsonObject, tool: Tool, length: int) -> Iterator[str]:
    for name, field in tool.output_details.items():
        count = response.get(name)
        if field.type == "integer" and isinstance(count, int) and count != length and tells(_COUNT, field.description):
            yield f"response.{name} is {count}, but {length} are shown"


@lru_cache(maxsize=1024)
def _order(text: str) -> _Order | None:
    """Return the one order that a tool's words promise."""
    found = list(_ORDER.finditer(text))
    if not found or len({match[1].lower() for match in found}) > 1:
        return None
    return _Order(found[0][1].strip().lower().replace(" ", "_"), found[0][3] is not None)


def _disordered(items: Sequence[Json], where: str, order: _Order) -> Iterator[str]:
    values = [item.get(order.key) for item in items if isinstance(item, dict)]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    texts = [value for value in values if isinstance(value, str)]
    if len(numbers) == len(items):
        wrong = any((a < b) if order.descending else (a > b) for a, b in pairwise(numbers))
    elif len(texts) == len(items) and all(map(_DATED.match, texts)):  # other words may have an order of their own
        wrong = any((a < b) if order.descending else (a > b) for a, b in pairwise(texts))
    else:
        return
    if wrong:
        first = "highest" if order.descending else "lowest"
        yield f"{where} is not sorted by {order.key}, {first} or {'latest' if order.descending else 'earliest'} first"


def _mistied(items: Sequence[Json], where: str, order: _Order) -> Iterator[str]:
    """Yield where two items that the order leaves equal do not stand in the order of their ids."""
    for one, two in pairwise(items):
        if not isinstance(one, dict) or not isinstance(two, dict) or order.key not in one or order.key not in two:
            continue
        names = [next((value for key, value in item.items() if is_id_key(key)), None) for item in (one, two)]
        first, second = (name if isinstance(name, str) else "" for name in names)
        # Of one length only: whether BK-999 comes before BK-1000 is not for us to say.
        if same_json(one[order.key], two[order.key]) and len(first) == len(second) and first > second:
            yield f"{where}: {first} stands before {second}, though {order.key} is the same and ties go by id"
