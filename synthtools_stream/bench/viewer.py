"""Viewer: how long the index of a large corpus takes, once, and its pages, each time; over HTTP, as a browser asks.

A few tasks and attempts are made with the embedded model and written many times over under other ids.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote

import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from synthtools_stream.assembly.run_inputs import from_fields
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.in_process_run import run_in_process
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.storage.datasets.columns import as_columns
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.page_server.guards import Access
from synthtools_stream.view.page_server.view_app import build_view_app
from synthtools_stream.view.row_index.stored_index import index_path
from synthtools_stream.view.row_pages import PAGE_ROWS, RowPages
from synthtools_stream.view.row_shelf import RowShelf
from synthtools_stream.view.row_sources import find_sources

__all__ = ["FIRST_PAGE_AIM_MS", "ROW_AIM_MS", "main", "measured"]

FIRST_PAGE_AIM_MS = 500
"""Milliseconds: a reader does not wait for what comes at once."""
ROW_AIM_MS = 50
"""Milliseconds of any row's page: a key that is held down shows row after row."""
_FIELDS = ("Public Libraries", "Beekeeping")
"""Of whose rows copies are made."""
_DRAWN = 60
"""Rows whose pages are asked for: enough that two of them may lie where the disk is slow."""
_NAMED = ("id", "task_id")
"""Columns that hold a task's id, or what begins with it."""
_REPEATS = 5
"""Times that a list is asked for, of which the median counts."""
_LISTS = {
    "overview": "/",
    "list": "/attempts",
    "last_page": "/attempts?page={pages}",
    "filtered": "/attempts?verdict=unsolved",
    "search": "/attempts?q=permit&role=user",
    "search_filtered": "/attempts?q=%22the+request%22&verdict=solved",
}


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("viewer", "The index of a corpus, and the pages of `view`.")
    parser.add_argument("--rows", type=int, default=80_000, help="attempts; half as many tasks")
    parser.add_argument("--dir", type=Path, help="where to write; 80,000 rows take some 3 GB")
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="bench-viewer-", dir=options.dir) as folder:
        figures = measured(Path(folder), options.rows)
    lines = [
        f"{figures['rows']:,} rows, {figures['megabytes']} MB: indexed in {figures['index_s']} s",
        f"CPU of that {figures['index_cpu_s']} s; the index has {figures['index_megabytes']} MB",
        f"open again in {figures['reopen_s']} s",
        *(f"{name.replace('_', ' ')}: {_told(figures, name)}" for name in ("first_page", *_LISTS, "row")),
        f"the slowest of {_DRAWN} rows: {figures['slowest_row_ms']} ms",
        f"aims: first page {FIRST_PAGE_AIM_MS} ms, any row {ROW_AIM_MS} ms",
    ]
    return tell(Finding(figures, lines), options)


def _told(figures: JsonObject, name: str) -> str:
    return f"{figures[f'{name}_ms']} ms, of which {figures[f'{name}_cpu_ms']} CPU"


def measured(folder: Path, rows: int) -> JsonObject:
    """Return the figures of a corpus of so many attempts, which is written into `folder`."""
    written = _write(folder, rows)
    say = note("viewer")
    sources = find_sources([folder])
    started, cpu = time.perf_counter(), time.process_time()
    RowShelf(sources, lambda done, whole: say(f"{done / 1e6:,.0f} of {whole / 1e6:,.0f} MB")).close()
    index_s, index_cpu_s = time.perf_counter() - started, time.process_time() - cpu
    started = time.perf_counter()
    with closing(RowShelf(sources, lambda _done, _whole: None)) as shelf:
        reopen_s = time.perf_counter() - started
        pages = run_async(_pages(shelf, written, rows))
    path = index_path(sources)
    return {
        "rows": sum(map(len, written.values())),
        "megabytes": round(sum(file.path.stat().st_size for file in sources.files) / 1e6),
        "index_s": round(index_s, 1),
        "index_cpu_s": round(index_cpu_s, 1),
        "index_megabytes": round(path.stat().st_size / 1e6, 1) if path is not None else 0,
        "reopen_s": round(reopen_s, 3),
        **pages,
    }


class _Took(NamedTuple):
    """How long one page took, in milliseconds."""

    wall_ms: float
    cpu_ms: float
    """Of this process, which is server and client."""


async def _pages(shelf: RowShelf, ids: dict[str, list[str]], rows: int) -> JsonObject:
    async with TestClient(TestServer(build_view_app(RowPages(shelf), Access()))) as client:
        figures = _figures("first_page", [await _took(client, "/")])
        for name, address in _LISTS.items():
            asked = address.format(pages=max(1, rows // PAGE_ROWS))
            figures |= _figures(name, [await _took(client, asked) for _ in range(_REPEATS)])
        drawn = random.Random(0)
        wanted = [(kind, drawn.choice(names)) for kind, names in ids.items() for _ in range(_DRAWN // len(ids))]
        took = [await _took(client, f"/{kind}/{quote(name, safe='')}") for kind, name in wanted]
    slowest = max(one.wall_ms for one in took)
    return {**figures, **_figures("row", took), "slowest_row_ms": slowest}


def _figures(name: str, took: Sequence[_Took]) -> JsonObject:
    wall, cpu = (statistics.median(times) for times in zip(*took, strict=True))
    return {f"{name}_ms": round(wall, 1), f"{name}_cpu_ms": round(cpu, 1)}


async def _took(client: TestClient[web.Request, web.Application], address: str) -> _Took:
    wall, cpu = time.perf_counter(), time.process_time()
    async with client.get(address) as answer:
        await answer.read()
        assert answer.status == 200, (address, answer.status)
    return _Took(round(1000 * (time.perf_counter() - wall), 1), round(1000 * (time.process_time() - cpu), 1))


def _write(folder: Path, rows: int) -> dict[str, list[str]]:
    """Write attempts and tasks, and return their ids by the kind that pages give them."""
    ran = asyncio.run(run_in_process(RunConfig.build({"sequences": 4, "rollouts": 2}), from_fields(_FIELDS), _as_it_is))
    tasks = [row for outcome in ran.of_stage("summarizing") for row in outcome.outputs]
    attempts = [row for outcome in ran.of_stage("rollout") for row in outcome.outputs]
    return {
        "tasks": _written(folder / "task_content.jsonl", "tasks", _copies(tasks, rows // 2)),
        "attempts": _written(folder / "trajectories.jsonl", "trajectories", _copies(attempts, rows)),
    }


def _copies(rows: Sequence[JsonObject], count: int) -> Iterator[JsonObject]:
    """Yield rows over and over; those of one round are of worlds of their own."""
    for number, row in enumerate(islice(cycle(rows), count)):
        renamed = {name: f"{row[name]}".replace("_seq", f"{number // len(rows)}_seq") for name in _NAMED if name in row}
        yield {**row, **renamed}


def _written(path: Path, kind: str, rows: Iterable[JsonObject]) -> list[str]:
    ids: list[str] = []
    with path.open("wb") as file:
        for row in rows:
            ids.append(str(row["id"]))
            file.write(orjson.dumps(as_columns(kind, row)) + b"\n")
    return ids


def _as_it_is(model: LanguageModel) -> LanguageModel:
    return model
