"""Evolution: a sequence of tools into a dialogue whose every call is grounded, solved and served.

Plan first: one role sees the whole sequence and writes the world and the goals. Then step by step: the evolver writes
the user turn and the expected call, code finds where each argument comes from, the solver (who sees only tools and
dialogue) must arrive at the same call, and the simulator answers it. The world is never amended: where it cannot
serve a goal, the plan is made once more with the reason, then the sequence is rejected. When the attempts at a step
end, the clean prefix before it is kept if it is long enough. On the happy path a step costs three calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.integrity import replay
from synthtools_stream.jsontypes import JsonObject
from synthtools_stream.pointers import resolve
from synthtools_stream.provenance import Grounds, find_all
from synthtools_stream.records import (
    AnswerValue,
    DialogueTurn,
    Provenance,
    State,
    Step,
    Task,
    TaskMeta,
    Tool,
    ToolSequence,
)
from synthtools_stream.roles.common import Turn
from synthtools_stream.roles.evolving import (
    DIALOGUE_PLANNER,
    EVOLVER,
    SOLVER,
    TASK_JUDGE,
    DialoguePlannerInput,
    DialoguePlannerOutput,
    EvolverInput,
    EvolverOutput,
    SolverInput,
    TaskJudgeInput,
)
from synthtools_stream.roles.playing import ToolRequest
from synthtools_stream.simulator import Served, Simulator, shown_state
from synthtools_stream.stage import Context
from synthtools_stream.state import as_json, initial_state, now_of, world_problems
from synthtools_stream.tape import Tape
from synthtools_stream.toolcalls import Call, canonical, check_call, format_call, same_call
from synthtools_stream.verdicttests import verdict_tests

__all__ = ["Evolution", "Recipe"]

WORLD_BYTES = 8192
_OVERWRITES = (
    "after this step the effect of a write can no longer be seen in the final state: do not overwrite what an earlier "
    "step set, and do not set what already stands"
)
_TELLS_NOTHING = (
    "this step changed nothing, and the user asks to be told nothing: have the user ask for a value of the response, "
    "and point to it in `answer`"
)
SOLVES = 2
"""How often the solver may try one version of a step."""
PLANS = 2


@dataclass(frozen=True)
class Recipe:
    """What a task is made with, for its `meta`."""

    model: str
    prompts: str
    seed: int


class Unserved(Exception):
    """A step found no clean version; `blocked` says that the world itself cannot serve the goal."""

    def __init__(self, reason: str, *, blocked: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.blocked = blocked


@dataclass
class Draft:
    """A task while it grows."""

    item: ToolSequence
    plan: DialoguePlannerOutput
    simulator: Simulator
    tape: Tape
    start: State
    key: str
    steps: list[Step] = field(default_factory=list)

    @property
    def turns(self) -> list[Turn]:
        """The finished steps as the conversation shows them."""
        return [
            Turn(user=step.turn, call=step.call, status_code=step.status_code, response=step.response)
            for step in self.steps
        ]

    def tool(self, index: int) -> Tool:
        """Return the tool of step `index`."""
        return next(tool for tool in self.item.tools if tool.tool_name == self.item.order[index])


@dataclass(frozen=True)
class Version:
    """One version of a step that passed all checks but the simulator's."""

    evolved: EvolverOutput
    call: Call
    provenance: dict[str, Provenance]


