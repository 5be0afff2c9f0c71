"""One shard of a run in this process: begun, or gone on with wherever another process was, and told how it ended.

The same call may be made again at any time, by any process: what was done is in the shard's directory. So whoever
watches over processes may begin a lost one anew without a thought. But not for ever: a shard whose process dies again
and again before it has got anywhere is the fault of what it runs, and is given up.
"""

from __future__ import annotations

import contextlib
import os
import socket
import traceback
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson

from synthtools_stream.assembly.chosen_start import open_start
from synthtools_stream.assembly.pipeline_run import RunSummary, run_pipeline
from synthtools_stream.assembly.stop_signals import StopWish
from synthtools_stream.cluster.own_server import own_server
from synthtools_stream.cluster.shard_plan import Ended, ShardPlan
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import BackendGone, LogDamage, RunStopped, SynthToolsError, UsageError
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.storage.rundir.progress_file import last_snapshot
from synthtools_stream.storage.rundir.run_directory import RunDirectory, read_run
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["MOST_STARTS", "NOTES", "STARTS", "run_shard", "starts_of"]

STARTS = "cluster.json"
"""Where a shard's directory has how often it was begun, when and where last."""
NOTES = "notices.log"
"""Where it has what its engine said to the user."""
MOST_STARTS = 5
"""Starts in a row, in one call of the command, from which nothing came: of a lost node one or two are chance."""


async def run_shard(plan: ShardPlan, wish: StopWish) -> Ended:
    """Run a shard to its end; nothing is raised but cancellation."""
    try:
        os.environ.update(plan.environ)
        with contextlib.suppress(OSError):  # a folder that this machine lacks: relative paths are then told as missing
            os.chdir(plan.folder)
        plan.directory.mkdir(parents=True, exist_ok=True)
        _begin(plan)
        with (plan.directory / NOTES).open("a", encoding="utf-8", buffering=1) as notes:
            summary = await _run(plan, wish, lambda line: _note(notes.write, line))
    except (UsageError, LogDamage) as error:
        return Ended("refused", str(error))
    except BackendGone as error:
        return Ended("gone", str(error))
    except SynthToolsError as error:
        return Ended("stopped", str(error))
    except OSError as error:
        return Ended("refused", f"{plan.directory}: {error.strerror}")
    except Exception:
        return Ended("bug", traceback.format_exc())
    return Ended("done", failed=summary.failed, produced=summary.produced, out_of_time=summary.out_of_time)


async def _run(plan: ShardPlan, wish: StopWish, notice: Callable[[str], None]) -> RunSummary:
    config, start = open_start(plan.config, plan.files, plan.directory)
    async with _served(plan, config, notice) as served:
        return await run_pipeline(
            served,
            start.of_shard(plan.shard),
            plan.directory,
            show=lambda _snapshot: None,
            notice=notice,
            signals=False,
            wish=wish,
        )


@asynccontextmanager
async def _served(plan: ShardPlan, config: RunConfig, notice: Callable[[str], None]) -> AsyncGenerator[RunConfig]:
    """Have the shard's own server answer, where it has one and something is left to ask."""
    record = read_run(plan.directory)
    if not plan.serve or (record is not None and RunDirectory(plan.directory, record).is_finished(config)):
        yield config
        return
    log = plan.directory / "server.log"
    notice(f"starting a server of its own: {' '.join(plan.serve)} (see {log})")
    async with own_server(plan.serve, log, config.operating.patience_s) as url:
        own = {"backend": "http", "server_url": [url]}
        yield config.model_copy(update={"operating": config.operating.model_copy(update=own)})


def _begin(plan: ShardPlan) -> None:
    """Note that the shard is begun.

    :raises RunStopped: when it was begun too often in vain.
    """
    known = starts_of(plan.directory)
    got = object_at(last_snapshot(plan.directory) or {}, "requests").get("total", 0)
    if known.get("session") != plan.session:
        known = {}
    in_vain = _count(known.get("in_vain")) + 1 if known.get("requests") == got else 0
    if in_vain >= MOST_STARTS:
        raise RunStopped(
            f"its process died {in_vain} times in a row, and nothing came of it; see {plan.directory / NOTES}, and the"
            " memory that it has"
        )
    note: JsonObject = {
        "session": plan.session,
        "begun": _count(known.get("begun")) + 1,
        "in_vain": in_vain,
        "requests": got,
        "host": socket.gethostname(),
        "process": os.getpid(),
    }
    put_file(plan.directory / STARTS, orjson.dumps(note, option=orjson.OPT_APPEND_NEWLINE))


def starts_of(directory: Path) -> JsonObject:
    """Return what is noted of a shard's starts; nothing where nothing is, or is half written."""
    try:
        known = orjson.loads((directory / STARTS).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return known if isinstance(known, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _note(write: Callable[[str], object], line: str) -> None:
    with contextlib.suppress(OSError):  # a disk that is full is told where the run meets it
        write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}\n")
