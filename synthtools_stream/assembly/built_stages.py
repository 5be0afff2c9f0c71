"""Our stages as a configuration wants them: what each is told, and which model its rows are said to be by."""

from __future__ import annotations

from dataclasses import asdict

from stages.auditing.tool_audit import Auditing
from stages.evolution.dialogue_evolution import Evolution, Recipe
from stages.evolution.implicit_wishes import ImplicitShare
from stages.generation.environment_blueprint import Blueprints
from stages.generation.field_hierarchy import Scenarios, Subfields
from stages.generation.given_tools import Surveys
from stages.rollout.attempt import Rollout, RolloutOptions
from stages.sequencing.sequence_selection import Sequencing
from stages.sequencing.wanted_shapes import Distribution
from stages.summarizing.act_choice import ActRates
from stages.summarizing.merged_request import Summarizing
from stages.summarizing.variant_choice import VariantRates
from synthtools_stream.asking.role_router import Router
from synthtools_stream.config import Content
from synthtools_stream.embeddings.encoder import Encoder
from synthtools_stream.records import FieldPlan, SubfieldPlan, ToolPool
from synthtools_stream.records.implicit_kind import ImplicitKind
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.roles.rollout_roles import AGENT_JSON, AGENT_NATIVE
from synthtools_stream.values.lineages import environment_number

__all__ = ["BuiltStages"]


class BuiltStages:
    """Makes each stage when it is asked for."""

    def __init__(self, content: Content, router: Router, prompts: str, encoder: Encoder) -> None:
        """Say in the rows' `meta` which model of `router` did a stage's leading role, and by which `prompts`."""
        self._content = content
        self._router = router
        self._prompts = prompts
        self._encoder = encoder
        self._shares = content.field_shares()

    def subfields(self) -> Subfields:
        """Fields into subfields."""
        content = self._content
        most = None if self._shares is None else self._subfields_begun
        return Subfields(content.subfields, content.oversample, content.resemble, content.avoid, most)

    def scenarios(self) -> Scenarios:
        """Subfields into scenarios."""
        content = self._content
        most = None if self._shares is None else self._scenarios_begun
        return Scenarios(content.scenarios, content.oversample, content.resemble, content.avoid, most)

    def blueprints(self) -> Blueprints:
        """Scenarios into environments."""
        content = self._content
        return Blueprints(self._model("blueprint"), self._prompts, content.most_tools, content.seed_tools)

    def surveys(self) -> Surveys:
        """Tools that were given into environments."""
        return Surveys(self._model("surveyor"), self._prompts)

    def auditing(self) -> Auditing:
        """Written tools into audited ones."""
        content = self._content
        return Auditing(
            content.tools_as,
            content.min_reliability,
            content.audit.per_mode,
            content.audit.repeats,
            model=self._model("simulator"),
            seed=content.seed,
            programs=content.programs,
        )

    def sequencing(self) -> Sequencing:
        """An environment's tools into sequences."""
        content = self._content
        need_others = any(map(content.variant_rate, (VariantKind.distractors, VariantKind.irrelevant_request)))
        near = content.variants.catalogue if need_others else 0
        shapes = Distribution(content.length_weights(), content.pattern_weights(), content.targets.difficulty)
        count = content.sequences if self._shares is None else self._sequences_of
        return Sequencing(content.strategy, count, shapes, self._encoder, content.seed, near, content.oversample)

    def evolution(self) -> Evolution:
        """Sequences into dialogues."""
        content = self._content
        implicit = ImplicitShare(content.implicit.share, [*map(ImplicitKind, content.implicit.kinds)], content.seed)
        recipe = Recipe(self._model("evolver"), self._prompts, content.seed, implicit)
        return Evolution(content.max_retries, content.min_steps, recipe, content.seed_tasks)

    def summarizing(self) -> Summarizing:
        """Dialogues into proven tasks, with their variants."""
        content = self._content
        shares = {kind.value: content.variant_rate(kind) for kind in VariantKind}
        variants = VariantRates(shares, content.variants.catalogue, content.seed)
        return Summarizing(variants, ActRates(content.dialogue_acts.model_dump(), content.seed))

    def rollout(self) -> Rollout:
        """Tasks into attempts of our agent."""
        content = self._content
        sampling = self._router.sampling
        drawn = sampling(AGENT_JSON) if content.mode == "json" else sampling(AGENT_NATIVE)
        options = RolloutOptions(
            model=self._model(f"agent_{content.mode}"),
            mode=content.mode,
            dialogue=content.dialogue,
            max_turns=content.max_turns,
            judge=content.judge,
            seed=content.seed,
            sampling={**asdict(drawn)},
        )
        return Rollout(options)

    def _subfields_begun(self, field: FieldPlan) -> int:
        return -(-self._begun(field.field) // self._content.scenarios)

    def _scenarios_begun(self, subfield: SubfieldPlan) -> int:
        return max(0, self._begun(subfield.field) - subfield.index * self._content.scenarios)

    def _begun(self, field: str) -> int:
        assert self._shares is not None
        return self._shares.begun(field)

    def _sequences_of(self, pool: ToolPool) -> int:
        assert self._shares is not None
        return self._shares.of_environment(pool.setting.field, environment_number(pool.id))

    def _model(self, role: str) -> str:
        return self._router.route(role).model
