"""Which model plays which role, under which names, and how each is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthtools_stream.asking.role_router import Router, SamplingOverride
from synthtools_stream.assembly.backends import Backend
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import Content, RunConfig
from synthtools_stream.roles import ROLE_GROUPS, ROLE_NAMES, group_of
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.values.jsontypes import object_at

__all__ = ["names_of", "router_of", "with_known_models", "with_models"]

REASONING_TOKENS = 2048
"""Room for reasoning where the user says nothing: some times what gpt-oss takes at medium effort for such jobs."""


def with_known_models(config: RunConfig, directory: Path) -> RunConfig:
    """Take the models' names from the run that is resumed, where the user names none."""
    known = object_at(read_run(directory) or {}, "content")
    roles = object_at(known, "roles")
    named = {heading: str(object_at(roles, heading).get("model", "")) for heading in roles}
    room = known.get("reasoning_tokens")
    encoder = str(object_at(known, "embeddings").get("model", ""))
    return _with(config, str(known.get("model", "")), named, room if isinstance(room, int) else None, encoder)


def with_models(config: RunConfig, backend: Backend) -> RunConfig:
    """Settle what the user left open and only the models know: their names, and how much room they need to reason."""
    named = {heading: model.model for heading, model in backend.roles.items()}
    encoder = "" if backend.embedder is None else backend.embedder.model
    return _with(config, backend.model.model, named, REASONING_TOKENS if backend.reasons else 0, encoder)


def _with(config: RunConfig, name: str, roles: Mapping[str, str], reasoning: int | None, encoder: str) -> RunConfig:
    content = config.content
    embeddings = content.embeddings
    if embeddings.encoder != "tfidf":
        embeddings = embeddings.model_copy(update={"model": embeddings.model or encoder})
    named = {
        heading: role.model_copy(update={"model": role.model or roles.get(heading, "")})
        for heading, role in content.roles.items()
    }
    settled = {
        "model": content.model or name,
        "roles": named,
        "embeddings": embeddings,
        "reasoning_tokens": reasoning if content.reasoning_tokens is None else content.reasoning_tokens,
    }
    return config.model_copy(update={"content": content.model_copy(update=settled)})


def router_of(config: RunConfig, backend: Backend) -> Router:
    """Say who plays each role, and how it is drawn from; the agent's own options win over its role's."""
    content = config.content
    sampling: dict[str, SamplingOverride] = {}
    models: dict[str, LanguageModel] = {}
    for name in ROLE_NAMES:
        own = {"temperature": content.temperature, "top_p": content.top_p} if name in ROLE_GROUPS["agent"] else {}
        chosen = {key: value for key, value in own.items() if value is not None}
        sampling[name] = content.role(name).model_copy(update=chosen)
        for heading in (group_of(name), name):
            if heading in backend.roles:
                models[name] = backend.roles[heading]
    return Router(backend.model, models=models, sampling=sampling, reasoning_tokens=content.reasoning_tokens or 0)


def names_of(content: Content) -> str:
    """Name the models of a run: its own, and those of roles that another one plays."""
    others = [
        f"{heading} {role.model}" for heading, role in content.roles.items() if role.model not in ("", content.model)
    ]
    return "; ".join([content.model, *others])
