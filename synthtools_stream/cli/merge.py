"""`merge`: the shards of a run into the rows of the whole."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from synthtools_stream.assembly.shard_merge import MergeSummary, merge_shards
from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import USAGE, exit_with
from synthtools_stream.cli.options import named_directory
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.storage.rundir.shard_runs import UnfitShards

__all__ = ["merge", "merged", "say_merge"]


@click.command()
@click.argument("directories", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, callback=named_directory, help="Directory of the whole.")
def merge(directories: tuple[Path, ...], out: Path) -> None:
    """Put the shards of a run together: the rows of the run that was not split, each file sorted by id.

    DIR is the directory of a shard, or one that holds them all. Every one of n shards must be there, finished, and of
    one configuration; what is missing is said, and nothing is written then.
    """
    with exit_with():
        say_merge(merged(directories, out))


def merged(directories: tuple[Path, ...], out: Path) -> MergeSummary:
    """Merge shards; where they are no whole, say what is amiss in a line each and exit."""
    try:
        return merge_shards(directories, out, lambda file, rows: notice(f"{file}: {counted(rows, 'row')}"))
    except UnfitShards as error:
        for problem in error.problems:
            notice(f"synthtools-stream: {problem}")
        sys.exit(USAGE)


def say_merge(summary: MergeSummary) -> None:
    """Say what a merge came to."""
    if summary.done_before:
        notice(f"{summary.directory}: these shards are merged already; nothing to do")
    say(printable(f"{summary.directory}: {counted(summary.shards, 'shard')} merged"))
    for kind, rows in summary.rows.items():
        say(f"  {rows:>7,} {kind}")
    if summary.doubled:
        notice(f"{counted(summary.doubled, 'row')} stood in two shards, and once here")
