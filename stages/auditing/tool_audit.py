"""Auditing: can a tool be emulated reliably? Probes made against one world of its environment answer that.

Code decides what it can: a probe whose call breaks the schema says nothing about the tool, and `auditchecks` settles
what is surely right or surely wrong. The judge role reads each remaining distinct answer of a probe once. An answer
that the runtime refuses counts as wrong, and is not sent back: a repair may fail next time, and it hides what the tool
does. Nor does a reply count that was readable only when asked for again.

Two things must hold for a tool to pass. Over all answers, the sequential test must find it sound; and in every
applicable mode the Wilson lower bound must clear the floor, where a probe counts once, however often it was run, with
the share of its runs that were right. Probing goes on, with new probes first and repeats after them, until both are
clear or nothing is left to try.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise, zip_longest

from stages.auditing.first_answers import FirstAnswers, RefusedAnswer
from stages.auditing.settled_by_code import settle
from stages.auditing.stopping_rule import ACCEPT, REJECT, evidence, wilson_lower_bound
from synthtools_stream.asking.asker import UsageMeter
from synthtools_stream.engine.parallel import concurrently
from synthtools_stream.engine.stage import Context
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
from synthtools_stream.roles.simulator_role import ToolRequest
from synthtools_stream.simulator.tool_runtime import Served, Simulator, shown_state, shown_types
from synthtools_stream.state import initial_state, world_problems
from synthtools_stream.toolcalls import Call, canonical, check_call, format_call
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Auditing", "wilson_lower_bound"]


@dataclass(frozen=True)
class Run:
    """One answer to a probe."""

    served: Served
    repaired: bool
    """Whether the runtime had to refuse a first answer."""
    judgment: Judgment | None = None
    """None where the judge gave no usable word."""

    def to_json(self) -> JsonObject:
        """Return the run as it stands in a probe's JSON."""
        shown: JsonObject = {
            "status_code": self.served.status_code,
            "judgment": self.judgment.value if self.judgment else None,
        }
        return {**shown, "repaired": True} if self.repaired else shown


@dataclass
class Trial:
    """One probe and its runs so far."""

    index: int
    probe: ProbeSpec
    call: Call
    runs: list[Run] = field(default_factory=list[Run])

    @property
    def scored(self) -> list[bool]:
        """Whether each judged run was right."""
        return [run.judgment is Judgment.correct for run in self.runs if run.judgment is not None]

    @property
    def share(self) -> float:
        """The share of its judged runs that was right."""
        return sum(self.scored) / len(self.scored)

    @property
    def stable(self) -> bool:
        """Whether the runs agree."""
        return all(_same_answer(a.served, b.served) for a, b in pairwise(self.runs))

    def found_right(self, served: Served) -> bool:
        """Whether this very answer was judged before, and found right."""
        right = [run.served for run in self.runs if run.judgment is Judgment.correct]
        return any(_same_answer(known, served) for known in right)

    def to_json(self) -> JsonObject:
        """Return the probe as it stands in a tool's row, or as evidence against it."""
        return {
            "mode": self.probe.mode,
            "purpose": self.probe.purpose,
            "call": format_call(self.call),
            "answers": [run.to_json() for run in self.runs],
        }


class Auditing:
    """One written tool into an audited one."""

    name = "auditing"

    def __init__(self, floor: float, per_mode: int, repeats: int, model: str) -> None:
        """`floor` is what each mode's lower bound must clear.

        A first look takes five runs for each of `per_mode`, each further one three; no probe is run more than `repeats`
        times.
        """
        self._floor = floor
        self._per_mode = per_mode
        self._repeats = repeats
        self._meta: JsonObject = {"model": model}

    async def process(self, item: ToolDraft, context: Context) -> Sequence[AuditedTool]:
        """Probe the tool; raises Rejection with the probe that failed it."""
        world = await self._world(item, context)
        probes = await self._probes(item, world, context)
        trials = [Trial(index, probe, _call(item, probe)) for index, probe in enumerate(probes)]
        waiting = list(_schedule(trials, self._repeats))
        look = 5 * self._per_mode
        while waiting:
            await self._look(item, world, waiting[:look], context)
            del waiting[:look]
            look = 3 * self._per_mode
            if self._is_decided(trials):
                break
        return [self._passed(item, trials)]

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
        answers = await concurrently(self._run(item, world, trial, repeat, context) for trial, repeat in runs)
        fresh: dict[int, list[Run]] = {}
        for (trial, _), run in zip(runs, answers, strict=True):
            fresh.setdefault(trial.index, []).append(run)
        trials = {trial.index: trial for trial, _ in runs}
        await concurrently(self._judge_all(item, world, trials[index], new, context) for index, new in fresh.items())

    async def _run(self, item: ToolDraft, world: State, trial: Trial, repeat: int, context: Context) -> Run:
        own = replace(context, usage=UsageMeter())
        tool = item.tool
        owner = f"{item.id}/{trial.index}.{repeat}"
        simulator = Simulator({tool.tool_name: tool}, item.setting.entity_types, world, FirstAnswers(own), owner=owner)
        refused = False
        try:
            served = await simulator.call(trial.call, repeat=repeat)
        except RefusedAnswer as answer:
            refused = True
            served = Served(format_call(trial.call), answer.status_code, {}, answer.detail)
        except UnusableReply as reply:
            served = Served(format_call(trial.call), 500, {}, f"no usable answer: {reply.detail}")
        context.usage.prompt_tokens += own.usage.prompt_tokens
        context.usage.completion_tokens += own.usage.completion_tokens
        context.usage.requests += own.usage.requests
        return Run(served, repaired=refused or own.usage.requests > 1)

    async def _judge_all(
        self, item: ToolDraft, world: State, trial: Trial, fresh: Sequence[Run], context: Context
    ) -> None:
        """Add the runs to their trial, each judged; what was found right before is right again.

        What was found wrong is read afresh, so that one slip of the judge does not count over and over.
        """
        for run in fresh:
            if run.repaired:
                judgment: Judgment | None = Judgment.inappropriate
            elif trial.found_right(run.served):
                judgment = Judgment.correct
            else:
                judgment = await self._judge(item, world, trial, run.served, context)
            trial.runs.append(replace(run, judgment=judgment))

    async def _judge(
        self, item: ToolDraft, world: State, trial: Trial, served: Served, context: Context
    ) -> Judgment | None:
        settled = settle(trial.probe, served, item.tool, world, item.setting.entity_types)
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

    def _is_decided(self, trials: Sequence[Trial]) -> bool:
        found = _weigh(trials)
        return found >= REJECT or (found <= ACCEPT and not list(self._short_modes(trials)))

    def _short_modes(self, trials: Sequence[Trial]) -> Iterator[str]:
        """Yield the applicable modes that do not clear the floor; a mode of which nothing was scored is not one."""
        for mode, members in _by_mode(trials).items():
            if wilson_lower_bound(sum(trial.share for trial in members), len(members)) < self._floor:
                yield mode

    def _passed(self, item: ToolDraft, trials: list[Trial]) -> AuditedTool:
        modes = _by_mode(trials)
        if "happy_path" not in modes:
            raise Rejection("unaudited", "no probe of the happy path could be scored")
        short = next(self._short_modes(trials), None)
        if short is not None or _weigh(trials) >= 0:
            raise _unreliable(short, trials, self._floor)
        scored = [trial for trial in trials if trial.scored]
        return AuditedTool(
            id=item.id,
            setting=item.setting,
            tool_name=item.tool.tool_name,
            tool=item.tool,
            reliability=_mean([trial.share for trial in scored]),
            reliability_per_mode={mode: _mean([trial.share for trial in members]) for mode, members in modes.items()},
            stability=_mean([float(trial.stable) for trial in scored]),
            probes=[trial.to_json() for trial in trials if trial.runs],
            meta={**self._meta},
        )


