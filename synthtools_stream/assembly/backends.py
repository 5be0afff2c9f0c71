"""Backends: a configuration into the models that answer, and the gates before them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from queues import AdmissionGate
from synthtools_stream.assembly.shared_servers import Servers, Watch, adaptive_gate, retry_policy
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.embedded import EmbeddedModel, EmbeddedRates
from synthtools_stream.embeddings.sentence_model import SentenceModel
from synthtools_stream.errors import ConfigError
from synthtools_stream.recorded.recorded_model import RecordedModel, RecordingInMemory
from synthtools_stream.roles import group_of
from synthtools_stream.roles.rollout_roles import AGENT_NATIVE
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.gated_model import Gated
from synthtools_stream.servers.load_watch import LoadWatch
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.values.jsontypes import JsonObject, object_at
from synthtools_stream.vllm import VllmModel

__all__ = ["Backend", "open_backend"]


@dataclass(frozen=True)
class Backend:
    """The models of a run behind their gates."""

    model: LanguageModel
    roles: Mapping[str, LanguageModel] = field(default_factory=dict[str, LanguageModel])
    """Models of the roles, or groups of roles, that have one of their own, as the configuration heads them."""
    embedder: LanguageModel | None = None
    """The model whose replies are vectors; None where the run compares texts without one."""
    gates: Sequence[AdmissionGate] = ()
    endpoints: Sequence[Gated] = ()
    """All that answers, each behind one of the gates."""
    retries: Callable[[], int] = lambda: 0
    """Requests that were sent again."""
    facts: Sequence[JsonObject] = ()
    """What each server or engine was found to be."""
    watches: Sequence[Watch] = ()
    waiting: Callable[[], bool] = lambda: False
    """Whether the run stands still because no server is there to answer."""

    @property
    def reasons(self) -> bool:
        """Whether any of the models was found to reason before it answers."""
        return any(fact.get("reasons") is True for fact in self.facts)


async def open_backend(
    config: RunConfig,
    stack: AsyncExitStack,
    notice: Callable[[str], None] = lambda _line: None,
    model: LanguageModel | None = None,
) -> Backend:
    """Open the configured backend and have `stack` close it; `notice` is told what servers are, and of their goings.

    A `model` that is given answers instead of the backend's, and is closed by whoever gave it.

    :raises UsageError: in one line, if a server is not there, is no OpenAI-compatible one or lacks the model, or if
        an engine does not start.
    """
    servers = Servers(config, stack, notice)
    own = _gated(model, config) if model is not None else await _configured(config, servers, stack)
    roles = await _role_models(config, servers)
    embedder = own.embedder or await _embedder(config, servers)
    return replace(
        own,
        embedder=embedder,
        roles={**own.roles, **roles},
        gates=[*own.gates, *servers.gates],
        endpoints=[*own.endpoints, *servers.endpoints],
        retries=lambda: own.retries() + servers.retries,
        facts=[*own.facts, *servers.facts],
        watches=[*own.watches, *servers.watches],
        waiting=lambda: servers.waiting,
    )


async def _configured(config: RunConfig, servers: Servers, stack: AsyncExitStack) -> Backend:
    match config.operating.backend:
        case "embedded":
            model = _embedded(config)
            stack.push_async_callback(model.aclose)
            return _gated(model, config)
        case "recorded":
            return await _recorded(config, stack)
        case "vllm":
            return await _vllm(config, stack)
        case "http":
            return Backend(await _http(config, servers))


async def _http(config: RunConfig, servers: Servers) -> LanguageModel:
    if not config.operating.server_url:
        raise ConfigError("the http backend needs at least one --server-url")
    native = _calls_natively(config, "")
    return await servers.open(config.operating.server_url, config.content.model, native=native)


async def _embedder(config: RunConfig, servers: Servers) -> LanguageModel | None:
    """Open the embedding model, unless a recording answers for it."""
    wanted, urls = config.content.embeddings, config.operating.embeddings_servers
    if wanted.encoder == "local":
        return await asyncio.to_thread(SentenceModel.open)
    if wanted.encoder == "server" and not urls:
        raise ConfigError("embeddings.encoder: server needs embeddings.server_url: who serves the embeddings?")
    return await servers.open_embedder(urls, wanted.model) if wanted.encoder == "server" else None


async def _role_models(config: RunConfig, servers: Servers) -> dict[str, LanguageModel]:
    """Open the models of single roles: on servers of their own, or under another name on the run's."""
    operating = config.operating
    if operating.backend == "recorded":
        return {}
    common = operating.server_url if operating.backend == "http" else []
    models: dict[str, LanguageModel] = {}
    for heading, role in config.content.roles.items():
        own = operating.role_servers.get(heading)
        if own is None and not role.model:
            continue
        group = operating.role_servers.get(group_of(heading))
        urls = next((found.server_url for found in (own, group) if found is not None), common)
        if not urls:
            raise ConfigError(f"roles.{heading}.model needs roles.{heading}.server_url: who serves {role.model!r}?")
        models[heading] = await servers.open(urls, role.model, native=_calls_natively(config, heading))
    return models


