"""The sequencing roles: is a walk over tools one sensible piece of work, and in which order?

Judged from the outlines alone: what a tool takes and returns, and what it writes. Something is looked at before it
is changed, and made before it is worked on; a walk whose tools share nothing is refused.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, takewhile

from synthtools_stream.embedded.job import Job
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["plan_walk", "propose_sequences"]

_FINDS = re.compile(r"^(?:find|search|list|browse|look for|scan|filter|survey|query)", re.IGNORECASE)
_REMOVES = re.compile(r"^(?:delete|remove|purge|erase|discard|drop)", re.IGNORECASE)

_EMPTY = frozenset(
    [
        "lowest",
        "highest",
        "earliest",
        "latest",
        "with",
        "another",
        "about",
        "sorted",
        "first",
        "single",
        "status",
        "record",
    ]
)


@dataclass(frozen=True)
class _Outline:
    """A tool in one line."""

    name: str
    description: str
    inputs: frozenset[str]
    outputs: frozenset[str]
    writes: frozenset[str]

    @property
    def words(self) -> frozenset[str]:
        """Return what it talks about: its parts and the longer words of its description."""
        said = re.findall(r"[a-z]{4,}", self.description.casefold())
        return self.inputs | self.outputs | {word.rstrip("s")[:6] for word in said[1:] if word not in _EMPTY}

    @property
    def makes(self) -> bool:
        """Say whether it returns an id that it does not take, and writes."""
        return bool(self.writes) and any(name.endswith("id") for name in self.outputs - self.inputs)

    @property
    def rank(self) -> int:
        """Return its natural place: search, look up, make, work on, remove."""
        if _REMOVES.match(self.description):
            return 4
        if not self.writes:
            return 0 if _FINDS.match(self.description) or not any(name.endswith("id") for name in self.inputs) else 1
        return 2 if self.makes else 3


def _outline(item: JsonObject) -> _Outline:
    def names(key: str) -> frozenset[str]:
        value = item.get(key)
        return frozenset(str(name) for name in value) if isinstance(value, list) else frozenset()

    return _Outline(
        str(item.get("tool_name", "")),
        str(item.get("tool_description", "")),
        names("inputs"),
        names("outputs"),
        names("writes"),
    )


def _related(one: _Outline, two: _Outline) -> bool:
    return bool(one.writes & two.writes) or bool(one.words & two.words)


def plan_walk(job: Job) -> JsonObject:
    """Accept a walk, reordered or trimmed, or refuse it."""
    tools = {tool.name: tool for tool in map(_outline, job.objects("tools"))}
    least, most = job.integer("min_length", 2), job.integer("max_length", 6)
    walk = [tools[name] for name in job.texts("walk") if name in tools]
    linked = [tool for tool in walk if any(_related(tool, other) for other in walk if other.name != tool.name)]
    ordered = _begun_afresh(_in_order(linked, job.rng)[:most], job.texts("taken_openings"))
    if len(ordered) < max(least, 1) or _aimless(ordered):
        return {"reasoning": _refusal(ordered, job.rng), "accept": False, "sequence": []}
    names: list[Json] = [tool.name for tool in ordered]
    reason = job.rng.choice(
        [
            "What is looked up first is what the later steps work on.",
            "The steps share their subject, and each prepares the next.",
            "Reading comes before deciding, and telling comes last.",
            "One person could ask for all of this in one conversation.",
        ]
    )
    return {"reasoning": reason, "accept": True, "sequence": names}


def _begun_afresh(walk: list[_Outline], taken: Sequence[str]) -> list[_Outline]:
    """Return the walk with its first looks in an order that begins like none that is taken, if there is one."""
    looks = list(takewhile(lambda tool: tool.rank < 2, walk))
    ways = ([*head, *walk[len(looks) :]] for head in permutations(looks))
    return next((way for way in ways if ", ".join(tool.name for tool in way[:2]) not in taken), walk)


def _refusal(ordered: Sequence[_Outline], rng: random.Random) -> str:
    if not ordered:
        return "Nothing connects these tools: they work on different things."
    return rng.choice(["The walk only repeats one look-up.", "Too few of these tools belong to one piece of work."])


def _aimless(ordered: Sequence[_Outline]) -> bool:
    """Say whether a walk of several steps does nothing but use one reading tool."""
    return len({tool.name for tool in ordered}) == 1 and not ordered[0].writes


def _in_order(walk: Sequence[_Outline], rng: random.Random) -> list[_Outline]:
    """Return the walk with looks before the changes they prepare, repeats apart, and removals last."""
    seen: set[str] = set()
    kept: list[_Outline] = []
    for tool in walk:
        if tool.name not in seen:
            seen.add(tool.name)
            kept.append(tool)
    if rng.random() < 0.65:
        return sorted(kept, key=lambda tool: tool.rank)
    return _made_first(kept)


def _made_first(walk: Sequence[_Outline]) -> list[_Outline]:
    """Return the walk as it is, but with makers before what works on the same collection."""
    ordered: list[_Outline] = []
    for tool in walk:
        place = len(ordered)
        if tool.makes:
            place = next((n for n, other in enumerate(ordered) if other.writes & tool.writes), place)
        ordered.insert(place, tool)
    return [tool for tool in ordered if tool.rank < 4] + [tool for tool in ordered if tool.rank == 4]


def propose_sequences(job: Job) -> JsonObject:
    """Return sequences with different openings."""
    tools = [_outline(item) for item in job.objects("tools")]
    least, most = max(1, job.integer("min_length", 2)), max(1, job.integer("max_length", 6))
    wanted = max(1, min(60, job.integer("count", 1)))
    found: dict[tuple[str, ...], list[str]] = {}
    for _ in range(wanted * 8):
        if len(found) >= wanted:
            break
        names = [tool.name for tool in _grow(tools, job.rng.randint(least, most), job.rng)]
        if len(names) >= least:
            found.setdefault(tuple(names[:2]), names)
    sequences: list[Json] = [list(names) for names in found.values()] or [[tool.name for tool in tools[:most]]]
    return {"sequences": sequences}


def _grow(tools: Sequence[_Outline], length: int, rng: random.Random) -> list[_Outline]:
    """Return related tools, started anywhere, in their natural order."""
    chosen = [rng.choice(tools)] if tools else []
    while len(chosen) < length:
        near = [tool for tool in tools if tool not in chosen and any(_related(tool, other) for other in chosen)]
        if not near:
            break
        chosen.append(rng.choice(near))
    return _in_order(chosen, rng)
