"""Scale: a corpus of a million tasks on many nodes that fail, simulated: how much of the nodes' time becomes tasks.

Discrete events, seeded; nothing is run. A shard is some fields, by their hash, so shards differ in size. A node takes
the next shard that nobody has, starts an engine, fills up, works at its rate, and drains. When it is lost, the shard
goes on elsewhere with all that was answered, since that is in its journal: what is lost is what was in flight. What a
node takes to start, to fill and to drain, how often it is lost, and how fast it is are options: figures of a cluster,
with defaults that are guesses.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import math
import random
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from synthtools_stream.bench.findings import Finding, command, integers, tell
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Plan", "Spent", "main", "simulate"]

_HOUR = 3600.0
"""Seconds."""
_SEED = 20261127
"""Any number: another one gives another cluster's luck."""
_SPREAD = 0.5
"""Standard deviation of the logarithm of an environment's work: the largest of a hundred takes thrice the median."""
_AT_HALF = 0.5
"""Share of its rate at which a node works while it fills and while it drains, on average."""


@dataclass(frozen=True)
class Plan:
    """What is to be made, of what, on what."""

    tasks: int = 1_000_000
    nodes: int = 1_000
    shards: int = 8_000
    fields: int = 20_000
    """Each has environments of its own."""
    tasks_per_environment: float = 10.0
    answer_tokens: float = 30_000.0
    """A task, with its share of the environment and its attempts."""
    rate_tps: float = 8_000.0
    """Answer tokens that a node makes a second while it is full."""
    start_s: float = 240.0
    """From a node without an engine to one that answers."""
    begin_s: float = 15.0
    """From a shard that a running engine is given to its first request."""
    drain_s: float = 240.0
    """From the first empty slot of a shard to its last answer, and as long to fill up: the way of one environment."""
    in_flight: int = 256
    """Requests of a node."""
    request_tokens: float = 300.0
    """Answer tokens of a request."""
    mtbf_h: float = 500.0
    """Hours between two losses of one node."""
    detect_s: float = 60.0
    """From a loss until the shard may begin elsewhere."""
    repair_h: float = 2.0
    """Until the node is back."""

    @property
    def work_tokens(self) -> float:
        """All answer tokens."""
        return self.tasks * self.answer_tokens


class Spent(NamedTuple):
    """What became of the nodes' time, in node-hours."""

    makespan_h: float
    hours: dict[str, float]
    """`useful`, `start`, `fill and drain`, `lost in flight`, `down` and `idle`."""
    losses: int

    @property
    def goodput(self) -> float:
        """Share of all node-hours that became tasks."""
        return self.hours["useful"] / sum(self.hours.values())


@dataclass
class _Shard:
    """What is left to do, in tokens."""

    left: float


@dataclass
class _Cluster:
    """The state of a simulation: which node has which shard since when."""

    plan: Plan
    rng: random.Random
    waiting: deque[_Shard]
    events: list[tuple[float, int, int, str]] = field(default_factory=list[tuple[float, int, int, str]])
    """When, a number that settles ties, which node's, and what: `done`, `lost`, `back`, or `again` for a shard."""
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    at: dict[int, tuple[_Shard, float, float]] = field(default_factory=dict[int, tuple[_Shard, float, float]])
    """A node's shard, when it was taken, and when the first token of it was made."""
    cold: set[int] = field(default_factory=set[int])
    """Nodes without an engine."""
    free: list[int] = field(default_factory=list[int])
    hours: defaultdict[str, float] = field(default_factory=lambda: defaultdict[str, float](float))
    losses: int = 0
    ended: float = 0.0
    orphans: dict[int, _Shard] = field(default_factory=dict[int, _Shard])

    def put(self, when: float, node: int, what: str) -> None:
        """Plan an event."""
        heapq.heappush(self.events, (when, next(self.numbers), node, what))

    def assign(self, now: float) -> None:
        """Give waiting shards to free nodes."""
        while self.waiting and self.free:
            node, shard = self.free.pop(), self.waiting.popleft()
            start = self.plan.begin_s + (self.plan.start_s if node in self.cold else 0.0)
            self.cold.discard(node)
            begun = now + start
            self.at[node] = (shard, now, begun)
            extra = 2 * self.plan.drain_s * _AT_HALF
            self.put(begun + shard.left / self.plan.rate_tps + extra, node, "done")

    def done(self, node: int, now: float) -> None:
        """End a shard."""
        shard, taken, begun = self.at.pop(node)
        self._count(begun - taken, "start")
        self._count(shard.left / self.plan.rate_tps, "useful")
        self._count(2 * self.plan.drain_s * _AT_HALF, "fill and drain")
        self.free.append(node)
        self.ended = now

    def lost(self, node: int, now: float) -> None:
        """Lose a node; its shard goes on elsewhere, with what was answered."""
        self.losses += 1
        self.cold.add(node)
        self.put(now + self.plan.repair_h * _HOUR, node, "back")
        if node in self.free:
            self.free.remove(node)
        if node not in self.at:
            return
        shard, taken, begun = self.at.pop(node)
        self._count(min(now, begun) - taken, "start")
        worked = max(0.0, now - begun)
        filling = min(worked, self.plan.drain_s) * _AT_HALF
        made = min(shard.left, (worked - filling) * self.plan.rate_tps)
        in_flight = min(made, self.plan.in_flight * self.plan.request_tokens / 2)
        shard.left -= made - in_flight
        self._count(filling, "fill and drain")
        self._count(in_flight / self.plan.rate_tps, "lost in flight")
        self._count((made - in_flight) / self.plan.rate_tps, "useful")
        self.orphans[node] = shard
        self.put(now + self.plan.detect_s, node, "again")

    def _count(self, seconds: float, what: str) -> None:
        self.hours[what] += seconds / _HOUR