def _calls_natively(config: RunConfig, heading: str) -> bool:
    """Return whether the model under a heading, or the run's own (""), plays an agent that makes native tool calls."""
    content, operating = config.content, config.operating
    if content.mode != "native" or operating.stop_after not in (None, "rollout"):
        return False
    apart = [name for name, role in content.roles.items() if role.model or name in operating.role_servers]
    agent = next((name for name in (AGENT_NATIVE.name, group_of(AGENT_NATIVE.name)) if name in apart), "")
    return heading == agent


async def _vllm(config: RunConfig, stack: AsyncExitStack) -> Backend:
    if not config.content.model:
        raise ConfigError("the vllm backend needs --model: a name on the model hub, or a directory")
    model = await VllmModel.open(config.content.model, config.operating.vllm)
    stack.push_async_callback(model.aclose)
    gate = adaptive_gate(config)

    async def watch(notice: Callable[[str], None]) -> None:
        await LoadWatch(model.figures, gate, name="vLLM", notice=notice).run()

    gated = Gated(model, gate, "vLLM")
    balancer = Balancer([gated], retry_policy(config.operating))
    return Backend(
        balancer,
        gates=[gate],
        endpoints=[gated],
        retries=lambda: balancer.retries,
        facts=[model.facts()],
        watches=[watch],
    )


def _gated(model: LanguageModel, config: RunConfig) -> Backend:
    """Put a gate before a model that always takes as many requests as the user allows."""
    gate = AdmissionGate(config.operating.concurrency, stages=STAGES)
    gated = Gated(model, gate)
    return Backend(gated, gates=[gate], endpoints=[gated])


def _embedded(config: RunConfig) -> LanguageModel:
    model = EmbeddedModel(EmbeddedRates(**config.content.embedded.model_dump()))
    if config.content.model not in ("", model.model):
        raise ConfigError(f"the embedded model is called {model.model!r}; leave --model out, or use --backend http")
    return model


async def _recorded(config: RunConfig, stack: AsyncExitStack) -> Backend:
    """Answer from an earlier run, under the names that its models had there."""
    if not config.operating.recording:
        raise ConfigError("the recorded backend needs `recording`: the directory of an earlier run")
    directory = Path(config.operating.recording)
    record = read_run(directory)
    if record is None:
        raise ConfigError(f"{directory}: there is no run whose replies could be used")
    recording = RecordingInMemory(await asyncio.to_thread(_replies_of, directory))
    content = object_at(record, "content")
    model = RecordedModel(recording, config.content.model or str(content.get("model", "")))
    stack.push_async_callback(model.aclose)
    own = _gated(model, config)
    named = {name: role.model or _model_of(content, name) for name, role in config.content.roles.items()}
    roles = {heading: Gated(RecordedModel(recording, name), own.gates[0]) for heading, name in named.items() if name}
    embedder = config.content.embeddings.model or str(object_at(content, "embeddings").get("model", ""))
    heard = Gated(RecordedModel(recording, embedder), own.gates[0]) if embedder else None
    heard_by = [heard] if heard is not None else []
    return Backend(own.model, roles, heard, own.gates, [*own.endpoints, *roles.values(), *heard_by])


def _replies_of(directory: Path) -> dict[str, JsonObject]:
    replies: dict[str, JsonObject] = {}
    for logged in read_replies(directory):
        replies.setdefault(logged.digest, logged.reply)
    return replies


def _model_of(content: JsonObject, heading: str) -> str:
    return str(object_at(object_at(content, "roles"), heading).get("model", ""))