class Evolution:
    """One sequence into one task, not yet summarized."""

    name = "evolution"

    def __init__(self, max_retries: int, min_steps: int, recipe: Recipe) -> None:
        """Try a step `max_retries` more times; keep a clean prefix of `min_steps`."""
        self._attempts = 1 + max_retries
        self._min_steps = min_steps
        self._recipe = recipe

    async def process(self, item: ToolSequence, context: Context) -> Sequence[Task]:
        """Plan, evolve step by step, and keep what is clean; raises Rejection where that is too little."""
        problem: str | None = None
        for number in range(PLANS):
            draft = await self._plan(item, f"plan{number}", problem, context)
            try:
                for index in range(len(item.order)):
                    await self._step(draft, index, context)
            except Unserved as unserved:
                problem = f"step {len(draft.steps)} ({item.order[len(draft.steps)]}): {unserved.reason}"
                if len(draft.steps) < self._min_steps or (unserved.blocked and number + 1 < PLANS):
                    continue
            if len(draft.steps) >= self._min_steps and _tells(draft):
                return [self._task(draft)]
        raise Rejection("not_evolved", problem or "the steps neither change anything nor answer anything")

    async def _plan(self, item: ToolSequence, key: str, problem: str | None, context: Context) -> Draft:
        asked = DialoguePlannerInput(
            scenario=item.setting.scenario,
            entity_types=item.setting.entity_types,
            tools=item.tools,
            order=item.order,
            problem=problem,
        )
        plan = await context.ask(DIALOGUE_PLANNER, asked, key=key, check=partial(_check_plan, item))
        start = initial_state(plan.now, plan.entities, item.setting.entity_types)
        tape = Tape(item.id)
        simulator = _simulator(item, start, tape, context)
        return Draft(item=item, plan=plan, simulator=simulator, tape=tape, start=start, key=key)

    async def _step(self, draft: Draft, index: int, context: Context) -> None:
        """Add step `index` to the draft; raises Unserved when the attempts end."""
        problems: list[str] = []
        blocked = 0
        for attempt in range(self._attempts):
            key = f"{draft.key}.{index}.{attempt}"
            before = draft.simulator.state
            try:
                version = await self._version(draft, index, key, problems, context)
                served = await draft.simulator.call(version.call)
            except Unserved as unserved:
                blocked += unserved.blocked
                problems.append(unserved.reason)
            except UnusableReply as reply:
                problems.append(reply.detail)
            else:
                if not served.ok:
                    problems.append(f"the call was answered {served.status_code}: {served.error_message}")
                    continue
                step = _step(version, served)
                if not step.changes and not step.answer:
                    problems.append(_TELLS_NOTHING)
                    continue
                draft.steps.append(step)
                if self._all_writes_count(draft):
                    return
                draft.steps.pop()
                draft.simulator = _simulator(draft.item, before, draft.tape, context)
                problems.append(_OVERWRITES)
        raise Unserved(problems[-1], blocked=blocked == self._attempts)

    def _all_writes_count(self, draft: Draft) -> bool:
        """Whether leaving out any one write so far would still be seen in the final state."""
        task = self._task(draft)
        return verdict_tests(task, replay(task)).rejects_missing_write

    async def _version(self, draft: Draft, index: int, key: str, problems: list[str], context: Context) -> Version:
        """Evolve, ground and solve one version of a step; raises Unserved with the reason."""
        tool = draft.tool(index)
        evolved = await self._evolve(draft, index, key, problems, context)
        if evolved.blocked:
            raise Unserved(evolved.blocked, blocked=True)
        call = canonical(Call(tool.tool_name, evolved.arguments), tool)
        grounds = Grounds(
            turns=[*(step.turn for step in draft.steps), evolved.user_turn],
            responses=[step.response for step in draft.steps],
            state=draft.simulator.state,
        )
        found = find_all(call, tool, grounds, evolved.grounding)
        if found.ungrounded:
            raise Unserved("ungrounded: " + "; ".join(found.ungrounded), blocked=False)
        if found.to_judge:
            await self._judge_grounding(draft, evolved, call, found.to_judge, key, context)
        await self._solve(draft, evolved, call, tool, key, context)
        return Version(evolved, call, found.provenance)

    async def _evolve(self, draft: Draft, index: int, key: str, problems: list[str], context: Context) -> EvolverOutput:
        tool = draft.tool(index)
        asked = EvolverInput(
            scenario=draft.item.setting.scenario,
            persona=draft.plan.persona,
            goals=draft.plan.goals,
            dialogue=draft.turns,
            step=index,
            tool=tool,
            state=shown_state(tool, draft.simulator.state, draft.item.setting.entity_types),
            problems=problems,
        )
        return await context.ask(EVOLVER, asked, key=key, check=partial(_check_version, tool))

    async def _judge_grounding(
        self, draft: Draft, evolved: EvolverOutput, call: Call, pointers: list[str], key: str, context: Context
    ) -> None:
        """Ask the judge about what code cannot settle: choices and free wording."""
        asked = TaskJudgeInput(
            tool=draft.simulator.tools[call.name],
            dialogue=draft.turns,
            user_turn=evolved.user_turn,
            expected=ToolRequest(tool_name=call.name, arguments=call.arguments),
            arguments=pointers,
        )
        reading = await context.ask(TASK_JUDGE, asked, key=f"{key}.grounding")
        grounded = {entry.argument for entry in reading.arguments if entry.grounded}
        refused = [pointer for pointer in pointers if pointer not in grounded]
        if refused:
            raise Unserved(f"the judge finds {', '.join(refused)} ungrounded: {reading.reasoning}", blocked=False)

    async def _solve(
        self, draft: Draft, evolved: EvolverOutput, call: Call, tool: Tool, key: str, context: Context
    ) -> None:
        """Let the solver try; raises Unserved when what it understood is not what was meant."""
        attempted = ""
        for number in range(SOLVES):
            asked = SolverInput(
                tools=draft.item.tools,
                now=now_of(draft.start) or "",
                dialogue=draft.turns,
                user_turn=evolved.user_turn,
            )
            try:
                reply = await context.ask(SOLVER, asked, key=f"{key}.{number}")
            except UnusableReply:
                continue
            solved = Call(reply.tool_name, reply.arguments)
            attempted = format_call(solved)
            if solved.name != call.name or check_call(solved, tool):
                continue
            solved = canonical(solved, tool)
            if same_call(solved, call) or await self._equivalent(
                draft, evolved, call, solved, f"{key}.{number}", context
            ):
                return
        raise Unserved(f"the turn is not clear enough: it was understood as {attempted or 'nothing'}", blocked=False)

    async def _equivalent(
        self, draft: Draft, evolved: EvolverOutput, call: Call, solved: Call, key: str, context: Context
    ) -> bool:
        asked = TaskJudgeInput(
            tool=draft.simulator.tools[call.name],
            dialogue=draft.turns,
            user_turn=evolved.user_turn,
            expected=ToolRequest(tool_name=call.name, arguments=call.arguments),
            attempted=ToolRequest(tool_name=solved.name, arguments=solved.arguments),
        )
        try:
            return (await context.ask(TASK_JUDGE, asked, key=f"{key}.equal")).equivalent
        except UnusableReply:
            return False

    def _task(self, draft: Draft) -> Task:
        """Build the task of the clean steps; goals of unused steps are dropped."""
        item, steps = draft.item, draft.steps
        names = [step.call.partition("(")[0] for step in steps]
        types = item.setting.entity_types
        return Task(
            id=item.id,
            field=item.setting.field,
            summary="",
            tools=[tool for tool in item.tools if tool.tool_name in names],
            gt_tool_calls=[step.call for step in steps],
            initial_state=as_json(draft.start),
            final_state=draft.simulator.state,
            steps=steps,
            answer=_answers(steps),
            dialogue=[
                DialogueTurn(step=index, goal=draft.plan.goals[index].goal, turn=step.turn)
                for index, step in enumerate(steps)
            ],
            meta=TaskMeta(
                environment=item.setting.id,
                subfield=item.setting.subfield,
                scenario=item.setting.scenario,
                persona=draft.plan.persona,
                model=self._recipe.model,
                prompts=self._recipe.prompts,
                seed=self._recipe.seed,
                strategy=item.strategy,
                volatile=[
                    f"{entity.collection}.{attribute.name}"
                    for entity in types
                    for attribute in entity.attributes
                    if attribute.volatile
                ],
                entity_types=types,
            ),
        )


