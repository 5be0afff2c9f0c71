"""One version of a step: written, grounded, and understood by somebody who sees only tools and dialogue.

The evolver writes the user turn and the call that is expected; code finds where each argument comes from, and a judge
settles what code cannot; the solver must arrive at the same call. What stands in the way is told in one line, for the
evolver's next version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from stages.evolution.implicit_wishes import NO_WISHES, wish_for_step
from stages.evolution.task_draft import Draft
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.grounded.provenance_search import find_all
from synthtools_stream.proof.leaks import Secrets
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.quality.fault import fault_lines
from synthtools_stream.quality.value_heuristics import text_faults
from synthtools_stream.records import Provenance, Step, Tool
from synthtools_stream.roles.evolution_roles import (
    EVOLVER,
    SOLVER,
    TASK_JUDGE,
    EvolverInput,
    EvolverOutput,
    SolverInput,
    TaskJudgeInput,
)
from synthtools_stream.roles.simulator_role import ToolRequest
from synthtools_stream.simulator.shown_world import shown_state
from synthtools_stream.state import now_of
from synthtools_stream.toolcalls import Call, canonical, check_call, format_call, same_call

__all__ = ["Unserved", "Version", "told_words", "write_version"]

_TOLD = 4
"""Things wrong with a turn that are told at once: a model mends a few of them well."""
_WISHED = 2
"""Versions of a step that are to have implicit values: what fails twice is better said plainly."""
SOLVES = 2
"""Tries of the solver at one version of a step: one slip is the solver's, two are the turn's."""


class Unserved(Exception):
    """A step found no clean version; `blocked` says that the world itself cannot serve the goal."""

    def __init__(self, reason: str, *, blocked: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.blocked = blocked


@dataclass(frozen=True)
class Version:
    """One version of a step that passed all checks but the simulator's."""

    evolved: EvolverOutput
    call: Call
    provenance: dict[str, Provenance]


def told_words(findings: Sequence[Finding], context: Context) -> str:
    """Count what is wrong with a turn, and tell it to the evolver; nothing where nothing is."""
    context.usage.refuse(finding.check for finding in findings)
    return "; ".join(finding.detail for finding in findings[:_TOLD])


async def write_version(draft: Draft, index: int, key: str, problems: Sequence[str], context: Context) -> Version:
    """Evolve, ground and solve one version of step `index`.

    :raises Unserved: when the version is none, with the reason.
    :raises UnusableReply: when the evolver or a judge gives no usable answer.
    """
    return await _Attempt(draft, draft.tool(index), key, context).version(index, problems)


