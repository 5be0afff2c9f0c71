"""Evolution: a sequence of tools into a dialogue whose every call is grounded, solved and served.

Plan first: one role sees the whole sequence and writes the world and the goals. Then step by step: a version of the
step is written, grounded and understood (`step_version`), and the simulator answers its call. The world is never
amended: where it cannot serve a goal, the plan is made once more with the reason. When the attempts at a step end, the
clean steps before it are a task if they are enough; of several plans the longest clean prefix is kept. On the happy
path a step costs three calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from stages.evolution.step_version import Unserved, Version, told_words, write_version
from stages.evolution.task_draft import Draft, Recipe, tellable
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.proof.grounded.free_text import misplaced_texts
from synthtools_stream.proof.plausible_world import hidden_characters, implausible
from synthtools_stream.quality.fault import fault_lines
from synthtools_stream.quality.value_heuristics import entity_faults, response_faults
from synthtools_stream.records import Step, Task, ToolSequence
from synthtools_stream.roles.evolution_roles import DIALOGUE_PLANNER, DialoguePlannerInput, DialoguePlannerOutput
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.state import as_json, initial_state, world_problems
from synthtools_stream.values.json_pointers import leaf_pointers, leaves

__all__ = ["Evolution", "Recipe"]

_OVERWRITES = (
    "after this step the effect of a write can no longer be seen in the final state: do not overwrite what an earlier "
    "step set, and do not set what already stands"
)
_SHOWN = 12
"""Pointers of a response that are offered where others led to nothing: the first ones show what there is."""
_TELLS_NOTHING = (
    "this step changed nothing, and the user asks to be told nothing: have the user ask for a value of the response, "
    "and point to it in `answer`"
)
PLANS = 2
"""Plans that are made of one sequence at most; the second knows what stopped the first."""


class Evolution:
    """One sequence into one task, not yet summarized."""

    name = "evolution"

    def __init__(self, max_retries: int, min_steps: int, recipe: Recipe, seeds: Sequence[str] = ()) -> None:
        """Try a step `max_retries` more times; keep a clean prefix of `min_steps`; plan in the manner of `seeds`."""
        self._seeds = list(seeds)
        self._attempts = 1 + max_retries
        self._min_steps = min_steps
        self._recipe = recipe

    async def process(self, item: ToolSequence, context: Context) -> Sequence[Task]:
        """Plan, evolve step by step, and keep what is clean.

        :raises Rejection: "not_evolved" when that is too little.
        :raises UnusableReply: when not even the first plan is usable.
        """
        best: Draft | None = None
        problem: str | None = None
        for number in range(PLANS):
            try:
                draft = await self._plan(item, f"plan{number}", problem, context)
            except UnusableReply:
                if best is None:
                    raise
                break
            stuck = await self._evolve(draft, context)
            reached = len(draft.steps)
            draft.drop_idle_end()
            if self._is_enough(draft) and (best is None or len(draft.steps) > len(best.steps)):
                best = draft
            if stuck is not None:
                problem = f"step {reached} ({item.order[reached]}): {stuck.reason}"
            # A prefix will do, unless it was the world's fault: then another world may carry further.
            if self._is_enough(draft) and not (stuck and stuck.blocked):
                break
        if best is None:
            raise Rejection("not_evolved", problem or "the steps neither change anything nor answer anything")
        return [best.task(context.usage.to_json())]

    def _is_enough(self, draft: Draft) -> bool:
        return len(draft.steps) >= self._min_steps and draft.tells

    async def _plan(self, item: ToolSequence, key: str, problem: str | None, context: Context) -> Draft:
        asked = DialoguePlannerInput(
            seed_tasks=self._seeds,
            scenario=item.setting.scenario,
            entity_types=item.setting.entity_types,
            tools=item.tools,
            order=item.order,
            implicit_kinds=[*self._recipe.implicit.kinds] if self._recipe.implicit.share else [],
            problem=problem,
        )
        plan = await context.ask(DIALOGUE_PLANNER, asked, key=key, check=partial(_check_plan, item))
        return Draft.begin(item, plan, self._recipe, key, context)

    async def _evolve(self, draft: Draft, context: Context) -> Unserved | None:
        """Add steps as far as they come; return what stopped them."""
        try:
            for index in range(len(draft.item.order)):
                await self._step(draft, index, context)
        except Unserved as unserved:
            return unserved
        return None

    async def _step(self, draft: Draft, index: int, context: Context) -> None:
        """Add step `index` to the draft.

        :raises Unserved: when the attempts end.
        """
        problems: list[str] = []
        blocked = 0
        for attempt in range(self._attempts):
            key = f"{draft.key}.{index}.{attempt}"
            before = draft.simulator.state
            try:
                version = await write_version(draft, index, key, problems, context)
                served = await draft.simulator.call(version.call)
            except Unserved as unserved:
                blocked += unserved.blocked
                problems.append(unserved.reason)
                continue
            except UnusableReply as reply:
                problems.append(reply.detail)
                continue
            problem = _flaw(version, served) or _misplaced(version, served, draft.volatile)
            if problem is _TELLS_NOTHING and draft.may_guard(index, served):
                problem = None
            if problem is None:
                step = _step(version, served)
                flawed = told_words(draft.flawed_words(step), context)
                draft.steps.append(step)
                if not flawed and draft.all_writes_count():
                    return
                draft.take_back(before, context)
                problem = flawed or _OVERWRITES
            problems.append(problem)
        raise Unserved(problems[-1], blocked=blocked == self._attempts)


def _check_plan(item: ToolSequence, plan: DialoguePlannerOutput) -> None:
    names = [goal.tool_name for goal in plan.goals]
    if names != item.order:
        raise Rejection("bad_plan", f"the goals' tools must be {item.order}, in this order, one goal each, not {names}")
    kinds = item.setting.entity_types
    problems = world_problems(kinds, plan.now, plan.entities)
    state = initial_state(plan.now, plan.entities, kinds)
    problems.extend(implausible(state, kinds))
    problems.extend(hidden_characters("entities", as_json(state)))
    problems.extend(fault_lines(entity_faults(plan.entities)))
    if problems:
        raise Rejection("bad_plan", "; ".join(problems[:5]))


def _flaw(version: Version, served: Served) -> str | None:
    """Say why a step that was served is none; None for one that does or tells something."""
    if not served.ok:
        return f"the call was answered {served.status_code}: {served.error_message}"
    if faults := fault_lines(response_faults(served.response)):
        return "; ".join(faults)
    if served.changes or _answer(version, served):
        return None
    if version.evolved.answer:
        there = [leaf.pointer for leaf in leaves(served.response) if tellable(served.response, leaf.pointer)]
        return f"{version.evolved.answer} lead to no value of the response; these do: {there[:_SHOWN]}"
    return _TELLS_NOTHING


def _misplaced(version: Version, served: Served, volatile: Sequence[str]) -> str | None:
    arguments = leaf_pointers(version.call.arguments)
    return next(misplaced_texts(version.provenance, arguments, served.changes, volatile), None)


def _step(version: Version, served: Served) -> Step:
    return Step(
        turn=version.evolved.user_turn.strip(),
        call=served.call,
        status_code=served.status_code,
        response=served.response,
        changes=list(served.changes),
        provenance=version.provenance,
        answer=_answer(version, served),
    )


def _answer(version: Version, served: Served) -> list[str]:
    return [pointer for pointer in version.evolved.answer if tellable(served.response, pointer)]
