"""What decides the rows of a run: frozen in `run.json`, and a change is refused with the difference shown."""

from __future__ import annotations

from difflib import get_close_matches
from hashlib import blake2b
from typing import Annotated, Literal, Self, TypeAlias

import orjson
from pydantic import Field, StringConstraints, field_validator, model_validator

from synthtools_stream.config.field_shares import MOST_SEQUENCES, FieldShares, field_weights
from synthtools_stream.config.key_groups import (
    BASE,
    SHORTEST,
    Audit,
    DialogueActs,
    EmbeddedRates,
    Embeddings,
    Implicit,
    RoleOverride,
    Section,
    Share,
    Targets,
    Variants,
)
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.roles import ROLE_GROUPS, ROLE_NAMES, group_of
from synthtools_stream.roles.generation_roles import SeedTool
from synthtools_stream.roles.program_roles import MAX_SOURCE
from synthtools_stream.toolgraph.difficulty import difficulty_of
from synthtools_stream.toolgraph.task_links import PATTERNS, Pattern

__all__ = ["Content"]

Strategy: TypeAlias = Literal["graph", "llm", "random"]
Source = Annotated[str, StringConstraints(min_length=1, max_length=MAX_SOURCE)]
Playing: TypeAlias = Literal["auto", "code", "simulated"]
FieldName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")
]
SeedText = Annotated[str, StringConstraints(min_length=1, max_length=1200)]


