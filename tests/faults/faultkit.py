"""Small runs against a server of our own, all in one process, so that a bad hour takes a second or two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result

from synthtools_stream.assembly import RunSummary, from_fields, run_pipeline
from synthtools_stream.cli import main
from synthtools_stream.config import RunConfig
from synthtools_stream.embedded import EmbeddedModel
from synthtools_stream.serving import (
    BatchingEngine,
    Capacity,
    FaultKind,
    FaultPlan,
    Faults,
    RequestLog,
    build_app,
    serve,
)
from synthtools_stream.values.jsontypes import Json, JsonObject

FIELD = "Maritime Shipping"


@dataclass
class Served:
    """A server that is running."""

    url: str
    faults: Faults
    request_log: Path


@dataclass
class Told:
    """What the run said and showed."""

    notices: list[str] = field(default_factory=list[str])
    snapshots: list[JsonObject] = field(default_factory=list[JsonObject])


@asynccontextmanager
async def serving(plan: FaultPlan, directory: Path) -> AsyncGenerator[Served]:
    """Serve the embedded model on a free port, spoiling answers as planned."""
    faults = Faults(plan)
    requests = RequestLog(directory / "requests.jsonl")
    app = build_app(EmbeddedModel(), BatchingEngine(Capacity()), faults=faults, requests=requests)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        server = tasks.create_task(serve(app, port=0, ready=port.set_result))
        yield Served(f"http://127.0.0.1:{await port}", faults, directory / "requests.jsonl")
        server.cancel()
    requests.close()


async def run(
    out: Path,
    told: Told | None = None,
    names: Sequence[str] = (FIELD,),
    more: JsonObject | None = None,
    **options: Json,
) -> RunSummary:
    """Run one field with one sequence and one attempt, or what the options say."""
    settings: JsonObject = {"fields": [*names], "sequences": 1, "retry_delay_s": 0.005, **(more or {}), **options}
    told = told or Told()
    config = RunConfig.build(settings)
    return await run_pipeline(config, from_fields(names), out, show=told.snapshots.append, notice=told.notices.append)


def invoke(*arguments: str | Path) -> Result:
    """Call the command line in this process, which spares a start of Python; not for what needs signals."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="synthtools-stream")


def plan(kind: FaultKind | str, share: float = 0.2) -> FaultPlan:
    """Spoil a share of the answers by one kind, or by `all`."""
    kinds = list(FaultKind) if kind == "all" else [FaultKind(kind)]
    # Among others a stall outlasts the client's patience; alone it ends by itself, or the run would only wait.
    stall_s = 3.0 if kind == "all" else 0.1
    return FaultPlan(dict.fromkeys(kinds, share / len(kinds)), seed=7, stall_s=stall_s, drip_s=0.02, retry_after_s=0)
