"""`rollout`: an agent tries the tasks of a dataset, many at once."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import click

from synthtools_stream.assembly import from_tasks
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import file_digest
from synthtools_stream.assembly.task_file import TaskFile, open_tasks
from synthtools_stream.cli.config_file import build_config, read_config
from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.end_report import exit_code, say_empty_part, say_end, say_skipped
from synthtools_stream.cli.exit_codes import DONE, exit_with, on_loop
from synthtools_stream.cli.live_display import progress_display
from synthtools_stream.cli.options import backend_options, budget_options, flags_of, out_option, shard_option
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.cli.verdict_scores import say_verdicts
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.unfit import Unfit
from synthtools_stream.errors import ConfigError
from synthtools_stream.storage.datasets.line_file import lines_size
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.lineages import lineage
from synthtools_stream.values.phases import Phases
from synthtools_stream.values.shards import Shard

__all__ = ["rollout"]


@click.command()
@click.option(
    "--dataset", required=True, type=click.Path(path_type=Path), help="task_content.jsonl, or its parquet twin."
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    is_eager=True,
    callback=read_config,
    help="TOML file: every option under its name, and prices, roles, engine.",
)
@out_option("runs/rollouts")
@click.option("--task-id", multiple=True, help="Only this task; may be repeated.")
@click.option("--field", multiple=True, help="Only tasks of this field; may be repeated.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N tasks.")
@click.option("--sample", type=click.IntRange(min=1), help="Only N tasks drawn by the seed.")
@shard_option
@click.option("--rollouts", type=click.IntRange(min=1), help="Attempts at each task.  [1]")
@click.option("--max-turns", type=int, help="Turns of the agent.  [four times the task's calls and four more]")
@click.option("--mode", type=click.Choice(["json", "native"]), help="How the agent calls tools.  [json]")
@click.option("--dialogue", is_flag=True, default=None, help="Say the planned turns one by one, by a simulated user.")
@click.option("--temperature", type=float, help="Of the agent.  [0.2]")
@click.option("--top-p", type=float, help="Of the agent.  [0.95]")
@click.option("--no-judge", is_flag=True, help="Verdict by code only, without the trajectory judge.")
@click.option("--dry-run", is_flag=True, help="Say what would be rolled out, and do nothing.")
@click.option("--strict", is_flag=True, help="Stop at the first bad row instead of skipping it.")
@budget_options
@click.option("--quiet", is_flag=True, help="No progress display.")
@backend_options
def rollout(
    dataset: Path,
    config: JsonObject,
    out: Path,
    task_id: tuple[str, ...],
    field: tuple[str, ...],
    limit: int | None,
    sample: int | None,
    no_judge: bool,
    dry_run: bool,
    strict: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Let an agent try the tasks of a dataset against the simulator, and judge what it does.

    Works on our own rows (verdict by proof) and on anybody's rows with the seven shared columns (verdict `unproven`).
    """
    with exit_with():
        flags = flags_of(**options)
        if no_judge:
            flags["judge"] = False
        with told_phases() as phases:
            settings = build_config(config, {**flags, "start": "tasks", "dataset": _digest(dataset, out, phases)})
            with phases.phase(f"finding the tasks of {dataset}", "tasks"):
                source = open_tasks(dataset, strict=strict)
        if source.shared.lines:
            notice(f"{dataset}: {source.shared}")
        chosen = _choose(source, task_id, field, limit, sample, settings.content.seed)
        selected = {"selection": _selection(chosen, source)}
        settings = settings.model_copy(update={"operating": settings.operating.model_copy(update=selected)})
        shard = settings.operating.shard
        source = chosen.of_shard(Shard.of(shard)) if shard else chosen
        if not len(chosen):
            raise ConfigError(f"{dataset}: no task is left to roll out")
        if dry_run:
            _say_plan(source, settings)
            sys.exit(DONE)
    # The display ends first, so that an error is the last line on the screen.
    with exit_with(), progress_display(quiet) as display:
        start = from_tasks(source, len(source))
        summary = on_loop(run_pipeline(settings, start, out, show=display.show, notice=notice, told=display.told))
    say_skipped(source)
    say_end(summary)
    with told_phases() as phases, phases.phase("counting the verdicts", "attempts"):
        say_verdicts(out)
    if shard and not len(source):
        say_empty_part(shard)
    sys.exit(exit_code(summary, empty_part=bool(shard and not len(source))))


def _digest(path: Path, out: Path, phases: Phases) -> str:
    """Return the digest of a dataset for a run in `out`.

    :raises ConfigError: where there is none.
    """
    try:
        with phases.phase(f"reading {path}", "blocks", of_bytes=lines_size(path)) as phase:
            return file_digest(out, path, read=phase.step)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _choose(
    source: TaskFile, ids: Sequence[str], fields: Sequence[str], limit: int | None, sample: int | None, seed: int
) -> TaskFile:
    chosen = source
    if ids:  # without its run part, as `tail` shows it, an id is that task of every run
        known = {*source.ids, *map(lineage, source.ids)}
        if unknown := [name for name in ids if name not in known]:
            raise ConfigError(f"there is no task {unknown[0]!r} in the dataset")
        chosen = chosen.only({name for name in source.ids if name in ids or lineage(name) in ids})
    if fields:
        chosen = chosen.of_fields(fields)
    if sample is not None and sample < len(chosen):
        chosen = chosen.only(set(random.Random(seed).sample(chosen.ids, sample)))
    return chosen.first(limit)


def _selection(chosen: TaskFile, source: TaskFile) -> str:
    """Name which tasks are meant; the whole dataset needs no name."""
    if len(chosen) == len(source):
        return ""
    return blake2b("\n".join(chosen.ids).encode(), digest_size=8).hexdigest()


def _say_plan(source: TaskFile, config: RunConfig) -> None:
    count, fit = config.content.rollouts, 0
    for task in source:
        if isinstance(task, Unfit):
            continue
        fit += 1
        proven = "unproven" if task.certificate is None else "proven (brought)" if task.meta.is_brought else "proven"
        plan = f"{counted(len(task.gt_tool_calls), 'call')}, {proven}, {counted(count, 'rollout')}"
        say(f"{printable(task.id, 80)}  {plan}")
    say_skipped(source)
    say(f"{counted(fit, 'task')}, {counted(fit * count, 'rollout')}")
