"""The server over real loopback HTTP, in front of a scripted model."""

from __future__ import annotations

import asyncio
import os
import signal
import socket

import anyio
import orjson
import pytest
from aiohttp import ClientSession

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, ToolCall, Usage
from synthtools_stream.errors import BackendGone, ConfigError, Rejection, TransportError
from synthtools_stream.serving import BatchingEngine, Capacity, build_app, serve
from synthtools_stream.serving.prefix_cache import BLOCK_CHARS
from synthtools_stream.values.jsontypes import JsonObject
from tests.serving.servingkit import CHAT, body, running, says


async def metric(client: ClientSession, name: str) -> float:
    """Return one figure of the metrics page; the first one where it has labels."""
    async with client.get("/metrics") as response:
        lines = (await response.text()).splitlines()
    return next(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"vllm:{name}{{"))


async def until(client: ClientSession, name: str, value: float) -> None:
    """Wait for a figure of the metrics page."""
    with anyio.fail_after(10):
        while await metric(client, name) != value:
            await anyio.lowlevel.checkpoint()


async def test_completion_carries_reply() -> None:
    """A chat completion holds the model's text, finish reason, usage and real name."""
    reply = ChatReply("hi there", finish_reason="length", usage=Usage(7, 3), model="embedded/1")
    async with running(says(reply)) as client, client.post(CHAT, json=body()) as response:
        answer = await response.json()
    assert response.status == 200
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "embedded/1"
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "hi there"}
    assert answer["choices"][0]["finish_reason"] == "length"
    assert (answer["usage"]["prompt_tokens"], answer["usage"]["completion_tokens"]) == (7, 3)


async def test_request_reaches_model() -> None:
    """Schema, seed and sampling of the body arrive at the model."""
    model = says("{}")
    described: JsonObject = {"name": "solver", "schema": {"type": "object"}}
    asked = body(seed=5, temperature=0.5, response_format={"type": "json_schema", "json_schema": described})
    async with running(model) as client, client.post(CHAT, json=asked):
        pass
    request = model.requests[0]
    assert (request.schema_name, request.seed, request.sampling.temperature) == ("solver", 5, 0.5)


async def test_stream_adds_up() -> None:
    """The chunks of a stream add up to the text, then come tool calls, finish reason, usage and the end mark."""
    reply = ChatReply("x" * 250 + "end", (ToolCall("c1", "Find", "{}"),), "", "tool_calls", Usage(10, 90))
    asked = body(stream=True, stream_options={"include_usage": True})
    async with running(says(reply)) as client, client.post(CHAT, json=asked) as response:
        raw = await response.text()
    assert response.content_type == "text/event-stream"
    events = [line.removeprefix("data: ") for line in raw.split("\n\n") if line]
    assert events.pop() == "[DONE]"
    chunks = [orjson.loads(event) for event in events]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert "".join(delta.get("content", "") for delta in deltas) == reply.text
    assert sum("content" in delta for delta in deltas) > 2
    assert deltas[-2]["tool_calls"][0]["function"] == {"name": "Find", "arguments": "{}"}
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"]][-1] == "tool_calls"
    assert chunks[-1]["usage"]["completion_tokens"] == 90


async def test_empty_reply_streams() -> None:
    """A reply without a token still streams to its end."""
    asked = body(stream=True)
    async with running(says(ChatReply(""))) as client, client.post(CHAT, json=asked) as response:
        assert (await response.text()).endswith("data: [DONE]\n\n")


async def test_models_are_listed() -> None:
    """The model list names what is served and how long its context is."""
    async with running(says("x"), context_tokens=4096) as client, client.get("/v1/models") as response:
        cards = (await response.json())["data"]
    assert [(card["id"], card["max_model_len"]) for card in cards] == [("scripted", 4096)]


async def test_one_model_is_shown() -> None:
    """A client may ask for one model by its name, slashes and all; another is 404."""
    async with running(says("x"), names=["org/small"]) as client:
        async with client.get("/v1/models/org/small") as response:
            assert (response.status, (await response.json())["id"]) == (200, "org/small")
        async with client.get("/v1/models/gpt") as response:
            assert response.status == 404
            assert "`org/small`" in (await response.json())["error"]["message"]


