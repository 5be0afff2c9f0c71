"""Prefix: the share of prompt tokens that a real vLLM finds in its cache over a run, and where it finds them.

The prompts are those of a whole run, in its order and its crowd: the embedded model plays the run, and each request is
first put to the server, with its schema left out and an answer of one token, for the server to count its prompt. So
any model serves, and a tiny one with random weights will do: what is cached depends on the prompts alone, and on the
room that the cache has. Answers enter the cache only when they come back within a later prompt, which a server that
wrote them itself would have had already: the true share is a little higher.
"""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from synthtools_stream.assembly.run_inputs import from_fields
from synthtools_stream.assembly.shared_servers import adaptive_gate
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.in_process_run import run_in_process
from synthtools_stream.bench.measured_runs import free_port, shipped_fields
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, EmptyAnswer, LanguageModel, Sampling, Usage
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.roles.rollout_roles import AGENT_NATIVE
from synthtools_stream.servers.gated_model import Gated
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.http_session import HttpTimeouts, open_session
from synthtools_stream.servers.server_probe import ServerFacts, probe_endpoint
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM", "Counted", "Shadowed", "main"]

AIM = 0.70
"""Share of a run's prompt tokens that the server should find in its cache."""
NATIVE = AGENT_NATIVE.name
"""The role of requests that have no schema to be named after."""
_READY_S = 900.0
"""How long a server may take to start where vLLM is installed first."""
_TINY = Path(__file__).parents[2] / "bin" / "tiny-vllm"


@dataclass
class Counted:
    """Prompt tokens as the server counted them."""

    prompt: Counter[str] = field(default_factory=Counter[str])
    cached: Counter[str] = field(default_factory=Counter[str])
    requests: Counter[str] = field(default_factory=Counter[str])

    def add(self, role: str, usage: Usage) -> None:
        """Count one request."""
        self.requests[role] += 1
        self.prompt[role] += usage.prompt_tokens
        self.cached[role] += usage.cached_tokens

    @property
    def share(self) -> float:
        """Share of all prompt tokens that were cached."""
        return self.cached.total() / max(1, self.prompt.total())


class Shadowed:
    """A model whose every prompt is first counted by a server."""

    def __init__(self, model: LanguageModel, shadow: LanguageModel, counted: Counted) -> None:
        """Answer by `model`, and count by `shadow`."""
        self._model = model
        self._shadow = shadow
        self._counted = counted

    @property
    def model(self) -> str:
        """Name of the model that answers."""
        return self._model.model

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Have the prompt counted, then answer."""
        asked = replace(
            request, model=self._shadow.model, schema=None, schema_name="", sampling=Sampling(0.0, 1.0, max_tokens=1)
        )
        try:
            reply = await self._shadow.chat(asked)
        except EmptyAnswer as nothing:  # one token may well be none that is shown
            reply = nothing.reply
        self._counted.add(request.schema_name or NATIVE, reply.usage)
        return await self._model.chat(request)

    async def aclose(self) -> None:
        """Close the model; the server is closed by who opened it."""
        await self._model.aclose()


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("prefix", "Share of prompt tokens that vLLM finds in its cache.")
    parser.add_argument("--server-url", help="a server of vLLM; by default bin/tiny-vllm is started")
    parser.add_argument("--fields", type=int, default=4)
    parser.add_argument("--sequences", type=int, default=4, help="of each environment")
    parser.add_argument("--rollouts", type=int, default=4, help="of each task")
    parser.add_argument("--concurrency", type=int, default=32)
    options = parser.parse_args(arguments)
    config = RunConfig.build(
        {
            "fields": [*shipped_fields()[: options.fields]],
            "sequences": options.sequences,
            "rollouts": options.rollouts,
            "concurrency": options.concurrency,
        }
    )
    if options.server_url:
        found, counted = run_async(_measure(config, options.server_url))
    else:
        with _tiny_server() as url:
            found, counted = run_async(_measure(config, url))
    return tell(_finding(found, counted), options)


async def _measure(config: RunConfig, url: str) -> tuple[ServerFacts, Counted]:
    counted = Counted()
    async with AsyncExitStack() as stack:
        session = open_session(HttpTimeouts())
        stack.push_async_callback(session.close)
        found = await probe_endpoint(url, session=session)
        shadow = Gated(HttpEndpoint(found.url, found.model, session=session), adaptive_gate(config))
        note("prefix")(f"a run whose prompts go to {found.model} at {found.url}")
        await run_in_process(config, from_fields(config.content.fields), lambda own: Shadowed(own, shadow, counted))
    return found, counted


def _finding(found: ServerFacts, counted: Counted) -> Finding:
    roles: JsonObject = {
        role: {
            "requests": counted.requests[role],
            "prompt_tokens": tokens,
            "cached": round(counted.cached[role] / max(1, tokens), 3),
        }
        for role, tokens in counted.prompt.most_common()
    }
    figures: JsonObject = {
        "cached_share": round(counted.share, 4),
        "prompt_tokens": counted.prompt.total(),
        "requests": counted.requests.total(),
        "server": found.to_json(),
        "roles": roles,
    }
    head = (
        f"{counted.share:.1%} of {counted.prompt.total():,} prompt tokens were cached (aim: {AIM:.0%});"
        f" {counted.requests.total():,} requests, vLLM {found.version}"
    )
    by_role = [
        f"  {role:18} {counted.cached[role] / max(1, tokens):6.1%} of {tokens:9,}, {counted.requests[role]:5} requests"
        for role, tokens in counted.prompt.most_common()
    ]
    return Finding(figures, [head, *by_role])


@contextmanager
def _tiny_server() -> Generator[str]:
    """Serve a tiny model by a real vLLM, which is installed first where it is not there yet."""
    port = free_port()
    note("prefix")("starting bin/tiny-vllm, which installs vLLM's CPU build first where there is none: some minutes")
    with TemporaryFile() as log, subprocess.Popen([_TINY, "--port", str(port)], stdout=log, stderr=log) as process:
        try:
            _await_health(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _await_health(url: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    deadline = time.monotonic() + _READY_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    log.seek(0)
    said = log.read()[-2000:].decode(errors="replace")
    raise SystemExit(f"bench prefix: bin/tiny-vllm did not start:\n{said}")
