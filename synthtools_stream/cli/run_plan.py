"""What a run would make and cost, said before it is begun."""

from __future__ import annotations

from synthtools_stream.assembly import Start
from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.plain_text import counted, duration, printable, quantity
from synthtools_stream.config import RunConfig
from synthtools_stream.report.forecast import Forecast, forecast, most_of
from synthtools_stream.report.past_run import USUAL, Cost, PastRun

__all__ = ["say_plan"]

_BEGINNINGS = {
    "fields": ("field", "fields"),
    "given": ("document of tools", "documents of tools"),
    "environments": ("environment without tools", "environments without tools"),
    "tools": ("environment with its tools", "environments with their tools"),
    "drafts": ("task to be written anew", "tasks to be written anew"),
    "tasks": ("task", "tasks"),
}


def say_plan(config: RunConfig, start: Start, past: PastRun, spent: Cost | None = None) -> None:
    """Print what the run makes at most, what it is expected to take by the figures of `past`, and what to mind.

    `spent` is what earlier sessions of it took already.
    """
    expected = forecast(config.content, config.operating, start.count, past)
    say(_at_most(config, start))
    say(printable(f"expected, by {past.name}:"))
    items = expected.items
    if tools := items.get("generation.tool"):
        say(f"  {quantity(round(tools)):>9} tools")
    if expected.tasks:
        say(f"  {quantity(round(expected.tasks)):>9} tasks")
    if attempts := items.get("rollout"):
        say(f"  {quantity(round(attempts)):>9} attempts")
    for line in _costs(expected.cost, config):
        say(line)
    if expected.seconds is not None:
        say(f"  {_time(expected.seconds, past)}")
    if spent is not None and spent.calls:
        left = max(0.0, 1 - spent.calls / max(1.0, expected.cost.calls))
        say(f"  {quantity(spent.calls):>9} calls are made already: some {left:.0%} of them are left")
    for line in _warnings(config, expected, past):
        notice(line)


def _at_most(config: RunConfig, start: Start) -> str:
    most = most_of(config.content, config.operating, start.count)
    one, many = _BEGINNINGS[start.kind]
    parts = [counted(start.count, one, many)]
    if start.kind in ("fields", "given") and most.environments is not None:
        parts.append(counted(most.environments, "environment"))
    if most.sequences is not None:
        parts.append(counted(most.sequences, "sequence"))
    if start.kind != "tasks":
        parts.append(counted(most.tasks, "task"))
    parts.append(counted(most.attempts, "attempt"))
    last = config.operating.stop_after
    return f"at most: {' → '.join(parts)}" + (f"; it stops after {last}" if last else "")


def _costs(cost: Cost, config: RunConfig) -> list[str]:
    lines = [
        f"  {quantity(round(cost.calls)):>9} calls",
        f"  {quantity(round(cost.prompt)):>9} tokens in, {quantity(round(cost.completion))} out",
    ]
    if money := _money(cost, config):
        lines.append(f"  {money:>9,.2f} {config.operating.prices.currency}")
    return lines


def _time(seconds: tuple[float, float], past: PastRun) -> str:
    fast, slow = seconds
    pace = f"{past.pace or 0:.1f} calls a second, {past.most_in_flight} in flight at most"
    if slow - fast < 1:
        return f"{duration(slow):>9} at that run's pace ({pace})"
    return f"{duration(fast):>9} to {duration(slow)}: with all slots in use, and at that run's pace ({pace})"


def _money(cost: Cost, config: RunConfig) -> float:
    prices = config.operating.prices
    return (cost.prompt * prices.prompt + cost.completion * prices.completion) / 1e6


def _warnings(config: RunConfig, expected: Forecast, past: PastRun) -> list[str]:
    operating, money = config.operating, _money(expected.cost, config)
    tokens = expected.cost.prompt + expected.cost.completion
    told: list[str] = []
    if past is USUAL and operating.backend != "embedded":
        told.append("mind: another model takes other numbers of tokens and calls, often a multiple")
    if operating.backend in ("http", "vllm") and not money:
        told.append("mind: no prices are set ([prices] prompt, completion), so money is not told")
    if operating.token_budget is not None and tokens > operating.token_budget:
        told.append(f"mind: the token budget is {operating.token_budget / tokens:.0%} of what is expected")
    if operating.max_cost is not None and money > operating.max_cost:
        told.append(f"mind: the budget of money is {operating.max_cost / money:.0%} of what is expected")
    if operating.max_tasks is not None and round(expected.tasks) < operating.max_tasks and "rollout" in expected.items:
        told.append(f"mind: {operating.max_tasks:,} tasks are asked for, and some {expected.tasks:,.0f} are expected")
    return told
