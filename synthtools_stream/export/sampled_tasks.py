"""Which tasks of a corpus stay: within quotas the most different ones, and none that says what an earlier one says.

Tasks are compared by the words of their requests, the tools that they call, and which call follows which. Of each task
a row of numbers is held, some 1 KB with what compares it: a corpus may be larger than memory. The order of the rows
decides between equals, so the same rows give the same tasks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from synthtools_stream.export.corpus import TaskGroup
from synthtools_stream.export.fingerprints import Fingerprints
from synthtools_stream.export.hashed_marks import Marks, hashed_marks
from synthtools_stream.export.near_duplicates import near_duplicates
from synthtools_stream.export.wanted_sample import Dimension, WantedSample
from synthtools_stream.quality.farthest_first import farthest_first
from synthtools_stream.toolcalls import called_tool
from synthtools_stream.toolgraph.task_links import pattern_of, step_links

__all__ = ["Sampled", "sampled_tasks"]

_EVERY = 500
"""Tasks between two words of progress."""

Group = tuple[Dimension, str]


@dataclass(frozen=True)
class Sampled:
    """What was decided of the tasks that were looked at."""

    kept: Container[str]
    """Ids."""
    count: int
    repeats: Mapping[str, str] = field(default_factory=dict[str, str])
    """Ids of tasks that say nearly what an earlier one says, and the id of that."""


@dataclass
class _Looked:
    """What is held of the tasks, each list by place."""

    ids: list[str] = field(default_factory=list[str])
    marks: list[Marks] = field(default_factory=list[Marks])
    groups: list[tuple[Group, ...]] = field(default_factory=list[tuple[Group, ...]])
    """In each dimension that a quota names."""
    variants: list[str] = field(default_factory=list[str])


def sampled_tasks(groups: Iterable[TaskGroup], wanted: WantedSample, show: Callable[[str, int], None]) -> Sampled:
    """Decide among tasks; `show` is told now and then how many are read."""
    looked = _looked_at(groups, wanted, show)
    repeats = {} if wanted.duplicates else _repeats(looked)
    left = [place for place in range(len(looked.ids)) if place not in repeats]
    if wanted.count is not None or wanted.quotas:
        left = _most_different(looked, left, wanted)
    said = {looked.ids[later]: looked.ids[earlier] for later, earlier in repeats.items()}
    return Sampled({looked.ids[place] for place in left}, len(left), said)


def _looked_at(groups: Iterable[TaskGroup], wanted: WantedSample, show: Callable[[str, int], None]) -> _Looked:
    looked = _Looked()
    known: dict[tuple[Group, ...], tuple[Group, ...]] = {}
    for number, group in enumerate(groups, 1):
        stands = tuple((name, _value(group, name)) for name in wanted.quotas)
        looked.ids.append(group.task_id)
        looked.marks.append(hashed_marks(_marks(group)))
        looked.groups.append(known.setdefault(stands, stands))
        looked.variants.append(group.variant)
        if number % _EVERY == 0:
            show("requests", number)
    return looked


def _marks(group: TaskGroup) -> Iterator[str]:
    request = "".join(character if character.isalnum() else " " for character in _request(group).casefold())
    yield from request.split()
    if group.task is not None:
        names = [called_tool(call) for call in group.task.gt_tool_calls]
        yield from (f"{name}()" for name in names)
        yield from (f"{first}(){second}()" for first, second in pairwise(names))


def _request(group: TaskGroup) -> str:
    """Return what the user asks for; of attempts alone, their first word."""
    if group.task is not None:
        return group.task.summary
    messages = group.attempts[0].messages if group.attempts else []
    return next((str(message.get("content")) for message in messages if message.get("role") == "user"), "")


def _value(group: TaskGroup, name: Dimension) -> str:
    match name:
        case Dimension.field:
            return group.field
        case Dimension.variant:
            return group.variant
        case Dimension.length:
            return str(group.length)
        case Dimension.pattern:
            return "" if group.task is None else pattern_of(step_links(group.task.steps))


def _repeats(looked: _Looked) -> dict[int, int]:
    """Return places of near-duplicates; a variant has its base's request by intent, so each kind is for itself."""
    found: dict[int, int] = {}
    for variant in dict.fromkeys(looked.variants):
        places = [place for place, other in enumerate(looked.variants) if other == variant]
        alike = near_duplicates([looked.marks[place] for place in places])
        found |= {places[later]: places[earlier] for later, earlier in alike.items()}
    return found


def _most_different(looked: _Looked, places: list[int], wanted: WantedSample) -> list[int]:
    count = len(places) if wanted.count is None else wanted.count
    groups = [looked.groups[place] for place in places]
    prints = Fingerprints([looked.marks[place] for place in places])
    chosen: list[int] = []
    for spare in (1, 0) if None in wanted.quotas.values() else (0,):
        most = _bounds(groups, wanted, count, spare)
        for group in (group for place in chosen for group in groups[place]):
            most[group] -= 1
        chosen += farthest_first(
            len(places), count - len(chosen), prints.alike, groups.__getitem__, most, before=chosen
        )
    return [places[place] for place in chosen]


def _bounds(groups: Sequence[tuple[Group, ...]], wanted: WantedSample, count: int, spare: int) -> dict[Hashable, int]:
    """Return how many tasks of each value there may be; of balanced ones, `spare` less than suffice for all."""
    most: dict[Hashable, int] = {}
    for at, bound in enumerate(wanted.quotas.values()):
        sizes = Counter(stands[at] for stands in groups)
        most |= dict.fromkeys(sizes, _even_bound(sizes, count) - spare if bound is None else bound)
    return most


def _even_bound(sizes: Mapping[Group, int], count: int) -> int:
    """Return the least number that each may have at most where all together are to have `count`, if they can."""
    most = max(sizes.values(), default=0)
    return bisect_left(range(most), count, key=lambda bound: sum(min(size, bound) for size in sizes.values()))
