"""`generate`: the command `run` for programs, inside an event loop of theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from synthtools_stream.assembly.brought import Brought
from synthtools_stream.assembly.pipeline_run import RunSummary, run_pipeline
from synthtools_stream.assembly.run_inputs import from_fields, shipped_fields
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["generate"]


async def generate(
    options: JsonObject,
    out: Path | str,
    *,
    model: LanguageModel | None = None,
    show: Callable[[JsonObject], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> RunSummary:
    """Turn fields into tools, proven tasks and judged trajectories in the directory `out`, or go on with it.

    `options` are those of a configuration file. `model` plays all roles but those for which they name a server; without
    one, their backend does. `show` gets a progress snapshot every few seconds, `notice` a line now and then. Signals
    stay the program's own: cancel the call to stop it, and call it again to go on.

    :raises UsageError: if the options, a server or the directory cannot be used as asked.
    :raises LogDamage: if one of the directory's logs is damaged.
    :raises RunStopped: if the run ended early; the same call goes on.
    """
    config = RunConfig.build(options)
    names = config.content.fields or shipped_fields()
    fields: list[Json] = [*names]
    config = RunConfig.build({**options, "fields": fields})
    return await run_pipeline(
        config, from_fields(names), Path(out), show=show or _ignored, notice=notice or _ignored, brought=Brought(model)
    )


def _ignored(_told: object) -> None:
    """Take what nobody wants to hear."""
