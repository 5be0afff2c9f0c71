"""`run`: fields into tools, proven tasks and judged trajectories."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from synthtools_stream.assembly.chosen_start import open_start
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.task_file import TaskFile
from synthtools_stream.cli.console import notice
from synthtools_stream.cli.end_report import exit_code, say_empty_part, say_end, say_skipped
from synthtools_stream.cli.exit_codes import exit_with, on_loop
from synthtools_stream.cli.live_display import progress_display
from synthtools_stream.cli.options import out_option, shard_option
from synthtools_stream.cli.run_options import asked_for, run_options
from synthtools_stream.values.shards import Shard

__all__ = ["run"]


@click.command()
@out_option("runs/run")
@shard_option
@run_options
@click.option("--quiet", is_flag=True, help="No progress display.")
def run(out: Path, quiet: bool, **options: object) -> None:
    """Turn fields into tools, proven tasks and judged trajectories.

    CONFIG is a TOML file; every option also stands in it under its name, and flags win. Run the same command again
    to resume, or to do nothing if the run is finished.
    """
    with exit_with():
        settings, files = asked_for(**options)  # type: ignore[arg-type]
        settings, start = open_start(settings, files, out)
        shard = settings.operating.shard
        if shard:
            start = start.of_shard(Shard.of(shard))
    # The display ends first, so that an error is the last line on the screen.
    with exit_with(), progress_display(quiet) as show:
        summary = on_loop(run_pipeline(settings, start, out, show=show, notice=notice))
    if isinstance(start.tasks, TaskFile):
        say_skipped(start.tasks)
    if shard and not start.count:
        say_empty_part(shard)
    say_end(summary)
    sys.exit(exit_code(summary, empty_part=bool(shard and not start.count)))
