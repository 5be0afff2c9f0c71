"""Groups of keys that both kinds of configuration are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = [
    "Audit",
    "DialogueActs",
    "EmbeddedRates",
    "Positive",
    "Prices",
    "RoleOverride",
    "RoleServer",
    "Section",
    "ServerDialect",
    "Share",
    "Variants",
]

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


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

    @property
    def need_others(self) -> bool:
        """Whether other tools of the environment are needed than those of the task."""
        return bool(self.distractors or self.irrelevant_request)


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