@dataclass(frozen=True)
class _Attempt:
    """What the requests for one version have in common."""

    draft: Draft
    tool: Tool
    key: str
    context: Context

    async def version(self, index: int, problems: Sequence[str]) -> Version:
        evolved = await self._evolve(index, problems)
        if evolved.blocked:
            raise Unserved(evolved.blocked, blocked=True)
        call = canonical(Call(self.tool.tool_name, evolved.arguments), self.tool)
        grounds = Grounds(
            turns=[*(step.turn for step in self.draft.steps), evolved.user_turn],
            responses=[step.response for step in self.draft.steps],
            state=self.draft.simulator.state,
        )
        found = find_all(call, self.tool, grounds, evolved.grounding)
        if found.ungrounded:
            raise Unserved("ungrounded: " + "; ".join(found.ungrounded), blocked=False)
        self._check_words(evolved, call, found.provenance)
        if found.to_judge:
            await self._judge_grounding(evolved, call, found.to_judge)
        await self._solve(evolved, call)
        return Version(evolved, call, found.provenance)

    async def _evolve(self, index: int, problems: Sequence[str]) -> EvolverOutput:
        draft = self.draft
        wanted = draft.recipe.implicit if len(problems) < _WISHED else NO_WISHES
        asked = EvolverInput(
            scenario=draft.item.setting.scenario,
            persona=draft.plan.persona,
            goals=draft.plan.goals,
            dialogue=draft.turns,
            step=index,
            tool=self.tool,
            state=shown_state(self.tool, draft.simulator.state, draft.item.setting.entity_types),
            implicit=wish_for_step(draft.item.id, draft.steps, self.tool, wanted),
            problems=[*problems],
        )
        check = partial(_check_version, self.draft, self.tool)
        return await self.context.ask(EVOLVER, asked, key=self.key, check=check)

    def _check_words(self, evolved: EvolverOutput, call: Call, provenance: dict[str, Provenance]) -> None:
        """Read the turn beside its call; this costs nothing, so it comes before judge and solver.

        :raises Unserved: when the words are not those of the call, with what is wrong.
        """
        turn = evolved.user_turn.strip()
        text = format_call(call)
        step = Step(turn=turn, call=text, status_code=200, response={}, provenance=provenance, answer=evolved.answer)
        flawed = told_words(self.draft.flawed_words(step), self.context)
        if flawed:
            raise Unserved(flawed, blocked=False)

    async def _judge_grounding(self, evolved: EvolverOutput, call: Call, pointers: list[str]) -> None:
        """Ask the judge about what code cannot settle: choices and free wording."""
        asked = self._question(evolved, call).model_copy(update={"arguments": pointers})
        reading = await self.context.ask(TASK_JUDGE, asked, key=f"{self.key}.grounding")
        grounded = {entry.argument for entry in reading.arguments if entry.grounded}
        refused = [pointer for pointer in pointers if pointer not in grounded]
        if refused:
            raise Unserved(f"the judge finds {', '.join(refused)} ungrounded: {reading.reasoning}", blocked=False)

    async def _solve(self, evolved: EvolverOutput, call: Call) -> None:
        """Let the solver try.

        :raises Unserved: when what it understood is not what was meant.
        """
        attempted = ""
        for number in range(SOLVES):
            key = f"{self.key}.{number}"
            asked = SolverInput(
                tools=self.draft.item.tools,
                now=now_of(self.draft.start) or "",
                dialogue=self.draft.turns,
                user_turn=evolved.user_turn,
            )
            try:
                reply = await self.context.ask(SOLVER, asked, key=key)
            except UnusableReply:
                continue
            solved = Call(reply.tool_name, reply.arguments)
            attempted = format_call(solved)
            if solved.name != call.name or check_call(solved, self.tool):
                continue
            solved = canonical(solved, self.tool)
            if same_call(solved, call) or await self._equivalent(evolved, call, solved, key):
                return
        raise Unserved(f"the turn is not clear enough: it was understood as {attempted or 'nothing'}", blocked=False)

    async def _equivalent(self, evolved: EvolverOutput, call: Call, solved: Call, key: str) -> bool:
        attempted = ToolRequest(tool_name=solved.name, arguments=solved.arguments)
        asked = self._question(evolved, call).model_copy(update={"attempted": attempted})
        try:
            return (await self.context.ask(TASK_JUDGE, asked, key=f"{key}.equal")).equivalent
        except UnusableReply:
            return False

    def _question(self, evolved: EvolverOutput, call: Call) -> TaskJudgeInput:
        """What the judge is shown, whatever it is asked."""
        return TaskJudgeInput(
            tool=self.tool,
            dialogue=self.draft.turns,
            user_turn=evolved.user_turn,
            expected=ToolRequest(tool_name=call.name, arguments=call.arguments),
        )


def _check_version(draft: Draft, tool: Tool, evolved: EvolverOutput) -> None:
    if evolved.blocked:
        return
    problems = check_call(Call(tool.tool_name, evolved.arguments), tool)
    if problems:
        raise Rejection("bad_call", "; ".join(problems[:3]))
    if not evolved.user_turn.strip():
        raise Rejection("bad_turn", "user_turn is empty")
    if faults := fault_lines(text_faults(evolved.user_turn, "user_turn")):
        raise Rejection("bad_turn", "; ".join(faults))
    _check_turn(Secrets.of(draft.steps, draft.item.tools), evolved.user_turn)


def _check_turn(secrets: Secrets, turn: str) -> None:
    """Refuse a turn that says what a user cannot know; a text that a tool told may be the user's own as well."""
    leaks = secrets.leaks(turn, "")
    if any(name in secrets.tools for name in leaks):
        raise Rejection("bad_turn", "user_turn names the tool; users do not know tools")
    told = [name for name in leaks if name in secrets.minted]
    if told:
        raise Rejection("bad_turn", f"user_turn says {told[0]}, an id that came up on the way: refer to it in words")
