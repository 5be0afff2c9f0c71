"""Backends: a configuration into a model that answers, and the gates before it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from queues import AdaptiveLimit, AdmissionGate
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError
from synthtools_stream.jsontypes import JsonObject, object_at
from synthtools_stream.llm.balancer import Balancer, RetryPolicy
from synthtools_stream.llm.embedded import EmbeddedModel, EmbeddedRates
from synthtools_stream.llm.gated import Gated
from synthtools_stream.llm.http import HttpEndpoint, HttpTimeouts, open_session
from synthtools_stream.llm.loadwatch import LoadWatch, metrics_reader
from synthtools_stream.llm.probing import ServerFacts, Structured, probe_endpoint
from synthtools_stream.llm.protocol import LanguageModel
from synthtools_stream.llm.recorded import RecordedModel, RecordingInMemory
from synthtools_stream.replylog import read_replies
from synthtools_stream.rundir import read_run

__all__ = ["Backend", "open_backend"]


@dataclass(frozen=True)
class Backend:
    """A model behind its gates."""

    model: LanguageModel
    gates: Sequence[AdmissionGate]
    facts: Sequence[JsonObject] = ()
    """What each server was found to be."""
    watches: Sequence[Callable[[Callable[[str], None]], Awaitable[None]]] = ()
    """What watches each server's load while the run goes on; each is given where to say a line to the user."""
    waiting: Callable[[], bool] = lambda: False
    """Whether the run stands still because no server is there to answer."""


async def open_backend(
    config: RunConfig, stack: AsyncExitStack, notice: Callable[[str], None] = lambda _line: None
) -> Backend:
    """Open the configured backend and have `stack` close it; `notice` is told when servers go and come.

    Raises UsageError, in one line, when a server is not there, is no OpenAI-compatible one or lacks the model.
    """
    match config.operating.backend:
        case "embedded":
            return _gated(_embedded(config), config, stack)
        case "recorded":
            return _gated(_recorded(config), config, stack)
        case "http":
            return await _http(config, stack, notice)


def _gated(model: LanguageModel, config: RunConfig, stack: AsyncExitStack) -> Backend:
    gate = _gate(config)
    stack.push_async_callback(model.aclose)
    return Backend(Gated(model, gate), [gate])


def _embedded(config: RunConfig) -> LanguageModel:
    model = EmbeddedModel(EmbeddedRates(**config.content.embedded.model_dump()))
    if config.content.model not in ("", model.model):
        raise ConfigError(f"the embedded model is called {model.model!r}; leave --model out, or use --backend http")
    return model


def _recorded(config: RunConfig) -> LanguageModel:
    if not config.operating.recording:
        raise ConfigError("the recorded backend needs `recording`: the directory of an earlier run")
    directory = Path(config.operating.recording)
    record = read_run(directory)
    if record is None:
        raise ConfigError(f"{directory}: there is no run whose replies could be used")
    replies: dict[str, JsonObject] = {}
    for logged in read_replies(directory):
        replies.setdefault(logged.digest, logged.reply)
    name = str(object_at(record, "content").get("model", ""))
    return RecordedModel(RecordingInMemory(replies), config.content.model or name)


async def _http(config: RunConfig, stack: AsyncExitStack, notice: Callable[[str], None]) -> Backend:
    operating = config.operating
    if not operating.server_url:
        raise ConfigError("the http backend needs at least one --server-url")
    timeouts = HttpTimeouts(
        connect_s=operating.connect_timeout_s,
        read_s=operating.request_timeout_s,
        total_s=1.1 * operating.request_timeout_s,
    )
    session = open_session(timeouts)
    stack.push_async_callback(session.close)
    key = os.environ.get(operating.api_key_env)
    api_key = SecretStr(key) if key else None
    facts: list[ServerFacts] = []
    for url in operating.server_url:
        wanted = config.content.model or (facts[0].model if facts else "")
        facts.append(await probe_endpoint(url, wanted, session=session, api_key=api_key))
    gates = [_adaptive_gate(config) for _ in facts]
    endpoints = [
        HttpEndpoint(
            found.url,
            found.model,
            session=session,
            api_key=api_key,
            structured=found.structured is not Structured.REFUSED,
            answers_as=found.answers_as,
        )
        for found in facts
    ]
    gated = [Gated(endpoint, gate) for endpoint, gate in zip(endpoints, gates, strict=True)]
    policy = RetryPolicy(
        max_attempts=operating.max_attempts,
        min_delay_s=operating.retry_delay_s,
        max_elapsed_s=operating.patience_s,
        max_absence_s=10 * operating.retry_delay_s,
        away_s=6 * operating.retry_delay_s,
    )
    balancer = Balancer(gated, policy, notice=notice)
    return Backend(
        balancer,
        gates,
        [found.to_json() for found in facts],
        [
            partial(_watch, endpoint, gate)
            for endpoint, gate, found in zip(endpoints, gates, facts, strict=True)
            if found.metrics
        ],
        lambda: balancer.waiting,
    )


async def _watch(endpoint: HttpEndpoint, gate: AdmissionGate, notice: Callable[[str], None]) -> None:
    await LoadWatch(metrics_reader(endpoint), gate, name=endpoint.root, notice=notice).run()


def _adaptive_gate(config: RunConfig) -> AdmissionGate:
    policy = AdaptiveLimit()
    gate = AdmissionGate(config.operating.concurrency, stages=STAGES, policy=policy)
    gate.set_limit(*policy.start(gate.ceiling))
    return gate


def _gate(config: RunConfig) -> AdmissionGate:
    return AdmissionGate(config.operating.concurrency, stages=STAGES)