def _schedule(trials: Sequence[Trial], repeats: int) -> Iterator[tuple[Trial, int]]:
    """Yield what to run, in order: every probe once, then every probe again.

    Two that must succeed come before each that must not, for a success can go wrong in more ways; those that must not
    are taken from their modes in turn.
    """
    succeed = [trial for trial in trials if trial.probe.expected_status == 200]
    refused = [trial for trial in trials if trial.probe.expected_status != 200]
    modes = list(dict.fromkeys(trial.probe.mode for trial in refused))
    columns = [[trial for trial in refused if trial.probe.mode == mode] for mode in modes]
    turns = [trial for row in zip_longest(*columns) for trial in row if trial is not None]
    for repeat in range(repeats):
        for row in zip_longest(succeed[::2], succeed[1::2], turns):
            yield from ((trial, repeat) for trial in row if trial is not None)


def _weigh(trials: Sequence[Trial]) -> float:
    right = sum(sum(trial.scored) for trial in trials)
    return evidence(sum(len(trial.scored) for trial in trials) - right, right)


def _by_mode(trials: Sequence[Trial]) -> dict[str, list[Trial]]:
    found: dict[str, list[Trial]] = {}
    for trial in trials:
        if trial.scored:
            found.setdefault(trial.probe.mode, []).append(trial)
    return found


def _mean(shares: Sequence[float]) -> float:
    return round(sum(shares) / len(shares), 4) if shares else 0.0


def _unreliable(short: str | None, trials: Sequence[Trial], floor: float) -> Rejection:
    scored = [trial for trial in trials if trial.scored]
    worst = min((trial for trial in scored if short in (None, trial.probe.mode)), key=lambda trial: trial.share)
    members = _by_mode(trials)[worst.probe.mode]
    well = sum(trial.share == 1.0 for trial in members)
    answers = sum(len(trial.scored) for trial in scored)
    wrong = answers - sum(sum(trial.scored) for trial in scored)
    detail = f"{worst.probe.mode}: {well} of {len(members)} probes answered well"
    if short is not None:
        bound = wilson_lower_bound(sum(trial.share for trial in members), len(members))
        detail += f", lower bound {bound:.2f} below {floor:.2f}"
    detail += f"; in all modes {wrong} of {answers} answers were wrong"
    tried = sum(bool(trial.runs) for trial in trials)
    return Rejection("unreliable", detail, evidence={"probe": worst.to_json(), "probes": tried, "answers": answers})


def _check_world(entity_types: Sequence[EntityType], world: WorldOutput) -> None:
    problems = world_problems(entity_types, world.now, world.entities)
    if problems:
        raise Rejection("bad_world", "; ".join(problems[:5]))


def _check_judgment(served: Served, reading: AuditJudgeOutput) -> None:
    """Refuse a judgment that speaks of another status than the answer has."""
    if served.ok and reading.judgment is Judgment.should_pass_but_failed:
        raise Rejection("bad_judgment", "the answer is a success, so it cannot be should_pass_but_failed")
    if not served.ok and reading.judgment is Judgment.should_fail_but_passed:
        raise Rejection("bad_judgment", "the answer is a refusal, so it cannot be should_fail_but_passed")


def _call(item: ToolDraft, probe: ProbeSpec) -> Call:
    return canonical(Call(item.tool.tool_name, probe.arguments), item.tool)


def _same_answer(a: Served, b: Served) -> bool:
    return (a.status_code, a.response, a.changes) == (b.status_code, b.response, b.changes)
