"""A run before it is one: what its servers are and whether its directory fits, and the small run that is its sample."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import islice
from math import ceil
from pathlib import Path

from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.assembly.backends import open_backend
from synthtools_stream.assembly.role_models import names_of, with_known_models, with_models
from synthtools_stream.assembly.run_inputs import Start, from_fields
from synthtools_stream.assembly.task_file import TaskFile
from synthtools_stream.assembly.tool_programs import sandbox_for
from synthtools_stream.config import RunConfig
from synthtools_stream.storage.rundir.run_directory import RunDirectory, read_run

__all__ = ["look_ahead", "sample_of"]


async def look_ahead(config: RunConfig, directory: Path, notice: Callable[[str], None]) -> None:
    """Say what a run would find: its models, its sandbox, and whether the directory is one that it may go on in.

    Nothing is made, and nothing sent but the probe of each server. An engine in our process is not started.

    :raises UsageError: where the run itself would raise it.
    """
    own = config.operating.prompts
    prompts = PromptLibrary.load(Path(own) if own else None)
    async with AsyncExitStack() as stack:
        config = with_known_models(config, directory)
        await stack.enter_async_context(sandbox_for(config, notice))
        if config.operating.backend == "vllm":
            notice(f"vLLM would be started with {config.content.model or 'the model that --model names'}")
            return
        backend = await open_backend(config, stack, notice)
        config = with_models(config, backend)
        notice(f"model {names_of(config.content)} ({config.operating.backend})")
    if read_run(directory) is not None:  # of a run that is there, nothing is written
        RunDirectory.claim(directory, config, prompts.digest)


def sample_of(config: RunConfig, start: Start, count: int) -> tuple[RunConfig, Start]:
    """Return a run like this one, of its first `count` environments, or of as many tasks where it begins with those."""
    content, operating = config.content, config.operating.model_copy(update={"max_tasks": None})
    config = config.model_copy(update={"operating": operating})
    if start.kind == "fields":
        names = [plan.field for plan in start.fields[:count]]
        few = {"fields": names, "subfields": ceil(count / len(names)), "scenarios": 1}
        return config.model_copy(update={"content": content.model_copy(update=few)}), from_fields(names)
    tasks = start.tasks.first(count) if isinstance(start.tasks, TaskFile) else list(islice(start.tasks, count))
    cut = replace(
        start,
        given=start.given[:count],
        environments=start.environments[:count],
        pools=start.pools[:count],
        tasks=tasks,
        count=min(count, start.count),
    )
    return config, cut
