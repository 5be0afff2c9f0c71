"""`generate`: the command `run` for programs, inside an event loop of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthtools_stream.assembly.brought import Brought, unheard
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import from_fields, shipped_fields
from synthtools_stream.assembly.run_summary import RunSummary
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.stage import Stage
from synthtools_stream.errors import UsageError
from synthtools_stream.roles.role import Role
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["generate"]

REPLACEABLE = ("auditing", "sequencing", "evolution", "summarizing", "rollout")
"""Stages that a program may bring its own of: each is one transformation, where generation is four."""


async def generate(
    options: JsonObject,
    out: Path | str,
    *,
    model: LanguageModel | None = None,
    stages: Mapping[str, Stage[Any, Any]] | None = None,
    roles: Sequence[Role[Any, Any]] = (),
    show: Callable[[JsonObject], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> RunSummary:
    """Turn fields into tools, proven tasks and judged trajectories in the directory `out`, or go on with it.

    `options` are those of a configuration file. `model` plays all roles but those for which they name a server; without
    one, their backend does. `stages` take the place of ours of the same name, and may ask `roles` of their own, whose
    templates stand in the directory that the option `prompts` names. `show` gets a progress snapshot every few seconds,
    `notice` a line now and then. Signals stay the program's own: cancel it to stop, and call it again to go on.

    :raises UsageError: if the options, a server or the directory cannot be used as asked.
    :raises LogDamage: if one of the directory's logs is damaged.
    :raises RunStopped: if the run ended early; the same call goes on.
    """
    own = stages or {}
    if unknown := own.keys() - set(REPLACEABLE):
        raise UsageError(f"there is no stage {min(unknown)!r} to be replaced; there are {', '.join(REPLACEABLE)}")
    names = RunConfig.build(options).content.fields or shipped_fields()
    fields: list[Json] = [*names]
    return await run_pipeline(
        RunConfig.build({**options, "fields": fields}),
        from_fields(names),
        Path(out),
        show=show or unheard,
        notice=notice or unheard,
        brought=Brought(model, own, roles),
        signals=False,
    )
