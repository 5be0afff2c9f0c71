"""`cluster run`: all shards of a run on a cluster of machines, as one."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from synthtools_stream.assembly.chosen_start import open_start
from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import DONE, NOTHING, STOPPED, USAGE, exit_with, on_loop
from synthtools_stream.cli.live_display import progress_display
from synthtools_stream.cli.merge import merged, say_merge
from synthtools_stream.cli.options import out_option
from synthtools_stream.cli.plain_text import counted
from synthtools_stream.cli.run_options import Asked, asked_for, run_options
from synthtools_stream.cluster.fair_shares import share_of
from synthtools_stream.cluster.own_server import PORT
from synthtools_stream.cluster.ray_fleet import Room, ray_fleet
from synthtools_stream.cluster.shard_plan import ShardPlan
from synthtools_stream.cluster.whole_run import WholeEnd, run_whole
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.durations import seconds_until
from synthtools_stream.values.shards import Shard

__all__ = ["cluster"]


@click.group()
def cluster() -> None:
    """Run all shards of a run on a cluster of machines, with Ray."""


@cluster.command("run")
@out_option("runs/cluster")
@click.option("--shards", type=click.IntRange(1, 999_999), required=True, help="Parts of the run, an engine each.")
@click.option(
    "--address", default="", help="Ray cluster, HOST:PORT.  [$RAY_ADDRESS, else the one here, else a new one]"
)
@click.option("--cpus", type=click.FloatRange(0), default=1.0, show_default=True, help="CPUs of a shard's process.")
@click.option("--gpus", type=click.FloatRange(0), default=0.0, show_default=True, help="GPUs of a shard's process.")
@click.option("--spread", is_flag=True, help="No two shards on one node.")
@click.option("--serve", default="", help="Server that each shard starts for itself: 'vllm serve MODEL --port {port}'.")
@click.option("--no-merge", is_flag=True, help="Leave the shards as they are at the end.")
@run_options
@click.option("--quiet", is_flag=True, help="No progress display.")
def cluster_run(
    out: Path,
    shards: int,
    address: str,
    cpus: float,
    gpus: float,
    spread: bool,
    serve: str,
    no_merge: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Turn fields into tools, proven tasks and trajectories, in parts on the nodes of a Ray cluster.

    CONFIG and its options are those of `run`. Each shard lies in DIR/shard-i-of-n, the whole in DIR/merged at the end;
    DIR is on storage that every node has under this name. The same command goes on, whatever was lost.
    """
    with exit_with():
        plans = _plans(asked_for(**options), out, shards, serve)  # type: ignore[arg-type]
    every_s = plans[0].config.operating.progress_every_s
    with exit_with(), ray_fleet(address, Room(cpus, gpus, spread), shards) as fleet:
        notice(f"{counted(shards, 'shard')} in {out}, on Ray; synthtools-stream status {shlex.quote(str(out))}")
        with progress_display(quiet) as display:
            end = on_loop(run_whole(plans, fleet, show=display.show, notice=notice, every_s=every_s))
    _leave(end, out, merges=not no_merge)


def _plans(asked: Asked, out: Path, shards: int, serve: str) -> Sequence[ShardPlan]:
    """Say what each shard is to do.

    :raises UsageError: in one line, for what no shard could do, told before anything begins.
    """
    config = asked.config
    if config.operating.shard:
        raise ConfigError("shard: a cluster runs all of them; say how many with --shards")
    if serve and PORT not in serve:
        raise ConfigError(f"--serve: the command must name {PORT}, the port that the server is given")
    if serve and config.operating.server_url:
        raise ConfigError("--serve and --server-url exclude each other: who answers?")
    if serve:
        config = _operating(config, {"backend": "http", "server_url": ["http://127.0.0.1"]})
    open_start(config, asked.files, out)
    if config.operating.deadline is not None:  # of all shards, whenever each of them begins
        left = timedelta(seconds=seconds_until(config.operating.deadline, datetime.now(UTC)))
        config = _operating(config, {"deadline": (datetime.now(UTC) + left).isoformat(timespec="seconds")})
    key = config.operating.api_key_env
    environ = {key: os.environ[key]} if key in os.environ else {}
    session = secrets.token_hex(4)
    return [
        ShardPlan(
            shard,
            share_of(config, shard),
            asked.files,
            out.absolute(),
            session,
            Path.cwd(),
            tuple(shlex.split(serve)),
            environ,
        )
        for shard in (Shard(number, shards) for number in range(1, shards + 1))
    ]


def _operating(config: RunConfig, update: dict[str, object]) -> RunConfig:
    return config.model_copy(update={"operating": config.operating.model_copy(update=update)})


def _leave(end: WholeEnd, out: Path, *, merges: bool) -> None:
    """Say how all ended, merge what is whole, and exit."""
    if bugs := end.of("bug"):
        notice(f"shard {bugs[0][0]} met a bug of ours:")
        for line in bugs[0][1].said.splitlines():
            notice(line)
        sys.exit(STOPPED)
    if refused := end.of("refused"):
        notice(f"synthtools-stream: shard {refused[0][0]}: {refused[0][1].said}")
        sys.exit(USAGE)
    if stopped := end.of("stopped", "gone"):
        told = {f"{ended.said}" for _, ended in stopped}
        why = told.pop() if len(told) == 1 else "see notices.log of each"
        notice(f"synthtools-stream: {counted(len(stopped), 'shard')} stopped ({why}); the same command goes on")
        sys.exit(STOPPED)
    if end.failed:
        notice(f"{counted(end.failed, 'item')} failed for reasons of infrastructure; the same command tries again")
        sys.exit(STOPPED)
    if end.out_of_time:
        notice("the deadline ended this session; the same command, with another deadline, goes on")
        sys.exit(DONE)
    if merges:
        with exit_with():
            say_merge(merged((out,), out / "merged"))
    else:
        say(f"all shards are done: synthtools-stream merge {out} --out {out / 'merged'}")
    sys.exit(DONE if end.produced else NOTHING)
