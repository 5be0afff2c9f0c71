"""What a run would make and cost, before anything is sent: the plan's numbers, and the figures of an earlier run.

A pool of the plan gets as many items as the one before it, times what the earlier run had of one for each of the other.
So poor yields are in the estimate. Where a number of tasks is asked for, whole environments are begun until it is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from synthtools_stream.config import Content, Operating
from synthtools_stream.report.past_run import USUAL, Cost, PastRun, PoolFigures

__all__ = ["Forecast", "Most", "forecast", "most_of"]

_ORDER = (
    "generation.subfields",
    "generation.scenarios",
    "generation.blueprint",
    "generation.tool",
    "auditing",
    "sequencing",
    "evolution",
    "summarizing",
    "rollout",
)
_BEGINS = {
    "fields": "generation.subfields",
    "given": "generation.blueprint",
    "environments": "generation.tool",
    "tools": "sequencing",
    "drafts": "summarizing",
    "tasks": "rollout",
}


@dataclass(frozen=True)
class Most:
    """What a run makes at most; None where it begins behind that."""

    environments: int | None
    sequences: int | None
    tasks: int
    attempts: int


@dataclass(frozen=True)
class Forecast:
    """What is expected."""

    items: dict[str, float]
    """Of each pool."""
    tasks: float
    cost: Cost
    seconds: tuple[float, float] | None
    """With all slots in use at that run's time for a call, and at its pace; None where neither is known."""


def most_of(content: Content, operating: Operating, count: int) -> Most:
    """Return what a run that begins with `count` items makes at most."""
    tasks, environments, sequences = count, None, None
    if content.start not in ("tasks", "drafts"):
        environments = count * (content.subfields * content.scenarios if content.start == "fields" else 1)
        sequences = tasks = environments * content.sequences
    if operating.max_tasks is not None:
        tasks = min(tasks, operating.max_tasks)
    return Most(environments, sequences, tasks, tasks * content.rollouts)


def forecast(content: Content, operating: Operating, count: int, past: PastRun) -> Forecast:
    """Return what a run that begins with `count` items is expected to take, by the figures of another one."""
    items = _items(content, count, past)
    tasks = items.get("summarizing", 0.0) * _done(past, "summarizing") if content.start != "tasks" else float(count)
    most = operating.max_tasks
    if most is not None and tasks > most:
        items = _cut(items, most / tasks)
        tasks = float(most)
    items["rollout"] = tasks * content.rollouts
    last = operating.stop_after
    if last is not None:
        items = {name: number for name, number in items.items() if _group(name) in _groups_to(last)}
    cost = Cost()
    for name, number in items.items():
        cost = cost.plus(_pool(past, name).each.times(number))
    return Forecast(
        items, tasks if "rollout" in items or last == "summarizing" else 0.0, cost, _seconds(cost, operating, past)
    )


def _items(content: Content, count: int, past: PastRun) -> dict[str, float]:
    """Return how many items each pool gets, rollout aside."""
    found: dict[str, float] = {}
    first = _BEGINS[content.start]
    if content.start == "tasks":
        return found
    if content.start == "drafts":
        return {"summarizing": float(count)}
    environments = float(count)
    if content.start == "fields":
        found["generation.subfields"] = float(count)
        found["generation.scenarios"] = (
            count * content.subfields * _ratio(past, "generation.scenarios", "generation.subfields", past.subfields)
        )
        environments = (
            found["generation.scenarios"]
            * content.scenarios
            * _ratio(past, "generation.blueprint", "generation.scenarios", past.scenarios)
        )
    if content.start in ("fields", "given"):
        found["generation.blueprint"] = environments
    if _ORDER.index(first) <= _ORDER.index("generation.tool"):
        found["generation.tool"] = environments * _ratio(past, "generation.tool", "generation.blueprint", 1)
        found["auditing"] = found["generation.tool"] * _ratio(past, "auditing", "generation.tool", 1)
        environments *= _ratio(past, "sequencing", "generation.blueprint", 1)
    found["sequencing"] = environments
    found["evolution"] = environments * content.sequences * _ratio(past, "evolution", "sequencing", past.sequences)
    found["summarizing"] = found["evolution"] * _ratio(past, "summarizing", "evolution", 1)
    return found


def _cut(items: dict[str, float], share: float) -> dict[str, float]:
    """Return the items of as many environments as make that share of the tasks: what is begun is whole."""
    environments = items.get("sequencing", 0.0)
    before = min(1.0, ceil(environments * share) / environments) if environments else share
    upstream = _ORDER[: _ORDER.index("evolution")]
    return {name: number * (before if name in upstream else share) for name, number in items.items()}


def _ratio(past: PastRun, pool: str, of: str, asked: int) -> float:
    """Return how many items of a pool there were for each that was asked for of another's items."""
    known, before = past.pools.get(pool), past.pools.get(of)
    if known is None or before is None or not before.settled:
        return 1.0 if past is USUAL else _ratio(USUAL, pool, of, _usual_asked(of))
    return known.settled / (before.settled * asked)


def _usual_asked(of: str) -> int:
    return {
        "generation.subfields": USUAL.subfields,
        "generation.scenarios": USUAL.scenarios,
        "sequencing": USUAL.sequences,
    }.get(of, 1)


def _pool(past: PastRun, name: str) -> PoolFigures:
    known = past.pools.get(name)
    return known if known is not None and known.settled else USUAL.pools[name]


def _done(past: PastRun, name: str) -> float:
    pool = _pool(past, name)
    return pool.done / pool.settled


def _group(name: str) -> str:
    return name.partition(".")[0]


def _groups_to(last: str) -> set[str]:
    groups = list(dict.fromkeys(map(_group, _ORDER)))
    return set(groups[: groups.index(last) + 1])


def _seconds(cost: Cost, operating: Operating, past: PastRun) -> tuple[float, float] | None:
    """Return the seconds of all calls: with more slots than the earlier run had in use, up to as many times faster."""
    if past.pace is None:
        return None
    slow = cost.calls / past.pace
    if operating.backend in ("embedded", "recorded"):  # on our own processor: more at once is not more
        return slow, slow
    slots = operating.concurrency * max(1, len(operating.server_url))
    return slow / max(1.0, slots / max(1, past.most_in_flight)), slow
