"""`compact`: drop the replies that nobody will ask for again, and seal the logs."""

from __future__ import annotations

from pathlib import Path

import click

from synthtools_stream.cli.console import say
from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.storage.rundir.reply_compaction import compact

__all__ = ["compact_run"]


@click.command("compact")
@click.argument("directory", type=click.Path(path_type=Path))
def compact_run(directory: Path) -> None:
    """Drop the replies of finished items from the run in DIRECTORY, which must not be running, and compress its logs.

    The run can be resumed as before, to the same rows; but the recorded backend can no longer replay it as a whole.
    """
    with exit_with():
        with told_phases() as phases:
            done = compact(directory, phases)
        say(
            f"{directory}: {done.dropped:,} replies dropped, {done.kept:,} kept; "
            f"journal and replies: {done.bytes_before / 2**20:,.1f} MiB before, {done.bytes_after / 2**20:,.1f} MiB now"
        )
