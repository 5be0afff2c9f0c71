"""`status`: where a run stands, live, dead or finished."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
from rich.console import Console

from synthtools_stream.cli.console import say
from synthtools_stream.cli.exits import exit_with
from synthtools_stream.cli.live_display import COLUMNS, progress_table
from synthtools_stream.cli.plain_text import printable
from synthtools_stream.engine.run_status import read_standing
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["status"]

REQUESTS = ("sent", "replayed", "in_flight", "waiting", "limit", "peak")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for machines.")
def status(directory: Path, as_json: bool) -> None:
    """Say where the run in DIRECTORY stands: each stage's items, requests, tokens, cost, limit and rates."""
    with exit_with():
        standing = read_standing(directory)
        if as_json:
            say(orjson.dumps(_complete(standing), option=orjson.OPT_INDENT_2).decode())
        else:
            _say(directory, standing)


def _complete(standing: JsonObject) -> JsonObject:
    """Return a standing that has every key, also of a run that died before it said anything."""
    known = object_at(standing, "requests")
    requests: JsonObject = {"total": known.get("sent", 0), **dict.fromkeys(REQUESTS, 0), **known}
    tokens: JsonObject = {"prompt": 0, "completion": 0, "cached": 0, **object_at(standing, "tokens")}
    found = object_at(standing, "stages")
    stages: JsonObject = {name: {**dict.fromkeys(COLUMNS, 0), **object_at(found, name)} for name in found}
    waits = standing["state"] == "running" and standing.get("waiting_for_server") is True
    whole: JsonObject = {"waiting_for_server": waits, "stages": stages, "requests": requests, "tokens": tokens}
    return {**standing, **whole, "limit": requests["limit"]}


def _say(directory: Path, standing: JsonObject) -> None:
    console = Console(highlight=False)
    with console.capture() as capture:
        if object_at(standing, "stages"):
            console.print(progress_table(standing))
        else:
            console.print("nothing has happened yet")
    say(printable(f"{directory}: {standing['state']}"))
    say(capture.get().rstrip("\n"))
