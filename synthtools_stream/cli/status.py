"""`status`: where a run stands, live, dead or finished."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import orjson
from rich.console import Console

from synthtools_stream.cli.console import say
from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.cli.live_display import COLUMNS, progress_table
from synthtools_stream.cli.plain_text import printable
from synthtools_stream.cli.verdict_scores import pass_rates_of
from synthtools_stream.engine.run_status import read_status
from synthtools_stream.engine.shard_statuses import ShardStatus, added_up, read_shards
from synthtools_stream.report.target_gaps import target_gaps, targets_of
from synthtools_stream.storage.datasets.line_file import has_lines
from synthtools_stream.storage.datasets.played_tools import played_tools
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.storage.rundir.shard_runs import shards_below
from synthtools_stream.toolgraph.coverage import Coverage
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["status"]

TOOLS = "tools.jsonl"
TASKS = "task_content.jsonl"
REQUESTS = ("sent", "replayed", "in_flight", "waiting", "limit", "peak")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for machines.")
def status(directory: Path, as_json: bool) -> None:
    """Say where the run in DIRECTORY stands: each stage's items, requests, tokens, cost, limit and rates.

    Of a DIRECTORY that holds the shards of a run, all of them together, and then each.
    """
    with exit_with():
        if shards_below(directory):
            _say_shards(directory, read_shards(directory), as_json=as_json)
            return
        snapshot = read_status(directory)
        if as_json:
            rates = pass_rates_of(directory)
            verdicts = None if rates is None else rates.to_json()
            whole = {**_complete(snapshot), "tools": {**played_tools(directory / TOOLS)}, "verdicts": verdicts}
            whole |= _coverage(directory)
            say(orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode())
        else:
            _say(directory, snapshot)


def _complete(snapshot: JsonObject) -> JsonObject:
    """Return a snapshot that has every key, also of a run that died before it said anything."""
    known = object_at(snapshot, "requests")
    requests: JsonObject = {"total": known.get("sent", 0), **dict.fromkeys(REQUESTS, 0), **known}
    tokens: JsonObject = {"prompt": 0, "completion": 0, "cached": 0, **object_at(snapshot, "tokens")}
    found = object_at(snapshot, "stages")
    stages: JsonObject = {name: {**dict.fromkeys(COLUMNS, 0), **object_at(found, name)} for name in found}
    waits = snapshot["state"] == "running" and snapshot.get("waiting_for_server") is True
    whole: JsonObject = {"waiting_for_server": waits, "stages": stages, "requests": requests, "tokens": tokens}
    return {**snapshot, **whole, "limit": requests["limit"]}


def _coverage(directory: Path) -> JsonObject:
    """Return what tasks there are, and how far they are from what was asked for; nothing where nothing was."""
    targets, path = targets_of(directory), directory / TASKS
    if targets is None or not has_lines(path):
        return {}
    counted = Coverage.of(load_tasks(path, bad_rows=lambda _bad: None))
    gaps: JsonObject = {kind: {**gap} for kind, gap in target_gaps(targets, counted).items()}
    return {"coverage": {**counted.to_json(), "differences": gaps}}


def _say_shards(directory: Path, shards: Sequence[ShardStatus], *, as_json: bool) -> None:
    whole = added_up(shards)
    if as_json:
        each: list[Json] = [{"shard": str(one.shard), **_complete(one.snapshot)} for one in shards]
        say(orjson.dumps({**_complete(whole), "shards": each}, option=orjson.OPT_INDENT_2).decode())
        return
    _say_table(directory, whole)
    for one in shards:
        tasks = object_at(object_at(one.snapshot, "stages"), "summarizing").get("done", 0)
        requests = object_at(one.snapshot, "requests").get("total", 0)
        say(printable(f"shard {one.shard}: {one.state}, {tasks} tasks proven, {requests} requests"))


def _say(directory: Path, snapshot: JsonObject) -> None:
    _say_table(directory, snapshot)
    tools = played_tools(directory / TOOLS)
    if any(tools.values()):
        say(f"tools: {tools['coded']:,} coded, {tools['simulated']:,} simulated")


def _say_table(directory: Path, snapshot: JsonObject) -> None:
    console = Console(highlight=False)
    with console.capture() as capture:
        if object_at(snapshot, "stages"):
            for line in progress_table(snapshot).lines(console.width):
                console.print(line, soft_wrap=True)
        else:
            console.print("nothing has happened yet")
    say(printable(f"{directory}: {snapshot['state']}"))
    say(capture.get().rstrip("\n"))
    if passed_over := snapshot.get("passed_over"):
        say(f"{passed_over:,} outcomes of a process from which another took over do not count")
