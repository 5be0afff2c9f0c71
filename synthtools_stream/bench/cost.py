"""The money: calls and tokens that a proven task costs, role by role, with coded and with simulated tools side by side.

Rollouts are left out: how many attempts are made is the user's choice, and with coded tools they cost the agent's turns
alone.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from synthtools_stream.assembly.run_inputs import from_fields
from synthtools_stream.bench.findings import Finding, command, integers, note, tell
from synthtools_stream.bench.in_process_run import run_in_process
from synthtools_stream.chat.language_model import LanguageModel, Usage
from synthtools_stream.config import RunConfig
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_CALLS", "Cost", "cost_of", "main"]

AIM_CALLS = 20.0
"""Calls a proven task at twelve sequences an environment, coded; simulated it was 38, upstream's way takes about 65."""
FIELDS = ("Freight and Logistics", "Public Libraries", "Dental Care", "Film Festivals", "Wind Farms", "Beekeeping")
"""Whose environments are made: of six, with some sixty tools, one odd tool moves a figure little."""
PLAYED = {"coded": "auto", "simulated": "simulated"}
"""What each side is called, and what the run is told for it."""


@dataclass(frozen=True)
class Cost:
    """What one run came to."""

    tasks: int
    tools: int
    coded: int
    """Those of `tools` that are played by a program."""
    calls: Mapping[str, int]
    """By role."""
    usage: Mapping[str, Usage]
    """By role."""

    def to_json(self) -> JsonObject:
        """Return the figures a proven task, role by role and in all."""
        roles: JsonObject = {
            role: self._a_task([role]) for role in sorted(self.calls, key=lambda role: -self.calls[role])
        }
        made: JsonObject = {"tasks": self.tasks, "tools": self.tools, "coded": self.coded}
        return {**made, **self._a_task([*self.calls]), "roles": roles}

    def _a_task(self, roles: Sequence[str]) -> JsonObject:
        a_task = max(1, self.tasks)
        spent = sum((self.usage[role] for role in roles), Usage())
        return {
            "calls": round(sum(self.calls[role] for role in roles) / a_task, 2),
            "prompt_tokens": round(spent.prompt_tokens / a_task),
            "cached_tokens": round(spent.cached_tokens / a_task),
            "completion_tokens": round(spent.completion_tokens / a_task),
        }

    def cells(self, roles: Sequence[str]) -> str:
        """Return the calls, prompt and answer tokens of some roles a proven task, as a table shows them."""
        told = self._a_task([role for role in roles if role in self.calls])
        return f"{told['calls']:>12}{told['prompt_tokens']:>9}{told['completion_tokens']:>8}"


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("cost", "Calls and tokens a proven task, role by role, coded and simulated.")
    parser.add_argument("--sequences", type=integers, default=[3, 12], metavar="N,N", help="sequences an environment")
    options = parser.parse_args(arguments)
    say = note("cost")
    figures: JsonObject = {}
    lines: list[str] = []
    for sequences in options.sequences:
        costs: dict[str, Cost] = {}
        for side, tools in PLAYED.items():
            say(f"{sequences} sequences an environment, {side}")
            costs[side] = asyncio.run(cost_of(sequences, tools))
        figures[str(sequences)] = {side: cost.to_json() for side, cost in costs.items()}
        lines += [f"{sequences} sequences an environment:", *_table(costs), ""]
    return tell(Finding(figures, lines[:-1]), options)


async def cost_of(sequences: int, tools: str, fields: Sequence[str] = FIELDS) -> Cost:
    """Make tasks in this process, with the embedded model, and count what they took."""
    config = RunConfig.build(
        {"fields": [*fields], "sequences": sequences, "tools_as": tools, "rollouts": 0, "stop_after": "summarizing"}
    )
    ran = await run_in_process(config, from_fields([*fields]), _as_it_is)
    calls: Counter[str] = Counter()
    usage: defaultdict[str, Usage] = defaultdict(Usage)
    for (stage, role), count in ran.calls.items():
        calls[role] += count
        usage[role] += ran.usage[stage, role]
    audited = [output for outcome in ran.of_stage("auditing") for output in outcome.outputs]
    tasks = sum(len(outcome.outputs) for outcome in ran.of_stage("summarizing"))
    return Cost(tasks, len(audited), sum(bool(output.get("program")) for output in audited), calls, usage)


def _as_it_is(model: LanguageModel) -> LanguageModel:
    return model


def _table(costs: Mapping[str, Cost]) -> Iterator[str]:
    """Yield one line a role, both sides beside each other, and the sum last."""
    yield f"{'calls and tokens a proven task':<32}" + "".join(f"{side:>12}{'prompt':>9}{'answer':>8}" for side in costs)
    roles = sorted({role for cost in costs.values() for role in cost.calls})
    for role in roles:
        yield f"  {role:<30}" + "".join(cost.cells([role]) for cost in costs.values())
    yield f"  {'all':<30}" + "".join(cost.cells(roles) for cost in costs.values())
    for side, cost in costs.items():
        yield f"  ({side}: {cost.tasks} tasks, {cost.coded} of {cost.tools} tools coded)"
