"""Casting: which model plays which role, under which names, and how each is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthtools_stream.assembly.backends import Backend
from synthtools_stream.config import Content, RunConfig
from synthtools_stream.jsontypes import object_at
from synthtools_stream.llm.protocol import LanguageModel
from synthtools_stream.llm.routing import Router, SamplingOverride
from synthtools_stream.roles import ROLE_GROUPS, ROLE_NAMES, group_of
from synthtools_stream.rundir import read_run

__all__ = ["names_of", "router_of", "with_known_models", "with_models"]


def with_known_models(config: RunConfig, directory: Path) -> RunConfig:
    """Take the models' names from the run that is resumed, where the user names none."""
    known = object_at(read_run(directory) or {}, "content")
    roles = object_at(known, "roles")
    named = {heading: str(object_at(roles, heading).get("model", "")) for heading in roles}
    return with_models(config, str(known.get("model", "")), named)


def with_models(config: RunConfig, name: str, roles: Mapping[str, str]) -> RunConfig:
    """Name the models that the user left unnamed: the run's, and those of the roles that are configured."""
    content = config.content
    named = {
        heading: role.model_copy(update={"model": role.model or roles.get(heading, "")})
        for heading, role in content.roles.items()
    }
    return config.model_copy(
        update={"content": content.model_copy(update={"model": content.model or name, "roles": named})}
    )


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
    return Router(backend.model, models=models, sampling=sampling)


def names_of(content: Content) -> str:
    """Name the models of a run: its own, and those of roles that another one plays."""
    others = [
        f"{heading} {role.model}" for heading, role in content.roles.items() if role.model not in ("", content.model)
    ]
    return "; ".join([content.model, *others])
