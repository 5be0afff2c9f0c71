"""What a run begins with, as a command line names it: fields, or files; told so that another process can open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthtools_stream.assembly.run_inputs import (
    Start,
    file_digest,
    from_environments,
    from_fields,
    from_given,
    from_tasks,
    from_tools,
    shipped_fields,
)
from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["StartFiles", "open_start"]

_FIRST = {
    "fields": "generation",
    "given": "generation",
    "environments": "generation",
    "tools": "sequencing",
    "drafts": "summarizing",
    "tasks": "rollout",
}
"""The stage that each kind of start begins with."""


@dataclass(frozen=True)
class StartFiles:
    """The files that a run starts from, of one kind; none where it starts from fields."""

    given_tools: Sequence[Path] = ()
    environments: Path | None = None
    tools: Path | None = None
    tasks: Path | None = None
    resummarize: bool = False
    """Whether the requests of `tasks` are written anew."""

    def paths(self) -> list[Path]:
        """Return all of them."""
        return [*(path for path in (self.environments, self.tools, self.tasks) if path is not None), *self.given_tools]


def open_start(config: RunConfig, files: StartFiles, out: Path) -> tuple[RunConfig, Start]:
    """Read what a run in `out` begins with, and note it in the configuration.

    :raises ConfigError: where files exclude each other or the fields, or the run would end before it begins.
    :raises UsageError: for a file that cannot be used.
    """
    config, start = _opened(config, files, out)
    first, last = _FIRST[start.kind], config.operating.stop_after
    if last is not None and STAGES.index(last) < STAGES.index(first):
        raise ConfigError(f"--stop-after {last} lies before the first stage of this run, which is {first}")
    return config, start


def _opened(config: RunConfig, files: StartFiles, out: Path) -> tuple[RunConfig, Start]:
    paths = files.paths()
    if len([path for path in paths if path not in files.given_tools]) + bool(files.given_tools) > 1:
        raise ConfigError(
            "--given-tools, --environments, --tools and --tasks exclude each other: a run begins at one place"
        )
    if files.resummarize and files.tasks is None:
        raise ConfigError("--resummarize needs --tasks")
    if not paths:
        names = config.content.fields or shipped_fields()
        return _content(config, {"fields": [*names]}), from_fields(names)
    if config.content.fields:
        raise ConfigError("fields make no sense beside a start-from file; leave one of them out")
    if files.given_tools:
        start = from_given(files.given_tools)
    elif files.environments is not None:
        start = from_environments(files.environments)
    elif files.tools is not None:
        start = from_tools(files.tools)
    else:
        source = open_tasks(paths[0])
        start = from_tasks(source, len(source), resummarize=files.resummarize)
    return _content(config, {"start": start.kind, "dataset": file_digest(out, *paths)}), start


def _content(config: RunConfig, update: JsonObject) -> RunConfig:
    content = config.content.model_validate({**config.content.model_dump(), **update})
    return config.model_copy(update={"content": content})
