"""What a run has cost: calls, tokens and money for a proven task, role by role, as its reply log says it."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from synthtools_stream.engine.run_status import read_status
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.report.figure_kinds import Count, Measure, Score, Section
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["run_costs"]


def run_costs(directory: Path, tasks: int) -> Section:
    """Return the figures of a run that made so many proven tasks; nothing of a directory without logs.

    A log that was compacted tells less than the whole.

    :raises LogDamage: for a damaged log.
    """
    calls: Counter[str] = Counter()
    tokens: defaultdict[str, Counter[str]] = defaultdict(Counter)
    try:
        for logged in read_replies(directory):
            calls[logged.role] += 1
            tokens[logged.role].update(_usage(object_at(logged.reply, "usage")))
    except RunDirectoryError:
        return {}
    a_task = max(1, tasks)
    whole = sum(tokens.values(), Counter[str]())
    found: dict[str, Measure] = {"calls": Count(calls.total())}
    found["calls a proven task"] = Score(calls.total() / a_task)
    found |= {f"{name} tokens a proven task": Score(count / a_task) for name, count in whole.items()}
    snapshot = read_status(directory)
    money = _money(snapshot, a_task)
    for role in sorted(calls, key=lambda role: (-calls[role], role)):
        found[f"{role}: calls a proven task"] = Score(calls[role] / a_task)
        found[f"{role}: tokens a proven task"] = Score(sum(tokens[role].values()) / a_task)
        if money:
            found |= _money_of(role, tokens[role], snapshot, a_task)
    return found | money


def _usage(usage: JsonObject) -> dict[str, int]:
    return {name: _whole(usage.get(f"{name}_tokens")) for name in ("prompt", "completion")}


def _money(snapshot: JsonObject, tasks: int) -> Section:
    """Return what it cost at the configured prices, where there are any."""
    cost = snapshot.get("cost")
    return {f"{_currency(snapshot)} a proven task": Score(cost / tasks)} if isinstance(cost, int | float) else {}


def _money_of(role: str, tokens: Counter[str], snapshot: JsonObject, tasks: int) -> Section:
    """Return what one role cost; nothing of a run whose snapshots do not tell prices yet."""
    prices = object_at(snapshot, "prices")
    if not prices:
        return {}
    cost = sum(count * _number(prices.get(name)) for name, count in tokens.items()) / 1e6
    return {f"{role}: {_currency(snapshot)} a proven task": Score(cost / tasks)}


def _currency(snapshot: JsonObject) -> str:
    return str(snapshot.get("currency") or "money")


def _number(value: Json) -> float:
    return value if isinstance(value, int | float) else 0.0


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
