"""The servers of a run: one session for all, one gate and one watch for each address, whoever asks there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import aiohttp
from pydantic import SecretStr

from queues import AdaptiveLimit, AdmissionGate
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import Operating, RunConfig
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.errors import Unanswered, UsageError
from synthtools_stream.roles.simulator_role import SIMULATOR
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.dialect import PLAIN, with_keys
from synthtools_stream.servers.embedding_endpoint import EmbeddingEndpoint
from synthtools_stream.servers.gated_model import Gated
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.http_session import HttpTimeouts, open_session
from synthtools_stream.servers.load_watch import LoadWatch, metrics_reader
from synthtools_stream.servers.model_list import listed_models, model_name, pick_model
from synthtools_stream.servers.retry_policy import RetryPolicy
from synthtools_stream.servers.server_probe import ServerFacts, Structured, probe_endpoint
from synthtools_stream.servers.server_url import api_bases, server_root
from synthtools_stream.servers.tool_probe import TOOL_FLAGS
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Servers", "Watch", "adaptive_gate", "retry_policy"]

ODD_REQUESTS = 2
"""Different requests in a row whose form a server may refuse, as for an odd tool of one row, before the run stops."""
LATE_S = 30.0
"""Seconds between two looks at a server that was not there when the run began: it loads a model for minutes."""
NAMED = 3
"""Addresses in one line, at most."""
Watch: TypeAlias = Callable[[Callable[[str], None]], Coroutine[None, None, None]]
"""Watches a server's load while a run goes on; is given where to say a line to the user."""


class Servers:
    """Opens models on servers. Roles that share an address share its gate: it is the server that is loaded."""

    def __init__(self, config: RunConfig, stack: AsyncExitStack, notice: Callable[[str], None]) -> None:
        """Have `stack` close what is opened; `notice` is told what servers are, and when they go and come."""
        self._config = config
        self._stack = stack
        self._notice = notice
        self._session: aiohttp.ClientSession | None = None
        self._gates: dict[str, AdmissionGate] = {}
        self._balancers: list[Balancer] = []
        by_hand = config.operating.server.model_dump(exclude_unset=True)
        self._dialect = replace(with_keys(PLAIN, by_hand), pinned=frozenset(by_hand))
        self._timeouts = HttpTimeouts(config.operating.connect_timeout_s, config.operating.request_timeout_s)
        self._said: set[str] = set()
        self.endpoints: list[Gated] = []
        """All that were opened, each behind the gate of its address."""
        self.facts: list[JsonObject] = []
        self.watches: list[Watch] = []

    @property
    def gates(self) -> Sequence[AdmissionGate]:
        """One gate for each address."""
        return [*self._gates.values()]

    @property
    def retries(self) -> int:
        """Requests that were sent again."""
        return sum(balancer.retries for balancer in self._balancers)

    @property
    def waiting(self) -> bool:
        """Whether somebody is waiting because no server is there to answer."""
        return any(balancer.waiting for balancer in self._balancers)

    async def open(self, urls: Sequence[str], model: str, *, native: bool = False) -> LanguageModel:
        """Probe the servers and put a balancer before them; an empty `model` is the first one's only one.

        One of several that does not answer is told, and taken in when it comes.

        :raises UsageError: in one line, if none is there, one is no OpenAI-compatible server, or lacks the model; or,
            where an agent will make `native` calls there, refuses tools.
        """
        found = await self._probed(urls, model, native)
        here = [facts for facts in found if isinstance(facts, ServerFacts)]
        if not here:
            raise next(missing for missing in found if isinstance(missing, Unanswered))
        self.facts += [facts.to_json() for facts in here]
        for line in _told(here):
            self._notice(line)
        endpoints = [self._gated(facts) for facts in here]
        balancer = Balancer(endpoints, retry_policy(self._config.operating), notice=self._notice)
        self._balancers.append(balancer)
        for url, missing in zip(urls, found, strict=True):
            if isinstance(missing, Unanswered):
                self._notice(f"{missing}; it is taken in when it comes")
                self._gate(server_root(url))
                self.watches.append(partial(self._late, url, here[0].model, native, balancer))
        return balancer

    async def _probed(self, urls: Sequence[str], model: str, native: bool) -> list[ServerFacts | Unanswered]:
        """Probe all servers at once, but those that have to be asked first for the model's name.

        :raises UsageError: the first in the order of the addresses.
        """
        found: list[ServerFacts | UsageError] = []
        while not model and len(found) < len(urls):
            found.append(await self._probe(urls[len(found)], "", native))
            model = found[-1].model if isinstance(found[-1], ServerFacts) else ""
        found += await all_results(self._probe(url, model, native) for url in urls[len(found) :])
        for one in found:
            if isinstance(one, UsageError) and not isinstance(one, Unanswered):
                raise one
        return [one for one in found if isinstance(one, (ServerFacts, Unanswered))]

    async def _probe(self, url: str, model: str, native: bool) -> ServerFacts | UsageError:
        try:
            return await probe_endpoint(
                url,
                model,
                session=self._opened(),
                timeouts=self._timeouts,
                api_key=self._key,
                notice=self._once,
                patience_s=self._config.operating.patience_s,
                dialect=self._dialect,
                schema=SIMULATOR.schema,
                native=native,
            )
        except UsageError as error:
            return error

    def _gated(self, found: ServerFacts) -> Gated:
        endpoint = HttpEndpoint(
            found.url,
            found.model,
            session=self._opened(),
            timeouts=self._timeouts,
            api_key=self._key,
            structured=found.structured is not Structured.REFUSED,
            answers_as=found.answers_as,
            dialect=found.dialect,
            notice=self._once,
            odd_requests=ODD_REQUESTS,
            patient=True,
            base=found.base,
        )
        gated = Gated(endpoint, self._gate(endpoint.root, endpoint if found.metrics else None), endpoint.root)
        self.endpoints.append(gated)
        return gated

    async def _late(
        self, url: str, model: str, native: bool, balancer: Balancer, notice: Callable[[str], None]
    ) -> None:
        """Look for a server that was not there, until it is, or turns out to be of no use."""
        while True:
            await asyncio.sleep(LATE_S)
            found = await self._probe(url, model, native)
            if isinstance(found, ServerFacts):
                break
            if not isinstance(found, Unanswered):
                notice(f"{found}; it is left out")
                return
        for line in _told([found]):
            notice(line)
        late = self._gated(replace(found, metrics=False))
        balancer.add(late)
        if found.metrics and isinstance(late.endpoint, HttpEndpoint):
            await _watch(late.endpoint, late.gate, notice)

    async def open_embedder(self, urls: Sequence[str], model: str) -> LanguageModel:
        """Look up an embedding model on servers and put a balancer before them; empty is the first one's only one.

        :raises UsageError: in one line, if one is not there, is no OpenAI-compatible server, or lacks the model.
        """
        session = self._opened()
        patience_s = self._config.operating.patience_s
        endpoints: list[Gated] = []
        for url in urls:
            asked = EmbeddingEndpoint(url, model, session=session, timeouts=self._timeouts, api_key=self._key)
            listed = await listed_models(asked, api_bases(url), model, self._once, patience_s, asyncio.sleep)
            model = model_name(pick_model(asked.root, listed.entries, model))
            endpoint = EmbeddingEndpoint(
                url, model, session=session, timeouts=self._timeouts, api_key=self._key, base=listed.base
            )
            self._notice(f"{endpoint.root}: {model}, for embeddings")
            endpoints.append(Gated(endpoint, self._gate(endpoint.root), endpoint.root))
        self.endpoints += endpoints
        balancer = Balancer(endpoints, retry_policy(self._config.operating), notice=self._notice)
        self._balancers.append(balancer)
        return balancer

    @property
    def _key(self) -> SecretStr | None:
        key = os.environ.get(self._config.operating.api_key_env)
        return SecretStr(key) if key else None

    def _once(self, line: str) -> None:
        """Say what a server is like once, though the probe and the run both find it."""
        if line not in self._said:
            self._said.add(line)
            self._notice(line)

    def _gate(self, root: str, watched: HttpEndpoint | None = None) -> AdmissionGate:
        gate = self._gates.get(root)
        if gate is None:
            gate = self._gates[root] = adaptive_gate(self._config)
            if watched is not None:
                self.watches.append(partial(_watch, watched, gate))
        return gate

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = open_session(self._timeouts)
            self._stack.push_async_callback(self._session.close)
        return self._session