def simulate(plan: Plan, seed: int = _SEED) -> Spent:
    """Run a plan to its end."""
    rng = random.Random(seed)
    cluster = _Cluster(plan, rng, deque(_shards(plan, rng)), cold=set(range(plan.nodes)), free=[*range(plan.nodes)])
    for node in range(plan.nodes):
        cluster.put(rng.expovariate(1 / (plan.mtbf_h * _HOUR)), node, "lost")
    down: dict[int, float] = {}
    down_h = 0.0
    cluster.assign(0.0)
    while cluster.at or cluster.waiting or cluster.orphans:
        now, _, node, what = heapq.heappop(cluster.events)
        if what == "done" and _is_current(cluster, node, now):
            cluster.done(node, now)
        elif what == "lost":
            cluster.lost(node, now)
            down[node] = now
        elif what == "back":
            down_h += (now - down.pop(node)) / _HOUR
            cluster.free.append(node)
            cluster.put(now + rng.expovariate(1 / (plan.mtbf_h * _HOUR)), node, "lost")
        elif what == "again":
            cluster.waiting.appendleft(cluster.orphans.pop(node))
        cluster.assign(now)
    makespan_h = cluster.ended / _HOUR
    down_h += sum(max(0.0, cluster.ended - since) for since in down.values()) / _HOUR
    hours = {**cluster.hours, "down": down_h}
    hours["idle"] = max(0.0, plan.nodes * makespan_h - sum(hours.values()))
    return Spent(makespan_h, hours, cluster.losses)


def _is_current(cluster: _Cluster, node: int, now: float) -> bool:
    """Return whether an end is that of the shard which the node has: a lost node's planned end never comes."""
    if node not in cluster.at:
        return False
    shard, _, begun = cluster.at[node]
    plan = cluster.plan
    return math.isclose(now, begun + shard.left / plan.rate_tps + 2 * plan.drain_s * _AT_HALF, rel_tol=1e-12)


def _shards(plan: Plan, rng: random.Random) -> list[_Shard]:
    """Return the shards' work: fields fall into them by chance, and an environment's work varies."""
    mean = plan.tasks_per_environment * plan.answer_tokens
    environments = round(plan.tasks / plan.tasks_per_environment)
    works = [0.0] * plan.shards
    homes = [rng.randrange(plan.shards) for _ in range(plan.fields)]
    for number in range(environments):
        works[homes[number % plan.fields]] += mean * rng.lognormvariate(-_SPREAD * _SPREAD / 2, _SPREAD)
    return [_Shard(work) for work in works if work]


def main(arguments: Sequence[str]) -> int:
    """Simulate, and print what was found; returns the exit code."""
    parser = command("scale", "A million tasks on many nodes that fail, simulated.")
    plan = Plan()
    for name, value in vars(plan).items():
        if name != "shards":
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    parser.add_argument("--shards", type=integers, default=[1_000, 2_000, 4_000, 8_000], metavar="N,N,…")
    options = parser.parse_args(arguments)
    return tell(_finding(_planned(options), options.shards), options)


def _planned(options: argparse.Namespace) -> Plan:
    given = {name: getattr(options, name) for name in vars(Plan()) if name != "shards"}
    return Plan(**given)


def _finding(plan: Plan, shards: Sequence[int]) -> Finding:
    work_h = plan.work_tokens / plan.rate_tps / _HOUR
    figures: JsonObject = {"node_hours_of_work": round(work_h)}
    lines = [
        (
            f"{plan.tasks:,} tasks of {plan.answer_tokens:,.0f} answer tokens: {work_h:,.0f} node-hours at"
            f" {plan.rate_tps:,.0f} tokens/s; {plan.nodes:,} nodes, each lost every {plan.mtbf_h:,.0f} h"
        ),
        f"{'shards':>8} {'hours':>7} {'goodput':>8} {'losses':>7}  share of the nodes' time",
    ]
    for count in shards:
        spent = simulate(replace(plan, shards=count))
        shares = {what: hours / sum(spent.hours.values()) for what, hours in spent.hours.items()}
        figures[str(count)] = {
            "hours": round(spent.makespan_h, 2),
            "goodput": round(spent.goodput, 4),
            "losses": spent.losses,
            **{what.replace(" ", "_"): round(share, 5) for what, share in shares.items()},
        }
        told = ", ".join(f"{what} {share:.2%}" for what, share in shares.items() if what != "useful")
        lines.append(f"{count:8,} {spent.makespan_h:7.2f} {spent.goodput:8.1%} {spent.losses:7}  {told}")
    return Finding(figures, lines)
