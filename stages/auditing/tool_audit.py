"""Auditing: what plays a tool, and does it play it as its words say?

One world is written for the environment, and probes for the tool. Where tools may be code, a program is written and
audited first (`program_audit`). A tool without one that passes is rejected where only code will do; else it is played
by the simulator, and audited as such (`simulated_audit`). A probe whose call breaks the schema says nothing about the
tool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Literal

from stages.auditing.probe_trial import Trial
from stages.auditing.program_audit import AuditedProgram, NoProgram, ProgramAudit
from stages.auditing.reliability import Reliability
from stages.auditing.simulated_audit import SimulatedAudit
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.quality.fault import fault_lines
from synthtools_stream.quality.value_heuristics import entity_faults
from synthtools_stream.records import AuditedTool, EntityType, State, ToolDraft
from synthtools_stream.roles.audit_roles import (
    PROBE,
    WORLD,
    ProbeInput,
    ProbeMode,
    ProbeSpec,
    WorldInput,
    WorldOutput,
)
from synthtools_stream.simulator.shown_world import shown_state
from synthtools_stream.state import initial_state, world_problems
from synthtools_stream.toolcalls import Call, canonical, check_call
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Auditing"]

_MAX_PROBLEMS = 5
"""Problems of a world that its writer is told at once: it mends a few of them well."""


class Auditing:
    """One written tool into an audited one."""

    name = "auditing"

    def __init__(
        self,
        tools: Literal["auto", "code", "simulated"],
        floor: float,
        per_mode: int,
        repeats: int,
        *,
        model: str,
        seed: int,
        programs: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`tools` says who may play a tool; `floor` is what each mode's lower bound must clear where it is simulated.

        `programs` are brought by the user, by tool name or tool id; they are audited like any other.
        `per_mode` probes a mode are asked for twice over, and no probe is run more than `repeats` times.
        """
        self._tools = tools
        self._seed = seed
        self._programs = programs
        self._floor = floor
        self._per_mode = per_mode
        self._repeats = repeats
        self._meta: JsonObject = {"model": model}

    async def process(self, item: ToolDraft, context: Context) -> Sequence[AuditedTool]:
        """Probe the tool.

        :raises Rejection: when it is not reliable, with the probe that failed it, or no world or probes can be had.
        """
        world = await self._world(item, context)
        probes = await self._probes(item, world, context)
        trials = [Trial(index, probe, _call(item, probe)) for index, probe in enumerate(probes)]
        try:
            program = await self._program(item, world, trials, context)
            found = Reliability(program.trials, self._floor)
            return [self._row(item, program.trials, found, {"played": "coded"}, program)]
        except NoProgram as reason:
            if self._tools == "code":
                raise Rejection("no_program", str(reason)) from reason
            demoted: JsonObject = {"demoted": str(reason)} if str(reason) else {}
        found = await SimulatedAudit(item, world, trials, context).passed(self._floor, self._per_mode, self._repeats)
        return [self._row(item, trials, found, {"played": "simulated", **demoted})]

    async def _program(
        self, item: ToolDraft, world: State, trials: Sequence[Trial], context: Context
    ) -> AuditedProgram:
        if self._tools == "simulated" or context.sandbox is None:
            raise NoProgram("")
        if item.tool.effects is None:
            raise NoProgram("the tool does not tell its effects, so no program can be held to them")
        if all(trial.probe.mode != ProbeMode.happy_path for trial in trials):
            raise NoProgram("no probe tries the happy path, so nothing says that the tool can succeed")
        audit = ProgramAudit(item, world, trials, context.sandbox, self._seed, context)
        brought = self._programs.get(item.id) or self._programs.get(item.tool.tool_name)
        return await (audit.passed() if brought is None else audit.passed_as_brought(brought))

    def _row(
        self,
        item: ToolDraft,
        trials: Sequence[Trial],
        found: Reliability,
        played: JsonObject,
        program: AuditedProgram | None = None,
    ) -> AuditedTool:
        return AuditedTool(
            id=item.id,
            setting=item.setting,
            tool_name=item.tool.tool_name,
            tool=item.tool,
            program="" if program is None else program.source,
            adequacy=None if program is None else program.adequacy(),
            reliability=found.overall,
            reliability_per_mode=found.per_mode,
            stability=found.stability,
            probes=[trial.to_json() for trial in trials if trial.runs],
            meta={**self._meta, **played},
        )

    async def _world(self, item: ToolDraft, context: Context) -> State:
        """Ask for the environment's world: every tool of it asks the same, and the reply log answers all but one."""
        entity_types = item.setting.entity_types
        asked = WorldInput(scenario=item.setting.scenario, entity_types=entity_types, purposes=item.purposes)
        reply = await context.ask(WORLD, asked, item=item.setting.id, check=partial(_check_world, entity_types))
        return initial_state(reply.now, reply.entities, entity_types)

    async def _probes(self, item: ToolDraft, world: State, context: Context) -> list[ProbeSpec]:
        asked = ProbeInput(
            state=shown_state(item.tool, world, item.setting.entity_types), tool=item.tool, per_mode=2 * self._per_mode
        )
        reply = await context.ask(PROBE, asked)
        return [
            probe for probe in reply.probes if not check_call(Call(item.tool.tool_name, probe.arguments), item.tool)
        ]


def _check_world(entity_types: Sequence[EntityType], world: WorldOutput) -> None:
    problems = [*world_problems(entity_types, world.now, world.entities), *fault_lines(entity_faults(world.entities))]
    if problems:
        raise Rejection("bad_world", "; ".join(problems[:_MAX_PROBLEMS]))


def _call(item: ToolDraft, probe: ProbeSpec) -> Call:
    return canonical(Call(item.tool.tool_name, probe.arguments), item.tool)