def _simulator(item: ToolSequence, state: JsonObject | State | None, tape: Tape, context: Context) -> Simulator:
    tools = {tool.tool_name: tool for tool in item.tools}
    return Simulator(tools, item.setting.entity_types, state, context, owner=item.id, tape=tape)


def _check_plan(item: ToolSequence, plan: DialoguePlannerOutput) -> None:
    names = [goal.tool_name for goal in plan.goals]
    if names != item.order:
        raise Rejection("bad_plan", f"the goals' tools must be {item.order}, in this order, one goal each, not {names}")
    problems = world_problems(item.setting.entity_types, plan.now, plan.entities, max_bytes=WORLD_BYTES)
    if problems:
        raise Rejection("bad_plan", "; ".join(problems[:5]))


def _check_version(tool: Tool, evolved: EvolverOutput) -> None:
    if evolved.blocked:
        return
    problems = check_call(Call(tool.tool_name, evolved.arguments), tool)
    if problems:
        raise Rejection("bad_call", "; ".join(problems[:3]))
    if not evolved.user_turn.strip():
        raise Rejection("bad_turn", "user_turn is empty")
    if tool.tool_name in evolved.user_turn:
        raise Rejection("bad_turn", "user_turn names the tool; users do not know tools")


def _step(version: Version, served: Served) -> Step:
    return Step(
        turn=version.evolved.user_turn.strip(),
        call=served.call,
        status_code=served.status_code,
        response=served.response,
        changes=list(served.changes),
        provenance=version.provenance,
        answer=[pointer for pointer in version.evolved.answer if _tellable(served.response, pointer)],
    )


def _answers(steps: Sequence[Step]) -> list[AnswerValue]:
    return [
        AnswerValue(step=index, pointer=pointer, value=resolve(step.response, pointer))
        for index, step in enumerate(steps)
        for pointer in step.answer
    ]


def _tellable(response: JsonObject, pointer: str) -> bool:
    """Whether the pointer leads to what can be said in a message: a scalar, and not an empty one."""
    try:
        value = resolve(response, pointer)
    except LookupError:
        return False
    return value is not None and not isinstance(value, (dict, list)) and value != ""


def _tells(draft: Draft) -> bool:
    return any(step.changes or step.answer for step in draft.steps)
