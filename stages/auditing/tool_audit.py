"""Auditing: can a tool be emulated reliably? Probes made against one world of its environment answer that.

Where tools may be code, a program is written and audited first (`program_audit`). A tool without one that passes is
rejected where only code will do; else it is played by the simulator, and audited as such.

Then code decides what it can: a probe whose call breaks the schema says nothing about the tool, and `code_judgment`
settles what is surely right or surely wrong. The judge role reads each remaining distinct answer of a probe once. An
answer that the runtime refuses counts as wrong, and is not sent back: a repair may fail next time, and it hides what
the tool does. A reply that cannot be read is asked for again as everywhere, and says nothing about the tool: the
answer that stands is judged, and where none can be had the run is not scored.

Probing goes on, with new probes first and repeats after them (`probe_schedule`), until the tool is clearly reliable or
clearly not (`reliability`), or nothing is left to try.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Literal

from stages.auditing.code_judgment import code_judgment
from stages.auditing.probe_schedule import looks
from stages.auditing.probe_trial import Run, RunFault, Trial
from stages.auditing.program_audit import AuditedProgram, NoProgram, ProgramAudit
from stages.auditing.reliability import Reliability
from synthtools_stream.asking.asker import RefusedOutput
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.records import AuditedTool, EntityType, State, ToolDraft
from synthtools_stream.roles.audit_roles import (
    AUDIT_JUDGE,
    PROBE,
    WORLD,
    AuditJudgeInput,
    AuditJudgeOutput,
    Judgment,
    ProbeInput,
    ProbeMode,
    ProbeSpec,
    WorldInput,
    WorldOutput,
)
from synthtools_stream.roles.simulator_role import SimulatorOutput, ToolRequest
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.shown_world import shown_state, shown_types
from synthtools_stream.simulator.tool_runtime import Served, Simulator
from synthtools_stream.state import initial_state, world_problems
from synthtools_stream.toolcalls import Call, canonical, check_call, format_call
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
            return [self._coded(item, await self._program(item, world, trials, context))]
        except NoProgram as reason:
            if self._tools == "code":
                raise Rejection("no_program", str(reason)) from reason
            return [await self._simulated(item, world, trials, str(reason), context)]

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

    async def _simulated(
        self, item: ToolDraft, world: State, trials: list[Trial], demoted: str, context: Context
    ) -> AuditedTool:
        """Audit the tool as the simulator plays it; `demoted` says why it has no program, where it might have one."""
        for look in looks(trials, self._repeats, self._per_mode):
            await self._look(item, world, look, context)
            if Reliability(trials, self._floor).is_decided:
                break
        return self._passed(item, trials, demoted)

    def _coded(self, item: ToolDraft, program: AuditedProgram) -> AuditedTool:
        found = Reliability(program.trials, self._floor)
        return AuditedTool(
            id=item.id,
            setting=item.setting,
            tool_name=item.tool.tool_name,
            tool=item.tool,
            program=program.source,
            adequacy=program.adequacy(),
            reliability=found.overall,
            reliability_per_mode=found.per_mode,
            stability=found.stability,
            probes=[trial.to_json() for trial in program.trials],
            meta={**self._meta, "played": "coded"},
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

    async def _look(self, item: ToolDraft, world: State, runs: Sequence[tuple[Trial, int]], context: Context) -> None:
        """Run probes at once, then judge what they answered."""
        answers = await all_results(self._run(item, world, trial, repeat, context) for trial, repeat in runs)
        fresh: dict[int, list[Run]] = {}
        for (trial, _), run in zip(runs, answers, strict=True):
            fresh.setdefault(trial.index, []).append(run)
        trials = {trial.index: trial for trial, _ in runs}
        await all_results(self._judge_all(item, world, trials[index], new, context) for index, new in fresh.items())

    async def _run(self, item: ToolDraft, world: State, trial: Trial, repeat: int, context: Context) -> Run:
        simulator = Simulator(
            {item.tool.tool_name: item.tool},
            item.setting.entity_types,
            world,
            context,
            owner=f"{item.id}/{trial.index}.{repeat}",
            repairs=0,
        )
        try:
            return Run(await simulator.call(trial.call, repeat=repeat))
        except RefusedOutput as reply:
            return Run(Served(format_call(trial.call), _refused(reply)), RunFault.refused)
        except UnusableReply as reply:
            unread = Answer(500, {}, f"no usable answer: {reply.detail}")
            return Run(Served(format_call(trial.call), unread), RunFault.unreadable)

    async def _judge_all(
        self, item: ToolDraft, world: State, trial: Trial, fresh: Sequence[Run], context: Context
    ) -> None:
        """Add the runs to their trial, each judged; what was found right before is right again.

        What was found wrong is read afresh, so that one slip of the judge does not count over and over.
        """
        for run in fresh:
            if run.fault is RunFault.unreadable:
                judgment: Judgment | None = None
            elif run.fault is RunFault.refused:
                judgment = Judgment.inappropriate
            elif trial.found_right(run.served):
                judgment = Judgment.correct
            else:
                judgment = await self._judge(item, world, trial, run.served, context)
            trial.runs.append(replace(run, judgment=judgment))

    async def _judge(
        self, item: ToolDraft, world: State, trial: Trial, served: Served, context: Context
    ) -> Judgment | None:
        settled = code_judgment(trial.probe, served, item.tool, world)
        if settled is not None:
            return settled
        asked = AuditJudgeInput(
            entity_types=shown_types(item.tool, item.setting.entity_types),
            state=shown_state(item.tool, world, item.setting.entity_types),
            tool=item.tool,
            call=ToolRequest(tool_name=trial.call.name, arguments=trial.call.arguments),
            purpose=trial.probe.purpose,
            mode=ProbeMode(trial.probe.mode),
            status_code=served.status_code,
            response=served.response if served.ok else served.body,
            changes=list(served.changes),
        )
        try:
            key = f"{trial.index}.{len(trial.runs)}"
            reply = await context.ask(AUDIT_JUDGE, asked, key=key, check=partial(_check_judgment, served))
            return reply.judgment
        except UnusableReply:
            return None

    def _passed(self, item: ToolDraft, trials: list[Trial], demoted: str) -> AuditedTool:
        played: JsonObject = {"played": "simulated", **({"demoted": demoted} if demoted else {})}
        found = Reliability(trials, self._floor)
        found.assert_enough()
        return AuditedTool(
            id=item.id,
            setting=item.setting,
            tool_name=item.tool.tool_name,
            tool=item.tool,
            reliability=found.overall,
            reliability_per_mode=found.per_mode,
            stability=found.stability,
            probes=[trial.to_json() for trial in trials if trial.runs],
            meta={**self._meta, **played},
        )


def _refused(reply: RefusedOutput) -> Answer:
    """Return what counts as the answer where the runtime refuses the one that was given."""
    status = reply.output.status_code if isinstance(reply.output, SimulatorOutput) else 500
    return Answer(status, {}, reply.problem)


def _check_world(entity_types: Sequence[EntityType], world: WorldOutput) -> None:
    problems = world_problems(entity_types, world.now, world.entities)
    if problems:
        raise Rejection("bad_world", "; ".join(problems[:_MAX_PROBLEMS]))


def _check_judgment(served: Served, reading: AuditJudgeOutput) -> None:
    """Refuse a judgment that speaks of another status than the answer has."""
    if served.ok and reading.judgment is Judgment.should_pass_but_failed:
        raise Rejection("bad_judgment", "the answer is a success, so it cannot be should_pass_but_failed")
    if not served.ok and reading.judgment is Judgment.should_fail_but_passed:
        raise Rejection("bad_judgment", "the answer is a refusal, so it cannot be should_fail_but_passed")


def _call(item: ToolDraft, probe: ProbeSpec) -> Call:
    return canonical(Call(item.tool.tool_name, probe.arguments), item.tool)
