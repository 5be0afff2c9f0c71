"""`compact`: drop the replies that nobody will ask for again, and compress the logs and the datasets."""

from __future__ import annotations

from pathlib import Path

import click

from synthtools_stream.assembly.dataset_rows import DATASETS
from synthtools_stream.cli.console import say
from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.storage.rundir.reply_compaction import compact

__all__ = ["compact_run"]


@click.command("compact")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--keep-replies", is_flag=True, help="Drop no replies, so that the run can still be replayed.")
@click.option("--keep-datasets", is_flag=True, help="Leave the datasets as they are.")
def compact_run(directory: Path, keep_replies: bool, keep_datasets: bool) -> None:
    """Drop the replies of finished items from the run in DIRECTORY, which must not be running; compress what stays.

    The run can be resumed as before, to the same rows; but the recorded backend can no longer replay it as a whole.
    Datasets of some size become .jsonl.zst, which every command reads under the name that it had; zstd -d unpacks them.
    """
    with exit_with():
        done = compact(directory, () if keep_datasets else DATASETS.values(), keep_replies=keep_replies)
        say(
            f"{directory}: {done.dropped:,} replies dropped, {done.kept:,} kept; "
            f"logs and datasets: {done.bytes_before / 2**20:,.1f} MiB before, {done.bytes_after / 2**20:,.1f} MiB now"
        )
