"""`status`: where a run stands, live, dead or finished."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from rich.console import Console

from synthtools_stream.cli.display import progress_table
from synthtools_stream.cli.exits import exit_with
from synthtools_stream.jsontypes import JsonObject
from synthtools_stream.standing import read_standing

__all__ = ["status"]


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for machines.")
def status(directory: Path, as_json: bool) -> None:
    """Say where the run in DIRECTORY stands: each stage's items, requests, tokens, limit and rates."""
    with exit_with():
        standing = read_standing(directory)
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(standing, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    _say(directory, standing)


def _say(directory: Path, standing: JsonObject) -> None:
    console = Console(highlight=False)
    console.print(f"{directory}: {standing['state']}", markup=False)
    console.print(progress_table(standing))
