"""Wiring: which pool feeds which, from the sink to the source.

Everything is bounded. A channel holds at most its capacity, so a full one stops the workers before it and the stop
reaches the source. What is alive at all is bounded by separate credit pools, of which `demand` has the account: an
environment's credit is freed once its last sequence was put, a task's is taken before that put, so neither can starve
the other; likewise a field's and a subfield's. There are no cycles of channels: loops live inside one worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from queues import Channel, CreditPool, Inlet, Outlet, open_channel
from stages.generation.environment_blueprint import tool_plans
from stages.generation.tool_drafts import Tools
from stages.rollout.attempt import attempt_ids, rollout_plans
from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.role_router import Router
from synthtools_stream.assembly.built_stages import BuiltStages
from synthtools_stream.assembly.demand import Affords, Demand
from synthtools_stream.assembly.run_inputs import Start
from synthtools_stream.assembly.task_file import TaskFile
from synthtools_stream.config import RunConfig
from synthtools_stream.embeddings.encoder import Encoder, TfidfEncoder
from synthtools_stream.engine.fan_in import FanIn
from synthtools_stream.engine.progress import group_counts
from synthtools_stream.engine.routes import Admission, End, Forward, Keeping, Source
from synthtools_stream.engine.stage import Item, Stage
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.engine.unfit import FitOnly, Unfit
from synthtools_stream.engine.worker_pool import Output, Pool, Route, Settled, Work
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records import (
    AuditedTool,
    Environment,
    FieldPlan,
    GivenApi,
    RolloutPlan,
    ScenarioPlan,
    SubfieldPlan,
    Task,
    ToolDraft,
    ToolPlan,
    ToolPool,
    ToolSequence,
    Trajectory,
)
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal

__all__ = ["STAGES", "Pipeline", "Wiring"]

STAGES = ("generation", "auditing", "sequencing", "evolution", "summarizing", "rollout")
UPSTREAM = ("generation", "auditing", "sequencing")
"""Stages whose work is of no more use once as many tasks are released as were asked for."""

In = TypeVar("In", bound=Item)
Made = TypeVar("Made", bound=Output)
T = TypeVar("T")


@dataclass
class Pipeline:
    """A wired pipeline, ready to run."""

    demand: Demand
    pools: list[Pool[Item, Output]] = field(default_factory=list[Pool[Item, Output]])
    sources: list[Source[Item]] = field(default_factory=list[Source[Item]])

    @property
    def stages(self) -> list[str]:
        """Names of the stages that take part, from source to sink."""
        present = {pool.group for pool in self.pools}
        return [name for name in STAGES if name in present]

    async def run(self) -> None:
        """Run to the end; the first failure of a source or a pool cancels the rest and is raised."""
        await all_results([*(source.run() for source in self.sources), *(pool.run() for pool in self.pools)])


class Wiring:
    """Builds a pipeline for one configuration, one journal and one asker."""

    def __init__(
        self,
        config: RunConfig,
        journal: Journal,
        asker: Asker,
        router: Router,
        prompts: str,
        *,
        affords: Affords | None = None,
        sandbox: Sandbox | None = None,
        encoder: Encoder | None = None,
        brought: Mapping[str, Stage[Any, Any]] | None = None,
    ) -> None:
        """Say in the rows' `meta` which model of `router` did a stage's leading role, and by which `prompts`.

        `affords` tells whether the run's budgets allow more to be begun. Without a `sandbox` no program is written or
        run: every tool is simulated. Without an `encoder` the tool graph is joined by words. Stages that are `brought`
        take the place of ours.
        """
        self._content = config.content
        self._operating = config.operating
        self._journal = journal
        self._asker = asker
        self._sandbox = sandbox
        self._brought = brought or {}
        self._stages = BuiltStages(config.content, router, prompts, encoder or TfidfEncoder())
        self._demand = Demand(config, group_counts(journal.counts()), affords)
        self._pipeline = Pipeline(self._demand)

    def build(self, start: Start) -> Pipeline:
        """Wire everything from the start's stage to the last one asked for."""
        match start.kind:
            case "fields":
                self._from_fields(start)
            case "given":
                self._from_given(start)
            case "environments":
                source = Source(
                    start.environments,
                    _id,
                    self._after_blueprints(),
                    self._admission(self._demand.environments, "sequencing"),
                )
                self._add_source(source)
            case "tools":
                inlet = self._sequencing()
                self._add_source(
                    Source(
                        start.pools,
                        _id,
                        Forward(inlet, _one),
                        self._admission(self._demand.environments, "sequencing"),
                    )
                )
            case "drafts" | "tasks":
                self._from_tasks(start)
        return self._pipeline

    def _from_fields(self, start: Start) -> None:
        blueprints: Channel[Work[ScenarioPlan]] = self._channel("blueprints")
        scenarios: Channel[Work[SubfieldPlan]] = self._channel("scenarios")
        subfields: Channel[Work[FieldPlan]] = self._channel("subfields")
        self._pool(self._stages.blueprints(), Environment, blueprints.outlet, self._after_blueprints(), _id)
        environments: Admission[ScenarioPlan] = self._admission(self._demand.environments, "sequencing")
        subfield_admission: Admission[SubfieldPlan] = self._admission(self._demand.subfields, "generation.scenarios")
        fields: Admission[FieldPlan] = self._admission(self._demand.fields, "generation.subfields")
        self._pool(
            self._stages.scenarios(),
            ScenarioPlan,
            scenarios.outlet,
            Forward(blueprints.inlet, _one, environments),
            _id,
        )
        self._pool(
            self._stages.subfields(),
            SubfieldPlan,
            subfields.outlet,
            Forward(scenarios.inlet, _one, subfield_admission),
            _id,
        )
        shares = self._content.field_shares()
        begun = [plan for plan in start.fields if shares is None or shares.begun(plan.field)]
        self._add_source(Source(begun, _id, Forward(subfields.inlet, _one), fields))

    def _from_given(self, start: Start) -> None:
        surveys: Channel[Work[GivenApi]] = self._channel("surveys")
        self._pool(self._stages.surveys(), Environment, surveys.outlet, self._after_blueprints(), _id)
        admission: Admission[GivenApi] = self._admission(self._demand.environments, "sequencing")
        self._add_source(Source(start.given, _id, Forward(surveys.inlet, _one), admission))

    def _from_tasks(self, start: Start) -> None:
        most = self._operating.max_tasks
        if start.kind == "drafts":
            drafts: Admission[Task | Unfit] = self._admission(self._demand.tasks, "summarizing")
            summarized: Route[Task | Unfit] = Forward(self._summarizing(), _one)
            self._add_source(Source(start.tasks, _id, summarized, drafts))
            return
        tasks = start.tasks
        # Nothing is released here that a quota could count: the first so many of the file are rolled out.
        if isinstance(tasks, TaskFile):
            tasks = tasks.first(most).open_ones(self._is_rolled_out, self._is_begun)
        else:
            tasks = islice(tasks, most)
        admission: Admission[Task | Unfit] = Admission(self._demand.tasks, lambda task: self._is_rolled_out(task.id))
        self._add_source(Source(tasks, _id, Forward(self._rollout(), self._attempts), admission))

    def _attempts(self, task: Task | Unfit) -> Iterator[RolloutPlan | Unfit]:
        """Yield the attempts at a task; those at one that is unfit are offered, too, and rejected."""
        count = self._content.rollouts
        if isinstance(task, Unfit):
            return (replace(task, id=name) for name in attempt_ids(task.id, count))
        return rollout_plans(task, count)

    def _is_rolled_out(self, task_id: str) -> bool:
        kinds = [self._journal.seen("rollout", name) for name in attempt_ids(task_id, self._content.rollouts)]
        return all(kind is not None and kind.finished for kind in kinds)

    def _is_begun(self, task_id: str) -> bool:
        return any(self._journal.seen("rollout", name) for name in attempt_ids(task_id, self._content.rollouts))

    def _after_blueprints(self) -> Route[Environment]:
        """Wire the tools of an environment into writing, auditing and the gather."""
        tools: Channel[Work[ToolPlan]] = self._channel("tools")
        if self._ends_at("generation"):
            self._pool(Tools(), ToolDraft, tools.outlet, End(), _session_of_tool)
            return Forward(tools.inlet, tool_plans)
        audits: Channel[Work[ToolDraft]] = self._channel("audits")
        if self._ends_at("auditing"):
            self._pool(self._stages.auditing(), AuditedTool, audits.outlet, End(), _session_of_tool)
            self._pool(Tools(), ToolDraft, tools.outlet, Forward(audits.inlet, _one), _session_of_tool)
            return Forward(tools.inlet, tool_plans)
        fan_in: FanIn[Environment, AuditedTool, ToolPool] = FanIn(
            self._sequencing(),
            lambda environment: [plan.id for plan in tool_plans(environment)],
            _tool_pool,
            lambda environment: environment.id,
            lambda tool_id: tool_id.partition(".")[0],
        )
        self._pool(self._stages.auditing(), AuditedTool, audits.outlet, fan_in.joining(), _session_of_tool)
        written = fan_in.sifting(Forward(audits.inlet, _one))
        self._pool(Tools(), ToolDraft, tools.outlet, written, _session_of_tool)
        return fan_in.opening(Forward(tools.inlet, tool_plans))

    def _sequencing(self) -> Inlet[Work[ToolPool]]:
        channel: Channel[Work[ToolPool]] = self._channel("sequencing")
        if self._ends_at("sequencing"):
            route: Route[ToolSequence] = End()
        else:
            route = Forward(self._evolution(), _one, self._admission(self._demand.tasks, "summarizing"))
        self._pool(self._stages.sequencing(), ToolSequence, channel.outlet, route, _id)
        return channel.inlet

    def _evolution(self) -> Inlet[Work[ToolSequence]]:
        channel: Channel[Work[ToolSequence]] = self._channel("evolution")
        route: Route[Task] = End() if self._ends_at("evolution") else Forward(self._summarizing(), _one)
        self._pool(self._stages.evolution(), Task, channel.outlet, route, lambda sequence: sequence.setting.id)
        return channel.inlet

    def _summarizing(self) -> Inlet[Work[Task | Unfit]]:
        channel: Channel[Work[Task | Unfit]] = self._channel("summarizing")
        route: Route[Task] = End()
        if not self._ends_at("summarizing") and self._content.rollouts:
            route = Forward(self._rollout(), self._attempts)
        stage: FitOnly[Task, Task] = FitOnly(self._chosen(self._stages.summarizing()))
        self._pool(stage, Task, channel.outlet, Keeping(route), _session_of_task)
        return channel.inlet

    def _rollout(self) -> Inlet[Work[RolloutPlan | Unfit]]:
        channel: Channel[Work[RolloutPlan | Unfit]] = self._channel("rollout")
        stage: FitOnly[RolloutPlan, Trajectory] = FitOnly(self._chosen(self._stages.rollout()))
        self._pool(stage, Trajectory, channel.outlet, End(), _session_of_attempt)
        return channel.inlet

    def _chosen(self, stage: Stage[In, Made]) -> Stage[In, Made]:
        """Return the stage of this name that was brought along, else ours."""
        return self._brought.get(stage.name, stage)

    def _ends_at(self, stage: str) -> bool:
        return self._operating.stop_after == stage

    def _channel(self, name: str) -> Channel[T]:  # pyright: ignore[reportInvalidTypeVarUse]
        return open_channel(name, self._operating.queue_size)

    def _admission(self, pool: CreditPool, decided_at: str) -> Admission[In]:  # pyright: ignore[reportInvalidTypeVarUse]
        """Items whose outcome at stage `decided_at` is known are exempt from budgets."""

        def settled(item: In) -> bool:
            known = self._journal.seen(decided_at, item.id)
            return known is not None and known.finished

        return Admission(pool, settled)

    def _pool(
        self,
        stage: Stage[In, Made],
        output_type: type[Made],
        outlet: Outlet[Work[In]],
        route: Route[Made],
        session_of: Callable[[In], str],
    ) -> None:
        pool = Pool(
            stage if isinstance(stage, FitOnly) else self._chosen(stage),
            output_type,
            outlet,
            route,
            journal=self._journal,
            asker=self._asker,
            session_of=session_of,
            workers=self._operating.concurrency,
            sandbox=self._sandbox,
            last=isinstance(route, End),
            needed=self._needed if stage.name.partition(".")[0] in UPSTREAM else lambda: True,
        )
        self._pipeline.pools.append(pool)  # type: ignore[arg-type]

    def _needed(self) -> bool:
        return not self._demand.met

    def _add_source(self, source: Source[In]) -> None:
        self._pipeline.sources.append(source)  # type: ignore[arg-type]


def _one(item: T) -> Sequence[T]:
    return (item,)


def _id(item: Item) -> str:
    return item.id


def _session_of_tool(item: ToolPlan | ToolDraft) -> str:
    return item.setting.id


def _session_of_task(task: Task | Unfit) -> str:
    return task.id if isinstance(task, Unfit) else task.meta.environment or task.id


def _session_of_attempt(plan: RolloutPlan | Unfit) -> str:
    return plan.id if isinstance(plan, Unfit) else _session_of_task(plan.task)


def _tool_pool(environment: Environment, members: Sequence[Settled[AuditedTool]]) -> ToolPool:
    return ToolPool(
        id=environment.id,
        setting=environment.setting,
        tools=[tool for member in members for tool in member.outputs],
        failed=sum(member.kind is OutcomeKind.FAILED for member in members),
    )
