"""Auditing: can a tool be emulated reliably? Probes made against one world of its environment answer that.

Code decides what it can: a probe whose call breaks the schema says nothing about the tool, an error that was expected
needs no judge, and a pinned fact is looked up in the response. The judge role reads each remaining distinct answer
once. A probe counts as answered well if all its repeats were; Wilson lower bounds count probes, never repeats, and
every applicable mode must clear the floor. Probing is sequential: a first look a mode, and twice as many where that
did not decide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from synthtools_stream.concurrently import concurrently
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.jsontypes import Json, JsonObject
from synthtools_stream.records import AuditedTool, EntityType, State, ToolDraft
from synthtools_stream.roles.auditing import (
    AUDIT_JUDGE,
    PROBE,
    WORLD,
    AuditJudgeInput,
    Judgment,
    ProbeInput,
    ProbeMode,
    ProbeSpec,
    WorldInput,
    WorldOutput,
)
from synthtools_stream.roles.playing import ToolRequest
from synthtools_stream.simulator import Served, Simulator, shown_state
from synthtools_stream.stage import Context
from synthtools_stream.state import initial_state, world_problems
from synthtools_stream.toolcalls import Call, check_call, format_call

__all__ = ["Auditing", "wilson_lower_bound"]

ONE_SIDED_95 = 1.645
WORLD_BYTES = 8192


@dataclass(frozen=True)
class ProbeResult:
    """One probe with what its repeats answered and how they were judged."""

    probe: ProbeSpec
    call: str
    served: tuple[Served, ...]
    judgments: tuple[Judgment | None, ...]
    """One per repeat; None where the judge gave no usable word."""

    @property
    def scored(self) -> bool:
        """Whether every repeat was judged."""
        return all(judgment is not None for judgment in self.judgments)

    @property
    def correct(self) -> bool:
        """Whether every repeat was answered well."""
        return all(judgment is Judgment.correct for judgment in self.judgments)

    @property
    def stable(self) -> bool:
        """Whether the repeats agree."""
        return all(_same_answer(a, b) for a, b in pairwise(self.served))

    def to_json(self) -> JsonObject:
        """Return the probe as it stands in a tool's row, or as evidence against it."""
        return {
            "mode": self.probe.mode,
            "purpose": self.probe.purpose,
            "call": self.call,
            "answers": [
                {"status_code": served.status_code, "judgment": judgment.value if judgment else None}
                for served, judgment in zip(self.served, self.judgments, strict=True)
            ],
        }


