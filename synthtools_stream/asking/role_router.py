"""Which model answers a role, and how it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from synthtools_stream.chat.language_model import LanguageModel, Sampling
from synthtools_stream.roles.role import In, Out, Role

__all__ = ["Router", "SamplingOverride"]


class SamplingOverride(Protocol):
    """What a user sets of a role's sampling; None leaves the role's own value."""

    @property
    def temperature(self) -> float | None:
        """Temperature instead of the role's."""
        ...

    @property
    def top_p(self) -> float | None:
        """Nucleus instead of the role's."""
        ...

    @property
    def max_tokens(self) -> int | None:
        """Longest reply instead of the role's."""
        ...


class Router:
    """One model for all roles, others for those that are named."""

    def __init__(
        self,
        default: LanguageModel,
        *,
        models: Mapping[str, LanguageModel] | None = None,
        sampling: Mapping[str, SamplingOverride] | None = None,
        reasoning_tokens: int = 0,
    ) -> None:
        """Give every role `reasoning_tokens` on top of its own, but where the user sets its longest reply."""
        self._default = default
        self._models = dict(models or {})
        self._sampling = dict(sampling or {})
        self._reasoning_tokens = reasoning_tokens

    def route(self, role_name: str) -> LanguageModel:
        """Return the model that answers a role."""
        return self._models.get(role_name, self._default)

    def sampling(self, role: Role[In, Out]) -> Sampling:
        """Return how a role is drawn."""
        override = self._sampling.get(role.name)
        longest = role.max_tokens + self._reasoning_tokens
        if override is None:
            return Sampling(role.temperature, role.top_p, longest)
        return Sampling(
            role.temperature if override.temperature is None else override.temperature,
            role.top_p if override.top_p is None else override.top_p,
            longest if override.max_tokens is None else override.max_tokens,
        )

    async def aclose(self) -> None:
        """Close every model once."""
        for model in {id(model): model for model in (self._default, *self._models.values())}.values():
            await model.aclose()