async def test_unknown_model_is_404() -> None:
    """Another model's name is refused with the names that are served."""
    async with running(says("x")) as client, client.post(CHAT, json=body() | {"model": "gpt"}) as response:
        error = (await response.json())["error"]
    assert (response.status, error["code"], error["param"]) == (404, 404, "model")
    assert "`gpt`" in error["message"]
    assert "`scripted`" in error["message"]


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Rejection("too_long", "too long"), 400),
        (TransportError("upstream reset"), 503),
        (BackendGone("engine died"), 503),
        (RuntimeError("secret path"), 500),
    ],
)
async def test_model_failure_has_status(failure: Exception, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """A model's failure becomes an OpenAI error with the status that its kind asks for; a bug's text stays inside."""
    async with running(says(failure)) as client:
        async with client.post(CHAT, json=body()) as response:
            error = (await response.json())["error"]
        async with client.get("/health") as health:
            healthy = health.status == 200
    assert (response.status, error["code"]) == (status, status)
    assert "secret" not in error["message"]
    assert healthy is not isinstance(failure, BackendGone)
    assert ("failed" in caplog.text) is (status == 500)


async def test_large_body_is_413() -> None:
    """A body past the cap is refused in the same shape."""
    async with running(says("x"), body_limit=1000) as client, client.post(CHAT, json=body("y" * 2000)) as response:
        assert response.status == 413
        assert (await response.json())["error"]["code"] == 413


async def test_long_prompt_is_400() -> None:
    """A prompt that exceeds the context is refused before it takes a slot."""
    async with running(says("x"), context_tokens=10) as client, client.post(CHAT, json=body("y" * 200)) as response:
        assert response.status == 400
        assert "context" in (await response.json())["error"]["message"]


async def test_unknown_route_in_shape() -> None:
    """A wrong path or method answers in the shape of an OpenAI error."""
    async with running(says("x")) as client:
        for method, path, status in [("GET", "/v2", 404), ("GET", CHAT, 405)]:
            async with client.request(method, path) as response:
                assert (response.status, (await response.json())["error"]["code"]) == (status, status)


async def test_health_and_version() -> None:
    """Health is an empty 200; the version is told."""
    async with running(says("x")) as client:
        async with client.get("/health") as response:
            assert (response.status, await response.read()) == (200, b"")
        async with client.get("/version") as response:
            assert (await response.json())["version"]


async def test_metrics_count_answers() -> None:
    """Tokens, answers and cache hits are counted under vLLM's names, and a repeated prompt is reported as cached."""
    reply = ChatReply("x", usage=Usage(prompt_tokens=100, completion_tokens=5))
    long = "y" * (4 * BLOCK_CHARS)
    async with running(says(reply)) as client:
        cached: list[int] = []
        for _ in range(2):
            async with client.post(CHAT, json=body(long)) as response:
                cached.append((await response.json())["usage"]["prompt_tokens_details"]["cached_tokens"])
        assert cached[0] == 0
        assert 90 < cached[1] <= 100
        assert await metric(client, "prompt_tokens_total") == 200
        assert await metric(client, "generation_tokens_total") == 10
        assert await metric(client, "prefix_cache_queries_total") == 200
        assert await metric(client, "prefix_cache_hits_total") == cached[1]
        assert await metric(client, "request_success_total") == 2
        assert await metric(client, "num_preemptions_total") == 0


class Held:
    """A model that answers when it is let."""

    model = "scripted"

    def __init__(self) -> None:
        self.free = asyncio.Event()

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Wait, then answer."""
        await self.free.wait()
        return ChatReply("done")

    async def aclose(self) -> None:
        """Nothing to free."""


async def test_full_queue_is_503() -> None:
    """The request past slots and queue is told that the engine is busy, without a Retry-After."""
    model = Held()
    async with running(model, Capacity(slots=1, queue_cap=1)) as client, asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(post_status(client))
        await until(client, "num_requests_waiting", 1)
        async with client.post(CHAT, json=body()) as response:
            error = (await response.json())["error"]
        assert (response.status, error["code"]) == (503, 503)
        assert "engine is currently busy" in error["message"]
        assert "Retry-After" not in response.headers
        assert await metric(client, "admission_rejections_total") == 1
        model.free.set()


async def test_disconnect_frees_slot() -> None:
    """A client that goes away gives its slot to the next."""
    model = Held()
    async with running(model, Capacity(slots=1)) as client, asyncio.TaskGroup() as tasks:
        gone = tasks.create_task(post_status(client))
        await until(client, "num_requests_running", 1)
        gone.cancel()
        await until(client, "num_requests_running", 0)
        model.free.set()
        assert await post_status(client) == 200


async def test_broken_stream_frees_slot(caplog: pytest.LogCaptureFixture) -> None:
    """A client that goes away in the middle of a stream gives its slot back, and nothing is logged as a failure."""
    steps = asyncio.Semaphore(2)

    async def sleep(_seconds: float) -> None:
        await steps.acquire()

    reply = ChatReply("x" * 1000, usage=Usage(10, 1000))
    engine = BatchingEngine(Capacity(slots=1, decode_tps=1), sleep=sleep)
    async with running(says(reply), engine) as client:
        async with client.post(CHAT, json=body(stream=True)) as response:
            assert (await response.content.readuntil(b"\n\n")).startswith(b"data: ")
            assert engine.running == 1
            response.close()
        await until(client, "num_requests_running", 0)
        assert await metric(client, "request_success_total") == 0
    assert caplog.text == ""


async def post_status(client: ClientSession) -> int:
    """Ask once and return the status."""
    async with client.post(CHAT, json=body()) as response:
        return response.status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signal_ends_serving(number: signal.Signals) -> None:
    """SIGINT and SIGTERM end `serve` in good order."""

    def kill(_port: int) -> None:
        os.kill(os.getpid(), number)

    with anyio.fail_after(10):
        await serve(build_app(says("x"), BatchingEngine(Capacity())), port=0, ready=kill)


async def test_taken_port_is_told() -> None:
    """A port in use is the user's to mend: the message names the address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}"):
            await serve(build_app(says("x"), BatchingEngine(Capacity())), port=port, ready=lambda _port: None)
