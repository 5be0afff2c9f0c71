"""Groups of keys that both kinds of configuration are made of."""

from __future__ import annotations

from operator import not_
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from synthtools_stream.records.twist import VariantKind
from synthtools_stream.toolgraph.difficulty import Difficulty
from synthtools_stream.toolgraph.task_links import Pattern

__all__ = [
    "Audit",
    "DialogueActs",
    "EmbeddedRates",
    "Embeddings",
    "Implicit",
    "Positive",
    "Prices",
    "RoleOverride",
    "RoleServer",
    "Section",
    "ServerDialect",
    "Share",
    "Targets",
    "Variants",
]

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weight = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
BASE = "base"
"""What stands in the place of a kind for tasks that are no variant."""
_Way: TypeAlias = Literal["relative_date", "unit", "worked_out", "carried_over"]
SHORTEST = 2
"""Calls of the shortest sequence: one call is no sequence."""


class Section(BaseModel):
    """A group of keys: unknown keys are refused, and no value is taken for one of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Audit(Section):
    """How tools are audited."""

    per_mode: Annotated[int, Field(ge=1, le=4)] = 2
    """Probes a mode."""
    repeats: Annotated[int, Field(ge=1, le=5)] = 3
    """Times each probe is run at most, at different repeat numbers: again only where it is not yet decided."""


class Variants(Section):
    """Of each kind of variant, the share of proven tasks from which one is derived, 0 to 1."""

    distractors: Share = 0.0
    renamed_tools: Share = 0.0
    transient_error: Share = 0.0
    missing_tool: Share = 0.0
    irrelevant_request: Share = 0.0
    missing_parameter: Share = 0.0
    forbidden_request: Share = 0.0
    catalogue: Annotated[int, Field(ge=2, le=128)] = 16
    """Tools that are offered at most where there are distractors."""

    def rate(self, kind: str) -> float:
        """Return the share for a kind of variant."""
        return float(getattr(self, kind))


class Implicit(Section):
    """How much of what users mean they do not say as it is."""

    share: Annotated[float, Field(ge=0.0, le=0.5)] = 0.0
    """Share of the arguments of tasks, 0 to 0.5, whose value is to be derived: a wish, kept where tool and dialogue
    have what it takes. At 0 nothing is wished."""
    kinds: list[_Way] = Field(default_factory=lambda: [*get_args(_Way)], min_length=1)
    """In which ways; the same words as `records/implicit_kind`."""


class DialogueActs(Section):
    """Of each kind of act, the share of a dialogue's lines that get one, of those that can, 0 to 1."""

    held_back: Share = 0.0
    corrected: Share = 0.0
    together: Share = 0.0
    chat: Share = 0.0


class EmbeddedRates(Section):
    """How often the embedded model errs, each from 0 to 1."""

    agent_error: Share = 0.03
    solver_error: Share = 0.02
    simulator_error: Share = 0.01
    program_error: Share = 0.08
    judge_error: Share = 0.01
    bad_json: Share = 0.01
    unreliable_tool: Share = 0.05
    """Share of tools that are hard to emulate."""
    unreliable_error: Share = 0.5
    """Errors of simulator and programmer on those."""


class Embeddings(Section):
    """By what the tool graph says how alike two parameters are."""

    encoder: Literal["tfidf", "local", "server"] = "tfidf"
    """`tfidf`: the words that they share, with no model; `local`: the sentence encoder of the extra `embeddings`;
    `server`: a model behind `/v1/embeddings`, whose address the user writes as `embeddings.server_url`."""
    model: str = ""
    """Name of the encoder; resolved at start-up where empty."""
    threshold: Share | None = None
    """Cosine from which two parameters are joined; by default 0.82, for `tfidf` what gives a mean degree of 3."""

    @model_validator(mode="after")
    def _plain(self) -> Self:
        if self.model and self.encoder == "tfidf":
            raise ValueError("embeddings.model: tfidf has no model; set encoder to local or server")
        return self


class Targets(Section):
    """What share of a run's tasks is to have what; weights, whose sum is free. What is left out comes evenly."""

    lengths: dict[str, Weight] = Field(default_factory=dict)
    """By calls of a sequence."""
    patterns: dict[Pattern, Weight] = Field(default_factory=dict)
    """By how the steps hang together."""
    fields: dict[str, Weight] = Field(default_factory=dict[str, Weight], exclude_if=not_)
    """By names of fields, or globs: the first that is a field's tells its weight; a field without one is not begun."""
    difficulty: dict[Difficulty, Weight] = Field(default_factory=dict[Difficulty, Weight], exclude_if=not_)
    """By calls and pattern together."""
    variants: dict[str, Weight] = Field(default_factory=dict[str, Weight], exclude_if=not_)
    """By kind of variant; `base` for tasks that are none."""

    @field_validator("lengths", "patterns", "fields", "difficulty", "variants")
    @classmethod
    def _is_distribution(cls, weights: dict[str, float]) -> dict[str, float]:
        if weights and not any(weights.values()):
            raise ValueError("some weight must be above 0")
        return weights

    @field_validator("variants")
    @classmethod
    def _are_variants(cls, weights: dict[str, float]) -> dict[str, float]:
        known = (BASE, *VariantKind)
        if odd := [name for name in weights if name not in known]:
            raise ValueError(f"{odd[0]!r} is no variant; there are {', '.join(known)}")
        base = weights.get(BASE, 0.0)
        if more := [name for name, weight in weights.items() if weight > base]:
            raise ValueError(f"{more[0]} has more weight than {BASE}, from which each one is derived")
        return weights

    @field_validator("lengths")
    @classmethod
    def _are_lengths(cls, weights: dict[str, float]) -> dict[str, float]:
        if odd := [name for name in weights if not name.isdecimal() or int(name) < SHORTEST]:
            raise ValueError(f"{odd[0]!r} is no length; it must be a whole number of {SHORTEST} or more")
        return weights


class RoleOverride(Section):
    """Who plays a role, or a group of roles, and how it is drawn from."""

    model: str = ""
    """Another model than the run's; where the role has a server of its own, by default that server's only one."""
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] | None = None
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    max_tokens: Positive | None = None


class RoleServer(Section):
    """Where a role's model is served."""

    server_url: list[str] = Field(min_length=1)

    @field_validator("server_url", mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


class ServerDialect(Section):
    """What servers take, where the user knows better than the probe; the same words as `servers/dialect.py`."""

    length: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    system: Literal["system", "user"] = "system"
    call_ids: Literal["any", "nine"] = "any"
    turns: Literal["any", "alternate"] = "any"
    null_content: bool = True
    temperature: bool = True
    top_p: bool = True
    seed: bool = True
    strict: bool = True
    response_format: bool = True


class Prices(Section):
    """Money per million tokens, to show what a run costs."""

    prompt: Annotated[float, Field(ge=0.0)] = 0.0
    completion: Annotated[float, Field(ge=0.0)] = 0.0
    currency: str = "USD"
