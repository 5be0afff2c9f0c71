"""vLLM's own server, for real, as our HTTP backend meets it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from synthtools_stream.chat.language_model import ChatReply
from synthtools_stream.errors import Rejection, TransportError
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.retry_policy import RetryPolicy
from synthtools_stream.servers.server_probe import Structured, probe_endpoint
from tests.vllm.vllmkit import ENDLESS, LONG, SCHEMA, TOOL, TinyServer, asking, schema_verdicts, until_told

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(400)]


@pytest.fixture
async def endpoint(server: TinyServer) -> AsyncIterator[HttpEndpoint]:
    """The server as an endpoint."""
    opened = HttpEndpoint(server.url, "tiny")
    yield opened
    await opened.aclose()


async def test_probe_finds_what_it_is(server: TinyServer) -> None:
    """The start-up probe sees the model, its context, enforced schemas, tools and metrics."""
    facts = await probe_endpoint(server.url)

    assert (facts.model, facts.max_model_len, facts.structured) == ("tiny", 16384, Structured.ENFORCED)
    assert facts.tools
    assert facts.metrics
    assert facts.version


async def test_every_schema_is_obeyed(endpoint: HttpEndpoint) -> None:
    """For every role's schema, what was not cut off for length is an object of that schema."""
    told = await schema_verdicts(endpoint)

    counts = Counter(verdict for verdicts in told.values() for verdict in verdicts)
    assert set(counts) <= {"valid", "cut", "wild"}, told
    assert counts["valid"] > len(told), told


async def test_seed_decides(endpoint: HttpEndpoint) -> None:
    """The same seed gives the same text, another seed another."""
    texts = [(await endpoint.chat(asking("Say.", seed=seed))).text for seed in (7, 7, 8)]

    assert texts[0] == texts[1] != texts[2]


async def test_usage_counts_cached_tokens(server: TinyServer, endpoint: HttpEndpoint) -> None:
    """A prompt's second reading comes from the prefix cache, which the reply and the metrics tell."""
    hits = server.metric("vllm:prefix_cache_hits_total")
    text = "The harbour master notes the berths. " * 60

    first = await endpoint.chat(asking(text, max_tokens=8))
    second = await endpoint.chat(asking(text, max_tokens=8))

    assert first.usage.prompt_tokens == second.usage.prompt_tokens > 300
    assert (first.usage.cached_tokens, first.usage.completion_tokens) == (0, 8)
    assert second.usage.cached_tokens > 200
    assert server.metric("vllm:prefix_cache_hits_total") - hits >= second.usage.cached_tokens


async def test_length_is_told(endpoint: HttpEndpoint) -> None:
    """An answer that was cut off says so."""
    reply = await endpoint.chat(asking("Say.", max_tokens=3, schema=SCHEMA))

    assert (reply.finish_reason, reply.usage.completion_tokens) == ("length", 3)


async def test_tools_are_taken(endpoint: HttpEndpoint) -> None:
    """A request with tools is answered, and its tools are in the prompt."""
    bare = await endpoint.chat(asking("Find the kite.", max_tokens=8))
    reply = await endpoint.chat(asking("Find the kite.", max_tokens=8, tools=(TOOL,)))

    assert reply.usage.prompt_tokens > bare.usage.prompt_tokens


async def test_overflow_is_refused(endpoint: HttpEndpoint) -> None:
    """A prompt longer than the context is refused for good, not tried again."""
    with pytest.raises(Rejection) as caught:
        await endpoint.chat(asking("kite " * 20_000))

    assert caught.value.reason == "context_overflow"


async def test_cancelling_aborts(server: TinyServer, endpoint: HttpEndpoint) -> None:
    """When their tasks are cancelled, requests stop running in the engine."""

    async def enough() -> bool:
        return await server.running() >= 10

    async def none() -> bool:
        return await server.running() == 0

    async with asyncio.TaskGroup() as group:
        endless = [asking("Go on.", seed=seed, max_tokens=LONG, schema=ENDLESS) for seed in range(20)]
        tasks = [group.create_task(endpoint.chat(request)) for request in endless]
        await until_told(enough, "ten requests run")
        for task in tasks:
            task.cancel()

    assert all(task.cancelled() for task in tasks)
    await until_told(none, "nothing runs")


async def test_full_queue_is_overload(endpoint: HttpEndpoint) -> None:
    """A capped queue turns requests away with 503, which is a sign of load; the others are answered."""
    requests = [asking("Say.", seed=seed, max_tokens=32) for seed in range(250)]

    answers = await asyncio.gather(*map(endpoint.chat, requests), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, TransportError)]
    assert refused
    assert all(error.overloaded and "503" in str(error) for error in refused)
    assert sum(isinstance(answer, ChatReply) for answer in answers) == len(requests) - len(refused) >= 50


async def test_full_queue_costs_nothing(endpoint: HttpEndpoint) -> None:
    """Behind a balancer every request is answered, however many were turned away at first."""
    balancer = Balancer([endpoint], RetryPolicy(max_attempts=50))

    replies = await asyncio.gather(*(balancer.chat(asking("Say.", seed=seed, max_tokens=16)) for seed in range(250)))

    assert len(replies) == 250


async def test_restart_costs_nothing(server: TinyServer, endpoint: HttpEndpoint) -> None:
    """Requests that a killed server leaves unanswered are answered once it is back, and the same."""
    request = asking("Say.", max_tokens=40)
    before = await endpoint.chat(request)

    async def enough() -> bool:
        return await server.running() >= 4

    balancer = Balancer([endpoint], RetryPolicy(max_attempts=40, max_delay_s=3.0, max_aside_s=3.0))

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(balancer.chat(asking("Go on.", seed=seed, max_tokens=4000))) for seed in range(8)]
        await until_told(enough, "four requests run")
        await asyncio.to_thread(server.kill)
        late = group.create_task(balancer.chat(request))
        await asyncio.to_thread(server.restart)

    assert all(task.result().usage.completion_tokens for task in tasks)
    assert late.result().text == before.text
