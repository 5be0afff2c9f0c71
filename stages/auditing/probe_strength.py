"""How much a tool's probes show of its program, and the few drawn calls that show what they leave open.

The probes' strength is the share of the program's mutants that they kill. Of drawn calls the few are kept that kill the
most of the rest: they go to the second reading and the judge, who so see just what nobody has looked at yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.auditing.adequacy import Adequacy, chosen_calls, kills_of, measured
from stages.auditing.drawn_calls import DrawnCall, drawn_calls
from synthtools_stream.programs.mutants import mutants
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.toolcalls import Call

__all__ = ["ProbeStrength", "probe_strength"]

_DRAWN = 120
"""Calls that are drawn. In a trial 200 killed 98% of all mutants; these leave a few more, for half the time."""


@dataclass(frozen=True, slots=True)
class ProbeStrength:
    """What probes show, and what is to be looked at beside them."""

    by_probes: Adequacy
    chosen: Sequence[DrawnCall]
    """Drawn calls that kill what the probes left alive, the strongest first; none where they kill nothing."""


async def probe_strength(
    source: str,
    tool: Tool,
    entity_types: Sequence[EntityType],
    world: State,
    probes: Sequence[Call],
    sandbox: Sandbox,
    seed: str,
) -> ProbeStrength:
    """Return how strong the probes are: canonical calls in the audit's world.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    made = [program_call(source, call, tool, world, entity_types) for call in probes]
    by_probes = await measured(sandbox, mutants(source), made)
    drawn = list(drawn_calls(tool, entity_types, world, seed, _DRAWN))
    calls = [
        program_call(source, Call(tool.tool_name, case.arguments), tool, case.state, entity_types) for case in drawn
    ]
    rows = await kills_of(sandbox, [mutant.source for mutant in by_probes.alive], calls)
    return ProbeStrength(by_probes, [drawn[place] for place in chosen_calls(rows)])
