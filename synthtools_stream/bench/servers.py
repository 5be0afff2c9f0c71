"""Servers: many of them behind one balancer, well and with ills: how busy their slots are, and where retries go.

Requests of sessions of eight (as of an environment) go through gates, watches and balancer to 32 servers in another
process. After a third of the time those that die or change their model do, after two thirds they are back. `busy` is
the share of the slots of the servers that are well.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

import aiohttp

from synthtools_stream.assembly.shared_servers import adaptive_gate, retry_policy
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.server_farm import MODEL, Farm, Ill, Shape, farm
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.errors import SynthToolsError
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.gated_model import Gated
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.http_session import HttpTimeouts, open_session
from synthtools_stream.servers.load_watch import LoadWatch, metrics_reader
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_BUSY", "Sends", "main"]

AIM_BUSY = 0.97
"""Share of the slots of servers that are well, as in `pipeline`."""
ILLS = (Ill.dies, Ill.slow, Ill.boasts, Ill.whines, Ill.changes)
_PER_SESSION = 8
"""Requests of a session that are asked at once: an environment's tools, say."""
_EVERY_S = 0.25
"""Seconds between two looks."""
_RAMP = 0.25
"""Share of the time until the first look that counts: gates begin small."""
_TEXT = "A world, its tools and what was said so far. " * 60
"""What requests of one session share, 2.7 KB."""


@dataclass
class Sends:
    """Where each request was sent, and what came of it."""

    tried: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict[int, list[int]](list))
    """Endpoints by the request's seed, in order."""
    homes: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict[str, Counter[int]](Counter))
    """Sends of a session by endpoint."""
    taken_s: list[float] = field(default_factory=list[float])
    lost: int = 0

    @property
    def retried(self) -> int:
        """Requests that were sent more than once."""
        return sum(len(tried) > 1 for tried in self.tried.values())

    @property
    def elsewhere(self) -> int:
        """Those of them whose first retry went to another endpoint."""
        return sum(len(tried) > 1 and tried[0] != tried[1] for tried in self.tried.values())

    @property
    def at_home(self) -> float:
        """Share of sends that went to where most of the session's went."""
        sends = sum(home.total() for home in self.homes.values())
        return sum(max(home.values()) for home in self.homes.values()) / sends if sends else 0.0


class _Noted:
    """An endpoint that notes what it is sent."""

    def __init__(self, gated: Gated, index: int, sends: Sends) -> None:
        self._gated = gated
        self._index = index
        self._sends = sends

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._gated.model

    @property
    def limit(self) -> int:
        """What the gate lets through."""
        return self._gated.limit

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Note and pass on."""
        self._sends.tried[request.seed].append(self._index)
        self._sends.homes[request.session][self._index] += 1
        return await self._gated.chat(request)

    async def aclose(self) -> None:
        """Close the endpoint."""
        await self._gated.aclose()


class _Measured(NamedTuple):
    looks: Sequence[Sequence[int | None]]
    """Requests in a slot, server by server; None while one is dead."""
    sends: Sends
    spent_s: float


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code, 1 where a request was lost or an aim is missed."""
    parser = command("servers", "Many servers, some with an ill: busy slots, retries, lost requests.")
    parser.add_argument("--servers", type=int, default=32)
    parser.add_argument("--slots", type=int, default=16, help="of each server")
    parser.add_argument("--decode-tps", type=float, default=50.0, help="of each request")
    parser.add_argument("--crowd", type=float, default=1.5, help="requests under way, as a multiple of all slots")
    parser.add_argument("--seconds", type=float, default=40.0, help="of each of the two parts")
    options = parser.parse_args(arguments)
    measured: dict[str, tuple[Shape, _Measured]] = {}
    for name, ills in (("well", ()), ("sick", ILLS)):
        note("servers")(f"{options.servers} servers, {', '.join(ills) or 'all well'}: {options.seconds:.0f} s")
        shape = Shape(options.servers, options.slots, options.decode_tps, ills)
        with farm(shape) as there:
            measured[name] = (shape, run_async(_measure(shape, there, options.crowd, options.seconds)))
    return tell(_finding(measured), options)


