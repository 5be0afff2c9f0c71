"""The audit of a tool as the simulator plays it: can it be emulated reliably?

Code decides what it can (`code_judgment`). The judge role reads each remaining distinct answer of a probe once. An
answer that the runtime refuses counts as wrong, and is not sent back: a repair may fail next time, and it hides what
the tool does. A reply that cannot be read is asked for again as everywhere, and says nothing about the tool: the
answer that stands is judged, and where none can be had the run is not scored.

Probing goes on, with new probes first and repeats after them (`probe_schedule`), until the tool is clearly reliable or
clearly not (`reliability`), or nothing is left to try.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from stages.auditing.code_judgment import code_judgment
from stages.auditing.probe_schedule import looks
from stages.auditing.probe_trial import Run, RunFault, Trial
from stages.auditing.reliability import Reliability
from synthtools_stream.asking.asker import RefusedOutput
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.records import State, ToolDraft
from synthtools_stream.roles.audit_roles import AUDIT_JUDGE, AuditJudgeInput, AuditJudgeOutput, Judgment, ProbeMode
from synthtools_stream.roles.simulator_role import SimulatorOutput, ToolRequest
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.shown_world import shown_state, shown_types
from synthtools_stream.simulator.tool_runtime import Served, Simulator
from synthtools_stream.toolcalls import format_call

__all__ = ["SimulatedAudit"]


class SimulatedAudit:
    """Lets probes of one tool be played against one world, and judged."""

    def __init__(self, item: ToolDraft, world: State, trials: Sequence[Trial], context: Context) -> None:
        """Take the `trials` as they are asked for: runs are added to them."""
        self._item = item
        self._world = world
        self._trials = trials
        self._context = context

    async def passed(self, floor: float, per_mode: int, repeats: int) -> Reliability:
        """Return how reliable the tool is; `floor` is what each mode's lower bound must clear.

        `per_mode` probes a mode are run first, and none more than `repeats` times.

        :raises Rejection: when it is not reliable, with the probe that failed it.
        :raises TransportError: when a model cannot be reached.
        """
        for look in looks(self._trials, repeats, per_mode):
            await self._look(look)
            if Reliability(self._trials, floor).is_decided:
                break
        found = Reliability(self._trials, floor)
        found.assert_enough()
        return found

    async def _look(self, runs: Sequence[tuple[Trial, int]]) -> None:
        """Run probes at once, then judge what they answered."""
        answers = await all_results(self._run(trial, repeat) for trial, repeat in runs)
        fresh: dict[int, list[Run]] = {}
        for (trial, _), run in zip(runs, answers, strict=True):
            fresh.setdefault(trial.index, []).append(run)
        trials = {trial.index: trial for trial, _ in runs}
        await all_results(self._judge_all(trials[index], new) for index, new in fresh.items())

    async def _run(self, trial: Trial, repeat: int) -> Run:
        item = self._item
        simulator = Simulator(
            {item.tool.tool_name: item.tool},
            item.setting.entity_types,
            self._world,
            self._context,
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

    async def _judge_all(self, trial: Trial, fresh: Sequence[Run]) -> None:
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
                judgment = await self._judge(trial, run.served)
            trial.runs.append(replace(run, judgment=judgment))

    async def _judge(self, trial: Trial, served: Served) -> Judgment | None:
        item, world = self._item, self._world
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
            reply = await self._context.ask(AUDIT_JUDGE, asked, key=key, check=partial(_check_judgment, served))
            return reply.judgment
        except UnusableReply:
            return None


def _refused(reply: RefusedOutput) -> Answer:
    """Return what counts as the answer where the runtime refuses the one that was given."""
    status = reply.output.status_code if isinstance(reply.output, SimulatorOutput) else 500
    return Answer(status, {}, reply.problem)


def _check_judgment(served: Served, reading: AuditJudgeOutput) -> None:
    """Refuse a judgment that speaks of another status than the answer has."""
    if served.ok and reading.judgment is Judgment.should_pass_but_failed:
        raise Rejection("bad_judgment", "the answer is a success, so it cannot be should_pass_but_failed")
    if not served.ok and reading.judgment is Judgment.should_fail_but_passed:
        raise Rejection("bad_judgment", "the answer is a refusal, so it cannot be should_fail_but_passed")