def adaptive_gate(config: RunConfig) -> AdmissionGate:
    """Return a gate that finds out how much its server takes, up to what the user allows."""
    policy = AdaptiveLimit()
    gate = AdmissionGate(config.operating.concurrency, stages=STAGES, policy=policy)
    gate.set_limit(*policy.start(gate.ceiling))
    return gate


def retry_policy(operating: Operating) -> RetryPolicy:
    """Return how requests are sent again."""
    return RetryPolicy(
        max_attempts=operating.max_attempts,
        min_delay_s=operating.retry_delay_s,
        max_elapsed_s=operating.patience_s,
        max_absence_s=10 * operating.retry_delay_s,
        away_s=6 * operating.retry_delay_s,
    )


async def _watch(endpoint: HttpEndpoint, gate: AdmissionGate, notice: Callable[[str], None]) -> None:
    await LoadWatch(metrics_reader(endpoint), gate, name=endpoint.root, notice=notice).run()


def _told(servers: Sequence[ServerFacts]) -> list[str]:
    """Return what servers were found to be: one line for all that are alike."""
    alike: dict[str, list[str]] = {}
    for found in servers:
        alike.setdefault(_description(found), []).append(found.url)
    return [f"{_named(urls)}: {description}" for description, urls in alike.items()]


def _named(urls: list[str]) -> str:
    return ", ".join(urls) if len(urls) <= NAMED else f"{urls[0]} to {urls[-1]} ({len(urls)} servers)"


def _description(found: ServerFacts) -> str:
    length = f"{found.max_model_len:,} tokens of context" if found.max_model_len else "context length untold"
    tools = "tools taken" if found.tools else "tools refused"
    if found.calls_as_text:
        tools += f", but calls come back as text (a parser for this model's calls helps: {TOOL_FLAGS})"
    metrics = "steered by its metrics" if found.metrics else "no metrics"
    reasons = ", reasons before it answers" if found.reasons else ""
    dialect = f", dialect: {found.dialect.told()}" if found.dialect.told() else ""
    return f"{found.model}, {length}, schemas {found.structured.value}, {tools}, {metrics}{reasons}{dialect}"
