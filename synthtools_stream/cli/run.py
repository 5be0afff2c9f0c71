"""`run`: fields into tools, proven tasks and judged trajectories."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from click.core import ParameterSource

from synthtools_stream.assembly import Start
from synthtools_stream.assembly.chosen_start import open_start
from synthtools_stream.assembly.dry_run import look_ahead, sample_of
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.task_file import TaskFile
from synthtools_stream.cli.console import notice
from synthtools_stream.cli.end_report import exit_code, say_empty_part, say_end, say_skipped
from synthtools_stream.cli.exit_codes import DONE, exit_with, on_loop
from synthtools_stream.cli.live_display import progress_display
from synthtools_stream.cli.options import out_option, shard_option
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.run_options import asked_for, run_options
from synthtools_stream.cli.run_plan import say_plan
from synthtools_stream.cli.sample_view import say_sample
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError
from synthtools_stream.report.past_run import USUAL, has_figures, read_past_run
from synthtools_stream.values.shards import Shard

__all__ = ["run"]


@click.command()
@out_option("runs/run")
@shard_option
@run_options
@click.option("--dry-run", is_flag=True, help="Say what would be made and what it would take, and do nothing.")
@click.option("--like", type=click.Path(path_type=Path), help="Run directory whose figures the estimate is made of.")
@click.option("--sample", type=click.IntRange(min=1), help="Make so many environments, show them, estimate the whole.")
@click.option("--quiet", is_flag=True, help="No progress display.")
def run(out: Path, dry_run: bool, like: Path | None, sample: int | None, quiet: bool, **options: object) -> None:
    """Turn fields into tools, proven tasks and judged trajectories.

    CONFIG is a TOML file; every option also stands in it under its name, and flags win. Run the same command again
    to resume, or to do nothing if the run is finished.

    --dry-run makes nothing: it estimates calls, tokens, money and time by the figures of another run (--like), of the
    same run where --out holds one, or by the usual ones. --sample makes a small run of its own, in --out where that is
    given and else nowhere that stays, and estimates the whole by that.
    """
    with exit_with():
        settings, files = asked_for(**options)  # type: ignore[arg-type]
        with told_phases() as phases, phases.phase("reading what the run begins with", "files"):
            settings, start = open_start(settings, files, out)
        shard = settings.operating.shard
        if shard:
            start = start.of_shard(Shard.of(shard))
        if dry_run and sample is not None:
            raise ConfigError("--dry-run makes nothing, and --sample makes something: give one of them")
    if dry_run:
        _say_ahead(settings, start, out, like)
        sys.exit(DONE)
    if sample is not None:
        sys.exit(_sampled(settings, start, None if _is_default("out") else out, sample, quiet))
    # The display ends first, so that an error is the last line on the screen.
    with exit_with(), progress_display(quiet) as display:
        summary = on_loop(run_pipeline(settings, start, out, show=display.show, notice=notice, told=display.told))
    if isinstance(start.tasks, TaskFile):
        say_skipped(start.tasks)
    if shard and not start.count:
        say_empty_part(shard)
    say_end(summary)
    sys.exit(exit_code(summary, empty_part=bool(shard and not start.count)))


def _say_ahead(config: RunConfig, start: Start, out: Path, like: Path | None) -> None:
    """Say what a run would find, make and take."""
    with exit_with(), told_phases() as phases:
        with phases.phase("looking at what there is", "answers"):
            on_loop(look_ahead(config, out, notice))
        own = read_past_run(out, phases) if has_figures(out) else None
        past = read_past_run(like, phases) if like is not None else own or USUAL
    say_plan(config, start, past, own.spent if own is not None else None)


def _sampled(config: RunConfig, start: Start, out: Path | None, count: int, quiet: bool) -> int:
    """Make a small run, show it, and estimate the whole; returns the exit code."""
    small, few = sample_of(config, start, count)
    with TemporaryDirectory(prefix="synthtools-sample-") as nowhere:
        directory = Path(nowhere) / "run" if out is None else out
        with exit_with(), progress_display(quiet) as display:
            running = run_pipeline(small, few, directory, show=display.show, notice=notice, told=display.told)
            summary = on_loop(running)
        with exit_with():
            say_sample(directory)
            if has_figures(directory):
                past = replace(read_past_run(directory), name=f"a sample of {count}")
                say_plan(config, start, past)
    if out is not None:
        notice(f"the sample lies in {out}; --like {out} estimates by it")
    return exit_code(summary)


def _is_default(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT
