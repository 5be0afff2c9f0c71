"""A real vLLM for tests: its server as a process, and what both kinds of tests ask it."""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias, cast

import jsonschema_rs

from synthtools_stream import roles as role_package
from synthtools_stream.asking.reply_parser import Unparsable, parse_object
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel, Message, Sampling
from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import Role
from synthtools_stream.values.jsontypes import JsonObject

ROOT = Path(__file__).parents[2]
MODEL = ROOT / ".vllm-venv" / "tiny-model"
READY_S = 240
LONG = 8000
"""More tokens than a test ever waits for."""
SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"answer": {"type": "string", "maxLength": 40}, "sure": {"type": "boolean"}},
    "required": ["answer", "sure"],
    "additionalProperties": False,
}
ENDLESS: JsonObject = {"type": "array", "items": {"type": "boolean"}, "minItems": LONG}
"""A schema that no answer fulfils in the room there is, so that requests run until they are cancelled."""
TOOL: JsonObject = {
    "type": "function",
    "function": {
        "name": "GetKite",
        "description": "Returns a kite.",
        "parameters": {"type": "object", "properties": {"kite_id": {"type": "string"}}, "required": ["kite_id"]},
    },
}

AnyRole: TypeAlias = Role[Record, Record]


def has_vllm() -> bool:
    """Say whether this Python has vLLM, as a real package and not a folder of that name."""
    found = find_spec("vllm")
    return found is not None and found.origin is not None


def on_gpu() -> bool:
    """Say whether this vLLM runs on a GPU."""
    return not importlib.import_module("vllm.platforms").current_platform.is_cpu()


class TinyServer:
    """The server of `bin/tiny-vllm`, run by the Python that runs the tests."""

    def __init__(self, log: Path, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        # Two engines share a GPU in these tests; half-precision is what its kernels are made for.
        self._options = [*options, *(["--dtype", "bfloat16", "--gpu-memory-utilization", "0.2"] if on_gpu() else [])]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return at once."""
        command = [str(ROOT / "bin/tiny-vllm"), "--python", sys.executable, "--port", str(self.port), *self._options]
        with self._log.open("ab") as log:
            # A group of its own, so that the engine's processes end with it.
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + READY_S
        while not self._answers():
            assert self._process is not None
            ended = self._process.poll()
            assert ended is None, f"the server ended with {ended}:\n{self._log.read_text()[-4000:]}"
            assert time.monotonic() < deadline, f"the server did not start:\n{self._log.read_text()[-4000:]}"
            time.sleep(0.5)

    def restart(self) -> None:
        """Start it once more, and wait until it answers."""
        self.start()
        self.wait()

    def kill(self) -> None:
        """Kill it as kill -9 does, its engine included."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=30)
            self._process = None

    def metric(self, name: str) -> float:
        """Return the sum of a metric's samples, such as `vllm:num_requests_running`."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as page:
            lines = page.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name}{{", f"{name} ")))

    async def running(self) -> float:
        """Return how many requests run in the engine now."""
        return await asyncio.to_thread(self.metric, "vllm:num_requests_running")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as page:
                return bool(page.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def all_roles() -> list[AnyRole]:
    """Return every role there is."""
    found: dict[str, AnyRole] = {}
    for module in pkgutil.iter_modules(role_package.__path__, f"{role_package.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Role):
                role = cast("AnyRole", value)
                found[role.name] = role
    return list(found.values())


def asking(
    text: str,
    *,
    seed: int = 1,
    max_tokens: int = 64,
    temperature: float = 1.0,
    schema: JsonObject | None = None,
    tools: tuple[JsonObject, ...] = (),
) -> ChatRequest:
    """Return a request of two messages."""
    return ChatRequest(
        model="tiny",
        messages=(Message("system", "You answer."), Message("user", text)),
        sampling=Sampling(temperature=temperature, max_tokens=max_tokens),
        seed=seed,
        schema_name="probe" if schema is not None else "",
        schema=schema,
        tools=tools,
        stage="s",
    )


def verdicts(role: AnyRole, replies: list[ChatReply]) -> Iterator[str]:
    """Yield `valid`, `cut` or what is wrong, for each reply to a request with the role's schema.

    Numbers too large for us and text longer than the schema's bounds are counted as `wild`: grammars do not bound
    numbers, nor the length of a text that has a pattern, too, and random weights know no measure.
    """
    validator = jsonschema_rs.validator_for(role.schema)
    for reply in replies:
        if reply.finish_reason == "length":
            yield "cut"
            continue
        try:
            found = parse_object(reply.text)
        except Unparsable as error:
            yield "wild" if "too large" in error.reason else f"{error.reason}: {reply.text[:200]!r}"
            continue
        problems = [str(error) for error in validator.iter_errors(found)]
        wild = all("longer than" in problem for problem in problems)
        yield "valid" if not problems else "wild" if wild else f"{problems[0][:200]}"


async def schema_verdicts(model: LanguageModel) -> dict[str, list[str]]:
    """Ask for every role's schema twice, all at once, and return the verdicts by role."""

    async def ask(role: AnyRole) -> list[str]:
        requests = [
            asking(f"As {role.name}.", seed=seed, max_tokens=min(role.max_tokens, 2048), schema=role.schema)
            for seed in (1, 2)
        ]
        return list(verdicts(role, list(await asyncio.gather(*map(model.chat, requests)))))

    roles = all_roles()
    told = await asyncio.gather(*map(ask, roles))
    return {role.name: verdict for role, verdict in zip(roles, told, strict=True)}


async def until(condition: Callable[[], bool], what: str, within_s: float = 60.0) -> None:
    """Wait for something that the engine does in its own time; fail if it does not."""

    async def said() -> bool:
        return condition()

    await until_told(said, what, within_s)


async def until_told(condition: Callable[[], Awaitable[bool]], what: str, within_s: float = 60.0) -> None:
    """Wait likewise for something that has to be asked for."""
    deadline = time.monotonic() + within_s
    while True:
        if await condition():
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"in {within_s} s it did not come true that {what}")
        await asyncio.sleep(0.05)
