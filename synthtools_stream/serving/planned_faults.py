"""A server that misbehaves on purpose, to try out a run's patience: `serve-model --faults 429=0.2,reset=0.1`.

Which request is spoiled depends on the seed, on the request's bytes and on how often they were sent before, and on
nothing else: neither order nor time nor load. So a client that sends a request again meets a fresh draw, and a test
that passes once passes always. Only chat completions are spoiled; what the server tells about itself stays true.
"""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final, TypeAlias

import orjson
from aiohttp import web

from synthtools_stream.errors import ConfigError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["FaultKind", "FaultPlan", "Faults", "parse_faults"]

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
ALL: Final = "all"
"""The word for every kind of fault."""
REMEMBERED: Final = 200_000
"""Requests whose number of sends is known; the least recent ones are forgotten."""
PIECES: Final = 8
"""Writes that a slow answer takes."""
PAGE: Final = "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>proxy/1.0</body></html>"


class FaultKind(StrEnum):
    """What may go wrong with one answer."""

    RATE_LIMIT = "429"
    RATE_LIMIT_UNTIL = "429-retry-after"
    UNAVAILABLE = "503"
    FAILURE = "500"
    RESET = "reset"
    """The connection is lost in the middle of the answer."""
    STALL = "stall"
    """Nothing comes for a long while, then the connection is lost."""
    DRIP = "drip"
    """The right answer, very slowly."""
    GARBAGE = "garbage"
    TRUNCATED = "truncated"
    """Half of the answer, sent as if it were whole."""
    EMPTY = "empty"
    """A well-formed answer without content."""
    WRONG_MODEL = "wrong-model"
    """The answer says that it comes from another model."""
    HTML = "html"
    """A proxy's page instead of an answer, with some status or other."""
    ERROR_200 = "error-200"
    """An error that is sent with status 200."""


@dataclass(frozen=True)
class FaultPlan:
    """How often which fault happens, and how long the slow ones take."""

    shares: Mapping[FaultKind, float]
    """Share of the requests that each fault spoils; together 1 at most."""
    seed: int = 0
    stall_s: float = 2.0
    drip_s: float = 0.4
    retry_after_s: int = 1


def parse_faults(text: str) -> dict[FaultKind, float]:
    """Read `429=0.2,reset=0.1`; `all=0.2` spreads the share over all kinds evenly.

    :raises ConfigError: for a kind that there is not, or shares that are none or too many.
    """
    shares: dict[FaultKind, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        share = _share(part, value)
        kinds = list(FaultKind) if name == ALL else [_kind(name)]
        for kind in kinds:
            shares[kind] = shares.get(kind, 0.0) + share / len(kinds)
    if sum(shares.values()) > 1.0 + 1e-9:
        raise ConfigError(f"faults: the shares of {text!r} come to more than 1")
    return shares


def _kind(name: str) -> FaultKind:
    try:
        return FaultKind(name)
    except ValueError as error:
        known = ", ".join([ALL, *FaultKind])
        raise ConfigError(f"faults: there is no kind {name!r}; there are: {known}") from error


def _share(part: str, value: str) -> float:
    try:
        share = float(value)
    except ValueError as error:
        raise ConfigError(f"faults: {part!r} is not of the form KIND=SHARE, such as 429=0.2") from error
    if not 0.0 <= share <= 1.0:
        raise ConfigError(f"faults: the share of {part!r} must be from 0 to 1")
    return share


class Faults:
    """Spoils the answers of a handler as planned, and counts what it did."""

    def __init__(self, plan: FaultPlan, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """Time is injected for tests."""
        self.done: dict[FaultKind, int] = dict.fromkeys(FaultKind, 0)
        """How often each fault happened."""
        self._plan = plan
        self._sleep = sleep
        self._sends: OrderedDict[bytes, int] = OrderedDict()

    async def answer(self, http: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer as `handler` does, or worse."""
        rng = self._rng(await http.read())
        kind = self._draw(rng)
        if kind is None:
            return await handler(http)
        self.done[kind] += 1
        refused = self._refusal(kind, rng)
        if refused is not None:
            return refused
        if kind is FaultKind.STALL:
            await self._sleep(self._plan.stall_s)
            return _lose(http, web.Response())
        answer = await handler(http)
        if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
            return answer  # a stream is under way already
        return await self._spoil(http, kind, answer.body)

    def _rng(self, body: bytes) -> random.Random:
        key = blake2b(body, digest_size=8).digest()
        sends = self._sends[key] = self._sends.pop(key, 0) + 1
        if len(self._sends) > REMEMBERED:
            self._sends.popitem(last=False)
        return random.Random(f"{self._plan.seed}:{key.hex()}:{sends}")

    def _draw(self, rng: random.Random) -> FaultKind | None:
        point = rng.random()
        for kind, share in self._plan.shares.items():
            point -= share
            if point < 0:
                return kind
        return None

    def _refusal(self, kind: FaultKind, rng: random.Random) -> web.Response | None:
        """Return the answer of a fault that needs no model."""
        match kind:
            case FaultKind.RATE_LIMIT:
                return _error(429, "Rate limit reached.")
            case FaultKind.RATE_LIMIT_UNTIL:
                return _error(429, "Rate limit reached.", {"Retry-After": str(self._plan.retry_after_s)})
            case FaultKind.UNAVAILABLE:
                return _error(503, "The service is temporarily unavailable.")
            case FaultKind.FAILURE:
                return _error(500, "Internal server error.")
            case FaultKind.ERROR_200:
                return _error(200, "The engine died while it answered.")
            case FaultKind.GARBAGE:
                return web.Response(body=rng.randbytes(200), content_type="application/json")
            case FaultKind.HTML:
                status = rng.choice((502, 404, 400, 200))
                return web.Response(status=status, text=PAGE.format(status=status), content_type="text/html")
            case _:
                return None

    async def _spoil(self, http: web.Request, kind: FaultKind, body: bytes) -> web.StreamResponse:
        match kind:
            case FaultKind.RESET:
                cut = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": f"{len(body)}"})
                await cut.prepare(http)
                await cut.write(body[: len(body) // 2])
                return _lose(http, cut)
            case FaultKind.DRIP:
                return await self._drip(http, body)
            case FaultKind.TRUNCATED:
                return web.Response(body=body[: len(body) // 2], content_type="application/json")
            case FaultKind.EMPTY:
                return web.Response(body=_without_content(body), content_type="application/json")
            case _:
                renamed = {**orjson.loads(body), "model": "another-model-7b"}
                return web.Response(body=orjson.dumps(renamed), content_type="application/json")

    async def _drip(self, http: web.Request, body: bytes) -> web.StreamResponse:
        slow = web.StreamResponse(headers={"Content-Type": "application/json"})
        await slow.prepare(http)
        size = -(-len(body) // PIECES)
        for start in range(0, len(body), size):
            await slow.write(body[start : start + size])
            await self._sleep(self._plan.drip_s / PIECES)
        await slow.write_eof()
        return slow


def _lose(http: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Break the connection off without a word; whatever is returned then is never sent."""
    if http.transport is not None:
        http.transport.abort()
    return response


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    error: JsonObject = {"message": message, "type": "InjectedFault", "param": None, "code": status}
    body = orjson.dumps({"error": error})
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def _without_content(body: bytes) -> bytes:
    answer = orjson.loads(body)
    answer["choices"] = [
        {"index": 0, "message": {"role": "assistant", "content": ""}, "logprobs": None, "finish_reason": "stop"}
    ]
    answer["usage"] = {**answer["usage"], "completion_tokens": 0}
    return orjson.dumps(answer)
