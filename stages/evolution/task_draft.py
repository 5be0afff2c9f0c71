"""A task while it grows: the plan it follows, the world it stands in, and the clean steps so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stages.evolution.implicit_wishes import NO_WISHES, ImplicitShare
from synthtools_stream.engine.stage import Context
from synthtools_stream.proof.answer_slots import entity_ids, slot_names
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.necessity import rests_on
from synthtools_stream.proof.verdict_trials import verdict_tests
from synthtools_stream.proof.worded.checks import turn_findings
from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.records import (
    AnswerValue,
    DialogueTurn,
    NearTool,
    State,
    Step,
    Task,
    TaskMeta,
    Tool,
    ToolSequence,
)
from synthtools_stream.roles.evolution_roles import DialoguePlannerOutput
from synthtools_stream.roles.role_parts import Turn
from synthtools_stream.simulator.tape import Tape
from synthtools_stream.simulator.tool_runtime import Served, Simulator
from synthtools_stream.state import as_json, as_state, initial_state
from synthtools_stream.toolcalls import called_tool, parse_call
from synthtools_stream.values.json_pointers import leaves, resolve
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["Draft", "Recipe", "tellable"]


@dataclass(frozen=True)
class Recipe:
    """What a task is made with, for its `meta`."""

    model: str
    prompts: str
    seed: int
    implicit: ImplicitShare = NO_WISHES
    """How much of what the user means is wished not to be said as it is."""


@dataclass
class Draft:
    """A task while it grows."""

    item: ToolSequence
    plan: DialoguePlannerOutput
    recipe: Recipe
    key: str
    """The plan's part of the keys of this draft's requests."""
    start: State
    tape: Tape
    simulator: Simulator
    steps: list[Step] = field(default_factory=list[Step])

    @classmethod
    def begin(
        cls, item: ToolSequence, plan: DialoguePlannerOutput, recipe: Recipe, key: str, context: Context
    ) -> Draft:
        """Set the plan's world up, with no step taken."""
        start = initial_state(plan.now, plan.entities, item.setting.entity_types)
        tape = Tape(item.id)
        return cls(item, plan, recipe, key, start, tape, _simulator(item, start, tape, context))

    @property
    def turns(self) -> list[Turn]:
        """The finished steps as the conversation shows them."""
        return [
            Turn(user=step.turn, call=step.call, status_code=step.status_code, response=step.response)
            for step in self.steps
        ]

    @property
    def tells(self) -> bool:
        """Whether there is anything to be achieved: something to be changed, or to be told."""
        return any(step.changes or step.answer for step in self.steps)

    @property
    def volatile(self) -> list[str]:
        """What the verdict will not compare, as `collection.attribute`."""
        return [
            f"{entity.collection}.{attribute.name}"
            for entity in self.item.setting.entity_types
            for attribute in entity.attributes
            if attribute.volatile
        ]

    def tool(self, index: int) -> Tool:
        """Return the tool of step `index`."""
        return next(tool for tool in self.item.tools if tool.tool_name == self.item.order[index])

    def may_guard(self, index: int, served: Served) -> bool:
        """Whether a read may guard the next step: it shows what a rule of its tool rests on, of a thing in its goal."""
        following = index + 1
        if following >= len(self.item.order) or _only_reads(self.tool(following)):
            return False
        keys = {part for leaf in leaves(served.response) for part in leaf.pointer.split("/")}
        state = as_state(self.simulator.state)
        return any(
            holds_word(self.plan.goals[following].goal, leaf.value) and rests_on(self.tool(following), attribute)
            for leaf in leaves(parse_call(served.call).arguments)
            if isinstance(leaf.value, str)
            for entities in state.values()
            for attribute in entities.get(leaf.value, {})
            if attribute in keys
        )

    def drop_idle_end(self) -> None:
        """Take off last steps that neither change nor tell anything: what they would guard did not come."""
        while self.steps and not (self.steps[-1].changes or self.steps[-1].answer):
            self.steps.pop()

    def flawed_words(self, step: Step) -> list[Finding]:
        """Return what is wrong with the turn of a step that would come next; before its call is answered, too."""
        setting = self.item.setting
        told = Conversation.of([*self.steps, step], self.item.tools, setting.entity_types, self.start)
        return list(turn_findings(told, len(self.steps)))

    def all_writes_count(self) -> bool:
        """Whether leaving out any one write so far would still be seen in the final state."""
        task = self.task()
        return verdict_tests(task, replay(task)).rejects_missing_write

    def take_back(self, state: JsonObject | None, context: Context) -> None:
        """Undo the last step, before which the world stood in `state`; the tape forgets nothing."""
        self.steps.pop()
        self.simulator = _simulator(self.item, state, self.tape, context)

    def task(self, usage: JsonObject | None = None) -> Task:
        """Build the task of the clean steps; goals of unused steps are dropped. `usage` is what it has cost."""
        item, steps = self.item, self.steps
        names = [called_tool(step.call) for step in steps]
        return Task(
            id=item.id,
            field=item.setting.field,
            summary="",
            tools=[tool for tool in item.tools if tool.tool_name in names],
            gt_tool_calls=[step.call for step in steps],
            initial_state=as_json(self.start),
            final_state=self.simulator.state,
            steps=steps,
            answer=_answers(steps, self.start),
            dialogue=[
                DialogueTurn(step=index, goal=self.plan.goals[index].goal, turn=step.turn)
                for index, step in enumerate(steps)
            ],
            meta=self._meta(names, usage or {}),
            near=[*item.near, *_unused(item, names)] if item.near else [],
        )

    def _meta(self, names: Sequence[str], usage: JsonObject) -> TaskMeta:
        setting = self.item.setting
        return TaskMeta(
            environment=setting.id,
            subfield=setting.subfield,
            scenario=setting.scenario,
            persona=self.plan.persona,
            model=self.recipe.model,
            prompts=self.recipe.prompts,
            seed=self.recipe.seed,
            strategy=self.item.strategy,
            volatile=self.volatile,
            entity_types=setting.entity_types,
            programs={name: source for name, source in self.item.programs.items() if name in names},
            usage=usage,
        )


def tellable(response: JsonObject, pointer: str) -> bool:
    """Whether the pointer leads to what can be said in a message: a scalar, and not an empty one."""
    try:
        value = resolve(response, pointer)
    except LookupError:
        return False
    return value is not None and not isinstance(value, (dict, list)) and value != ""


def _simulator(item: ToolSequence, state: JsonObject | State | None, tape: Tape, context: Context) -> Simulator:
    tools = {tool.tool_name: tool for tool in item.tools}
    coded = context.coded(item.programs)
    return Simulator(tools, item.setting.entity_types, state, context, owner=item.id, coded=coded, tape=tape)


def _unused(item: ToolSequence, names: Sequence[str]) -> list[NearTool]:
    """Return the tools of a sequence that its task came not to use."""
    left = (tool for tool in item.tools if tool.tool_name not in names)
    return [NearTool(tool=tool, program=item.programs.get(tool.tool_name, "")) for tool in left]


def _only_reads(tool: Tool) -> bool:
    return tool.effects is not None and not tool.effects.writes


def _answers(steps: Sequence[Step], start: State) -> list[AnswerValue]:
    asked = [(index, pointer) for index, step in enumerate(steps) for pointer in step.answer]
    slots = slot_names(steps, entity_ids(as_json(start)))
    return [
        AnswerValue(step=index, pointer=pointer, value=resolve(steps[index].response, pointer), slot=slot)
        for (index, pointer), slot in zip(asked, slots, strict=True)
    ]
