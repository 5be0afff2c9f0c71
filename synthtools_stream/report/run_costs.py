"""What a run has cost: calls, tokens and money for a proven task, role by role, as its reply log says it."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from synthtools_stream.engine.run_status import read_status
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.report.figure_kinds import Count, Measure, Score, Section
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = ["run_costs"]


def run_costs(directory: Path, tasks: int, phases: Phases = UNTOLD) -> Section:
    """Return the figures of a run that made so many proven tasks; nothing of a directory without logs.

    A log that was compacted tells less than the whole.

    :raises LogDamage: for a damaged log.
    """
    record = _record(directory)
    if record is None:
        return {}
    if spent := object_at(object_at(record, "merged"), "spent"):
        return _of_merge(spent, max(1, tasks)) | _money(read_status(directory), max(1, tasks))
    calls: Counter[str] = Counter()
    tokens: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with phases.phase("reading the log of replies", "replies") as phase:
        for logged in phase.counting(read_replies(directory)):
            calls[logged.role] += 1
            tokens[logged.role].update(_usage(object_at(logged.reply, "usage")))
    if not calls:
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


def _record(directory: Path) -> JsonObject | None:
    """Return a run's record; None where there is no run that could tell."""
    try:
        return read_run(directory)
    except RunDirectoryError:
        return None


def _of_merge(spent: JsonObject, tasks: int) -> Section:
    """Return what the shards of a merge have spent, which has no log of its own."""
    calls = _whole(spent.get("requests"))
    found: dict[str, Measure] = {"calls": Count(calls), "calls a proven task": Score(calls / tasks)}
    for name in ("prompt", "completion"):
        found[f"{name} tokens a proven task"] = Score(_whole(object_at(spent, "tokens").get(name)) / tasks)
    return found


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
