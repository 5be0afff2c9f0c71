"""A run whose tool graph is joined by a server's embeddings: asked once, named in the run, made again from its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from synthtools_stream.assembly.brought import unheard
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_graphs import run_graphs
from synthtools_stream.assembly.run_inputs import from_fields, from_tools
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError, RunDirectoryError, TransportError, UsageError
from synthtools_stream.storage.journal.outcomes import read_outcomes
from synthtools_stream.storage.rundir.reply_compaction import compact
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.toolgraph.tool_graph import graph_json
from synthtools_stream.values.jsontypes import JsonObject, object_at

FIELD = "Maritime Shipping"
Run: TypeAlias = Callable[..., Awaitable[dict[str, list[JsonObject]]]]


class Embeddings:
    """A server of embeddings: vectors that count letters; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/embeddings", self._embed)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        """Where it is."""
        return str(self.server.make_url("")).rstrip("/")

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "letters"}]})

    async def _embed(self, request: web.Request) -> web.Response:
        texts = orjson.loads(await request.read())["input"]
        self.asked.extend(texts)
        vectors = [[text.count(letter) + 0.01 for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]
        data = [{"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
        return web.json_response({"data": data, "usage": {"prompt_tokens": len(texts)}})


@pytest.fixture
async def embeddings() -> AsyncIterator[Embeddings]:
    """Serve embeddings."""
    serving = Embeddings()
    await serving.server.start_server()
    yield serving
    await serving.server.close()


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the audited tools of two environments."""
    out = tmp_path_factory.mktemp("tools")
    config = RunConfig.build({"fields": [FIELD], "scenarios": 2, "tools_as": "simulated", "stop_after": "auditing"})
    asyncio.run(run_pipeline(config, from_fields([FIELD]), out, show=unheard, notice=unheard))
    return out / "tools.jsonl"


@pytest.fixture
def run(tools: Path) -> Run:
    """Return how to make sequences of the tools, by environment."""

    async def sequenced(out: Path, table: JsonObject, **options: str | int) -> dict[str, list[JsonObject]]:
        chosen: JsonObject = {"start": "tools", "stop_after": "sequencing", "embeddings": table, **options}
        start = from_tools(tools)
        await run_pipeline(RunConfig.build(chosen), start, out, show=unheard, notice=unheard)
        return {each.item: each.outputs for each in read_outcomes(out) if each.stage == "sequencing"}

    return sequenced


def turned_round(tools: Path, copy: Path) -> Path:
    """Write the rows of a file in the opposite order."""
    copy.write_bytes(b"".join(tools.read_bytes().splitlines(keepends=True)[::-1]))
    return copy


async def test_a_server_joins_the_graph(run: Run, embeddings: Embeddings, tmp_path: Path) -> None:
    """The run takes the model's name, asks for each text once, and gives the same sequences at any concurrency."""
    table: JsonObject = {"server_url": embeddings.url, "threshold": 0.9}
    made = await run(tmp_path / "a", table)
    content = object_at(read_run(tmp_path / "a") or {}, "content")
    assert content["embeddings"] == {"encoder": "server", "model": "letters", "threshold": 0.9}
    asked = sorted(embeddings.asked)
    assert len(made) == 2
    assert asked
    embeddings.asked.clear()
    assert await run(tmp_path / "b", table, concurrency=1) == made
    assert sorted(embeddings.asked) == asked
    assert await run(tmp_path / "c", {}) != made, "the encoder decides"
    with pytest.raises(RunDirectoryError, match="embeddings"):
        await run(tmp_path / "a", {}, sequences=5)


async def test_a_recording_answers_for_the_encoder(run: Run, embeddings: Embeddings, tmp_path: Path) -> None:
    """A recorded run is played again without any server, its vectors included."""
    table: JsonObject = {"server_url": embeddings.url}
    made = await run(tmp_path / "a", table)
    embeddings.asked.clear()
    again = await run(tmp_path / "b", {"encoder": "server"}, backend="recorded", recording=str(tmp_path / "a"))
    assert (again, embeddings.asked) == (made, [])


@pytest.mark.parametrize("words", [True, False])
async def test_graphs_are_made_again_from_rows(
    run: Run, tools: Path, embeddings: Embeddings, tmp_path: Path, words: bool
) -> None:
    """Of a run that is over, every environment's graph can be looked at, and nobody is asked."""
    await run(tmp_path / "a", {} if words else {"server_url": embeddings.url})
    embeddings.asked.clear()
    graphs = await run_graphs(tmp_path / "a", tools)
    assert len(graphs) == 2
    for graph in graphs.values():
        edges = graph_json(graph)["edges"]
        assert isinstance(edges, list)
        assert {edge["kind"] for edge in edges if isinstance(edge, dict)} == {"feeds", "shares"}
    assert embeddings.asked == []
    turned = turned_round(tools, tmp_path / "turned.jsonl")
    again = await run_graphs(tmp_path / "a", turned)
    assert {key: graph_json(graph) for key, graph in again.items()} == {k: graph_json(g) for k, g in graphs.items()}


async def test_vectors_go_with_the_replies(run: Run, tools: Path, embeddings: Embeddings, tmp_path: Path) -> None:
    """After `compact` the log holds them no more, and one line says so."""
    await run(tmp_path / "a", {"server_url": embeddings.url})
    compact(tmp_path / "a")
    with pytest.raises(TransportError, match="embedder is not in the recording"):
        await run_graphs(tmp_path / "a", tools)


async def test_mistakes_are_one_line(run: Run, tmp_path: Path) -> None:
    """An encoder without a server, a server that is not there, and a directory without a run."""
    with pytest.raises(ConfigError, match=r"needs embeddings\.server_url"):
        await run(tmp_path / "a", {"encoder": "server"})
    with pytest.raises(UsageError, match="no server answers"):
        await run(tmp_path / "a", {"server_url": "http://127.0.0.1:1"})
    assert not (tmp_path / "a").exists()
    with pytest.raises(UsageError, match="no run here"):
        await run_graphs(tmp_path)