class Auditing:
    """One written tool into an audited one."""

    name = "auditing"

    def __init__(self, floor: float, per_mode: int, repeats: int, model: str) -> None:
        """`floor` is what each mode's lower bound must clear, `per_mode` the probes of a first look."""
        self._floor = floor
        self._per_mode = per_mode
        self._repeats = repeats
        self._meta: JsonObject = {"model": model}

    async def process(self, item: ToolDraft, context: Context) -> Sequence[AuditedTool]:
        """Probe the tool; raises Rejection with the probe that failed it."""
        world = await self._world(item, context)
        probes = await self._probes(item, world, context)
        results: list[ProbeResult] = []
        for mode in dict.fromkeys(probe.mode for probe in probes):
            asked = [(index, probe) for index, probe in enumerate(probes) if probe.mode == mode]
            results += await self._mode(item, world, asked, context)
        return [self._passed(item, results)]

    async def _world(self, item: ToolDraft, context: Context) -> State:
        """Ask for the environment's world: every tool of it asks the same, and the reply log answers all but one."""
        entity_types = item.setting.entity_types
        asked = WorldInput(scenario=item.setting.scenario, entity_types=entity_types)
        reply = await context.ask(WORLD, asked, item=item.setting.id, check=partial(_check_world, entity_types))
        return initial_state(reply.now, reply.entities, entity_types)

    async def _probes(self, item: ToolDraft, world: State, context: Context) -> list[ProbeSpec]:
        asked = ProbeInput(
            state=shown_state(item.tool, world, item.setting.entity_types), tool=item.tool, per_mode=2 * self._per_mode
        )
        reply = await context.ask(PROBE, asked)
        return [probe for probe in reply.probes if not check_call(_call(item, probe), item.tool)]

    async def _mode(
        self, item: ToolDraft, world: State, probes: list[tuple[int, ProbeSpec]], context: Context
    ) -> list[ProbeResult]:
        """Probe one mode: a first look, and the rest only where that did not clear the floor."""
        first, rest = probes[: self._per_mode], probes[self._per_mode :]
        results = await self._run(item, world, first, context)
        hopeless = not any(result.correct for result in results)
        if not self._clears(results) and not hopeless:
            results += await self._run(item, world, rest, context)
        return results

    async def _run(
        self, item: ToolDraft, world: State, probes: list[tuple[int, ProbeSpec]], context: Context
    ) -> list[ProbeResult]:
        return await concurrently(self._probe(item, world, index, probe, context) for index, probe in probes)

    async def _probe(
        self, item: ToolDraft, world: State, index: int, probe: ProbeSpec, context: Context
    ) -> ProbeResult:
        call = _call(item, probe)
        served = await concurrently(
            self._serve(item, world, call, f"{index}.{repeat}", repeat, context) for repeat in range(self._repeats)
        )
        judgments: list[Judgment | None] = []
        for number, answer in enumerate(served):
            twin = next((n for n in range(number) if _same_answer(served[n], answer)), None)
            key = f"{index}.{number}"
            judgments.append(
                await self._judge(item, world, probe, call, answer, key, context) if twin is None else judgments[twin]
            )
        return ProbeResult(probe, format_call(call), tuple(served), tuple(judgments))

    async def _serve(
        self, item: ToolDraft, world: State, call: Call, key: str, repeat: int, context: Context
    ) -> Served:
        simulator = Simulator(
            {item.tool.tool_name: item.tool}, item.setting.entity_types, world, context, owner=f"{item.id}/{key}"
        )
        try:
            return await simulator.call(call, repeat=repeat)
        except UnusableReply as reply:
            return Served(format_call(call), 500, {}, f"no usable answer: {reply.detail}")

    async def _judge(
        self, item: ToolDraft, world: State, probe: ProbeSpec, call: Call, served: Served, key: str, context: Context
    ) -> Judgment | None:
        settled = _settle(probe, served, world)
        if settled is not None:
            return settled
        asked = AuditJudgeInput(
            state=shown_state(item.tool, world, item.setting.entity_types),
            tool=item.tool,
            call=ToolRequest(tool_name=call.name, arguments=call.arguments),
            purpose=probe.purpose,
            mode=ProbeMode(probe.mode),
            status_code=served.status_code,
            response=served.response if served.ok else served.body,
            changes=list(served.changes),
        )
        try:
            return (await context.ask(AUDIT_JUDGE, asked, key=key)).judgment
        except UnusableReply:
            return None

    def _clears(self, results: Sequence[ProbeResult]) -> bool:
        scored = [result for result in results if result.scored]
        return wilson_lower_bound(sum(result.correct for result in scored), len(scored)) >= self._floor

    def _passed(self, item: ToolDraft, results: list[ProbeResult]) -> AuditedTool:
        scored = [result for result in results if result.scored]
        modes = list(dict.fromkeys(result.probe.mode for result in scored))
        if "happy_path" not in modes:
            raise Rejection("unaudited", "no probe of the happy path could be scored")
        for mode in modes:
            of_mode = [result for result in scored if result.probe.mode == mode]
            if not self._clears(of_mode):
                raise _unreliable(mode, of_mode, self._floor)
        return AuditedTool(
            id=item.id,
            setting=item.setting,
            tool_name=item.tool.tool_name,
            tool=item.tool,
            reliability=_share(scored, [result.correct for result in scored]),
            reliability_per_mode={
                mode: _share(
                    [result for result in scored if result.probe.mode == mode],
                    [result.correct for result in scored if result.probe.mode == mode],
                )
                for mode in modes
            },
            stability=_share(scored, [result.stable for result in scored]),
            probes=[result.to_json() for result in results],
            meta={**self._meta},
        )


def wilson_lower_bound(successes: int, trials: int, z: float = ONE_SIDED_95) -> float:
    """Return the lower end of the Wilson score interval of a share; 0 where nothing was tried.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    if trials == 0:
        return 0.0
    share = successes / trials
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, (share + z * z / (2 * trials) - spread) / (1 + z * z / trials))


def _share(results: Sequence[ProbeResult], hits: Sequence[bool]) -> float:
    return round(sum(hits) / len(results), 4) if results else 0.0


def _unreliable(mode: str, results: Sequence[ProbeResult], floor: float) -> Rejection:
    correct = sum(result.correct for result in results)
    worst = next(result for result in results if not result.correct) if correct < len(results) else results[0]
    bound = wilson_lower_bound(correct, len(results))
    detail = f"{mode}: {correct} of {len(results)} probes answered well, lower bound {bound:.2f} below {floor:.2f}"
    return Rejection("unreliable", detail, evidence={"probe": worst.to_json()})


def _check_world(entity_types: Sequence[EntityType], world: WorldOutput) -> None:
    problems = world_problems(entity_types, world.now, world.entities, max_bytes=WORLD_BYTES)
    if problems:
        raise Rejection("bad_world", "; ".join(problems[:5]))


def _call(item: ToolDraft, probe: ProbeSpec) -> Call:
    return Call(item.tool.tool_name, probe.arguments)


def _settle(probe: ProbeSpec, served: Served, world: State) -> Judgment | None:
    """Decide in code what needs no judge."""
    if probe.mode == "rule_violation" and served.status_code == probe.expected_status == 400:
        return Judgment.correct
    if probe.mode != "state_pinned":
        return None
    if probe.expected_status == 404:
        return Judgment.correct if served.status_code == 404 else None
    if probe.fact is None or served.status_code != 200:
        return None
    value = world.get(probe.fact.collection, {}).get(probe.fact.id, {}).get(probe.fact.attribute)
    return Judgment.correct if value is not None and _holds(served.response, value) else None


def _holds(answer: Json, value: Json) -> bool:
    if isinstance(answer, dict):
        return any(_holds(part, value) for part in answer.values())
    if isinstance(answer, list):
        return answer == value or any(_holds(part, value) for part in answer)
    return answer == value and isinstance(answer, bool) == isinstance(value, bool)


def _same_answer(a: Served, b: Served) -> bool:
    return (a.status_code, a.response, a.changes) == (b.status_code, b.response, b.changes)