class Content(Section):
    """What decides the rows."""

    seed: Annotated[int, Field(ge=0)] = 0
    fields: list[FieldName] = Field(default_factory=list)
    resemble: list[FieldName] = Field(default_factory=list)
    """Seed examples: subfields and scenarios that new ones should be like."""
    avoid: list[FieldName] = Field(default_factory=list)
    """Subfields and scenarios that must not come again."""
    seed_tools: list[SeedTool] = Field(default_factory=list, max_length=20)
    """Tools in whose likeness new ones are made."""
    seed_tasks: list[SeedText] = Field(default_factory=list, max_length=20)
    """Requests in whose likeness new tasks are made."""
    subfields: Annotated[int, Field(ge=1, le=40)] = 1
    scenarios: Annotated[int, Field(ge=1, le=40)] = 1
    oversample: Annotated[int, Field(ge=1, le=10)] = 2
    """Candidates that are asked for, or drawn, where one subfield, scenario or sequence is kept: the most different."""
    most_tools: Annotated[int, Field(ge=5, le=20)] | None = None
    """Tools an environment at most; of a larger blueprint the most different ones are kept."""
    sequences: Annotated[int, Field(ge=1, le=MOST_SEQUENCES)] = 4
    """Sequences an environment."""
    sequence_length: Annotated[int, Field(ge=2, le=20)] = 6
    """Calls in a sequence at most."""
    min_steps: Annotated[int, Field(ge=1, le=20)] = 2
    """A prefix of at least this many clean steps is still a task."""
    tools_as: Playing = "auto"
    """`auto`: played by a program where one can be had, else by the simulator; `code`: by a program, or rejected;
    `simulated`: by the simulator."""
    programs: dict[str, Source] = Field(default_factory=dict)
    """Programs that the user brings, by tool name or tool id; audited like any other, but never mended."""
    strategy: Strategy = "graph"
    embeddings: Embeddings = Field(default_factory=Embeddings)
    targets: Targets = Field(default_factory=Targets)
    min_reliability: Share = 0.26
    """Floor of the Wilson lower bound that every applicable mode must clear."""
    max_retries: Annotated[int, Field(ge=0, le=10)] = 3
    """Attempts at a step beyond the first."""
    rollouts: Annotated[int, Field(ge=0, le=100)] = 1
    """Attempts of the agent at each task."""
    mode: Literal["json", "native"] = "json"
    max_turns: Annotated[int, Field(ge=1, le=200)] | None = None
    """Turns of the agent; by default four times the task's calls and four more."""
    dialogue: bool = False
    """Roll out the planned dialogue with a simulated user instead of the single request."""
    judge: bool = True
    """Whether the trajectory judge reads each attempt."""
    model: str = ""
    """Model name; resolved at start-up where empty."""
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] | None = None
    """Of the agent; by default its role's."""
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    reasoning_tokens: Annotated[int, Field(ge=0)] | None = None
    """Tokens that a reply may take for reasoning, on top of its role's own; by default 2,048 for models that reason."""
    audit: Audit = Field(default_factory=Audit)
    variants: Variants = Field(default_factory=Variants)
    dialogue_acts: DialogueActs = Field(default_factory=DialogueActs)
    implicit: Implicit = Field(default_factory=Implicit)
    embedded: EmbeddedRates = Field(default_factory=EmbeddedRates)
    roles: dict[str, RoleOverride] = Field(default_factory=dict)
    dataset: str = ""
    """Digest of the start-from file, for runs that begin in the middle."""
    start: Literal["fields", "given", "environments", "tools", "tasks", "drafts"] = "fields"

    @field_validator("fields")
    @classmethod
    def _distinct(cls, fields: list[str]) -> list[str]:
        twice = sorted({name for name in fields if fields.count(name) > 1})
        if twice:
            raise ValueError(f"field {twice[0]!r} is named twice; name each field once")
        return fields

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: dict[str, RoleOverride]) -> dict[str, RoleOverride]:
        for name in roles:
            check_role(name)
        return roles

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.min_steps > self.sequence_length:
            raise ValueError(f"min_steps: must be sequence_length, {self.sequence_length}, or less")
        if too_long := [name for name in self.targets.lengths if int(name) > self.sequence_length]:
            raise ValueError(f"targets.lengths: {too_long[0]} is more than sequence_length, {self.sequence_length}")
        return self

    @model_validator(mode="after")
    def _targets_are_reachable(self) -> Self:
        targets = self.targets
        if targets.fields and self.start != "fields":
            raise ValueError(f"targets.fields: a run that begins with {self.start} takes them as they are")
        if targets.fields and self.fields:
            if strange := [
                name for name in targets.fields if not any(field_weights(self.fields, {name: 1.0}).values())
            ]:
                raise ValueError(f"targets.fields: {strange[0]!r} is no field of this run")
            if not any(field_weights(self.fields, targets.fields).values()):
                raise ValueError("targets.fields: no field of this run has a weight above 0")
        there = {difficulty_of(calls, name) for calls in self.length_weights() for name in self.pattern_weights()}
        if lost := [level for level, weight in targets.difficulty.items() if weight and level not in there]:
            raise ValueError(f"targets.difficulty: no length and pattern that is asked for is {lost[0]}")
        if targets.variants and (rated := [kind for kind in VariantKind if self.variants.rate(kind)]):
            raise ValueError(
                f"targets.variants: {rated[0]} has a rate under [variants]; give shares or rates, not both"
            )
        return self

    def length_weights(self) -> dict[int, float]:
        """Return how often sequences are to have how many calls: as asked for, or evenly from half of the most."""
        if asked := {int(name): weight for name, weight in self.targets.lengths.items() if weight}:
            return dict(sorted(asked.items()))
        return dict.fromkeys(range(max(SHORTEST, self.sequence_length // 2), self.sequence_length + 1), 1.0)

    def pattern_weights(self) -> dict[Pattern, float]:
        """Return how often sequences are to have which pattern: as asked for, or evenly."""
        asked: dict[Pattern, float] = {name: weight for name, weight in self.targets.patterns.items() if weight}
        return asked or dict.fromkeys(PATTERNS, 1.0)

    def field_shares(self) -> FieldShares | None:
        """Return how many sequences each field gets; None where all get the same."""
        if not self.targets.fields:
            return None
        return FieldShares.of(self.fields, self.targets.fields, self.subfields * self.scenarios, self.sequences)

    def most_sequences(self) -> int:
        """Return how many sequences an environment may have at most."""
        shares = self.field_shares()
        return self.sequences if shares is None else max(shares.of_environment(name, 0) for name in self.fields)

    def variant_rate(self, kind: str) -> float:
        """Return the share of proven tasks from which a variant of that kind is derived: as asked for, 0 to 1."""
        base = self.targets.variants.get(BASE, 0.0)
        return self.targets.variants.get(kind, 0.0) / base if base else self.variants.rate(kind)

    def role(self, name: str) -> RoleOverride:
        """Return what is set for one role: its own keys win over those of its group."""
        chosen: dict[str, object] = {}
        for heading in (group_of(name), name):
            if heading in self.roles:
                chosen |= self.roles[heading].model_dump(exclude_defaults=True)
        return RoleOverride.model_validate(chosen)

    def digest(self) -> str:
        """Hex digest of everything that decides the rows."""
        return blake2b(
            orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS), digest_size=16
        ).hexdigest()


def check_role(name: str) -> None:
    """Raise ValueError for a name that is neither a role's nor that of a group of roles."""
    known = [*ROLE_GROUPS, *ROLE_NAMES]
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
        raise ValueError(f"there is no role {name!r}{hint}")