async def _measure(shape: Shape, there: Farm, crowd: float, seconds: float) -> _Measured:
    config = RunConfig.build({"backend": "embedded", "concurrency": 64 * shape.slots, "retry_delay_s": 0.5})
    sends = Sends()
    async with AsyncExitStack() as stack:
        session = open_session(HttpTimeouts())
        stack.push_async_callback(session.close)
        endpoints: list[_Noted] = []
        watches: list[LoadWatch] = []
        for index, url in enumerate(there.urls):
            endpoint = HttpEndpoint(url, MODEL, session=session, patient=True)
            gate = adaptive_gate(config)
            watches.append(LoadWatch(metrics_reader(endpoint), gate, name=url))
            endpoints.append(_Noted(Gated(endpoint, gate), index, sends))
        balancer = Balancer(endpoints, retry_policy(config.operating), rng=random.Random(0), notice=note("servers"))
        looks: list[list[int | None]] = []
        ends = time.monotonic() + seconds
        askers = round(crowd * shape.servers * shape.slots)
        seeds = itertools.count(1)
        work = [_look(session, there, looks), _fate(session, there, shape, seconds), *(one.run() for one in watches)]
        async with alongside(work), asyncio.TaskGroup() as group:
            for asker in range(askers):
                group.create_task(_ask(balancer, asker // _PER_SESSION, lambda: next(seeds), ends, sends))
    return _Measured(looks[: round(seconds / _EVERY_S)], sends, seconds)


async def _ask(balancer: Balancer, session: int, seed: Callable[[], int], ends: float, sends: Sends) -> None:
    while time.monotonic() < ends:
        prompt = Message("user", f"{session} {_TEXT}")
        request = ChatRequest(MODEL, (prompt,), Sampling(), seed(), stage=STAGES[0], session=f"environment {session}")
        begun = time.monotonic()
        try:
            await balancer.chat(request)
        except SynthToolsError as error:
            sends.lost += 1
            note("servers")(f"lost: {error}")
        sends.taken_s.append(time.monotonic() - begun)


async def _look(session: aiohttp.ClientSession, there: Farm, looks: list[list[int | None]]) -> None:
    while True:
        async with session.get(there.control) as response:
            looks.append(await response.json())
        await asyncio.sleep(_EVERY_S)


async def _fate(session: aiohttp.ClientSession, there: Farm, shape: Shape, seconds: float) -> None:
    """End some servers after a third of the time, and begin them anew after two."""
    for what in ("end", "begin"):
        await asyncio.sleep(seconds / 3)
        for index in range(shape.servers):
            if shape.ill(index) in (Ill.dies, Ill.changes):
                async with session.post(f"{there.control}/{what}/{index}") as response:
                    response.raise_for_status()


def _busy(shape: Shape, looks: Sequence[Sequence[int | None]], ill: Ill) -> float:
    counted = looks[round(len(looks) * _RAMP) :]
    running = [look[index] or 0 for look in counted for index in range(shape.servers) if shape.ill(index) is ill]
    return sum(running) / (len(running) * shape.slots) if running else 0.0


def _finding(measured: dict[str, tuple[Shape, _Measured]]) -> Finding:
    figures: JsonObject = {}
    lines: list[str] = []
    good = True
    for name, (shape, found) in measured.items():
        busy = {ill: _busy(shape, found.looks, ill) for ill in dict.fromkeys([Ill.none, *shape.ills])}
        sends, taken = found.sends, sorted(found.sends.taken_s)
        median, late = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
        good = good and busy[Ill.none] >= AIM_BUSY and not sends.lost and sends.elsewhere == sends.retried
        figures[name] = {
            "busy": {str(ill): round(share, 4) for ill, share in busy.items()},
            "answered_per_s": round(len(taken) / found.spent_s, 1),
            "retried": sends.retried,
            "first_retry_elsewhere": sends.elsewhere,
            "lost": sends.lost,
            "at_home": round(sends.at_home, 3),
            "median_s": round(median, 2),
            "p99_s": round(late, 2),
        }
        lines += [
            f"{name}: {busy[Ill.none]:.1%} of the slots of the servers that are well are busy (aim: {AIM_BUSY:.0%})",
            *(f"  {ill:8} {share:6.1%} busy" for ill, share in busy.items() if ill is not Ill.none),
            (
                f"  {len(taken) / found.spent_s:.0f} answers/s; {sends.at_home:.0%} of the sends at the session's home;"
                f" a request takes {median:.1f} s, the slowest hundredth {late:.1f} s or more"
            ),
            f"  {sends.retried} sent again, {sends.elsewhere} of them elsewhere at the first retry; {sends.lost} lost",
        ]
    return Finding(figures, lines, ok=good)
