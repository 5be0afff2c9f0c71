"""Walks over a tool graph that branch and join, the least-used tools and connections first.

A *chain* follows edges; where a step lacks what another tool could feed it, that tool is inserted before it. A *branch*
is a walk that is split: two ways lead on from what one step gives. A *join* is two walks merged: both lead into what
one step takes. Where the graph has no place for such a shape, a chain serves. Of the ways from a step those to the
least-used tools come first, then the least-used connections, then chance, by the edges' weights.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import pairwise

from stages.sequencing.wanted_shapes import Shape
from synthtools_stream.toolgraph.tool_graph import Graph

__all__ = ["OPENING", "Walks"]

OPENING = 2
"""Calls with which no two sequences of an environment both begin: tasks that start alike go on alike."""
DRAWS = 16
"""Walks of which the freshest is taken: that costs a millisecond, and one that begins like another a request."""
WAYS = 2
"""Ways on from a step, or into it, that make it a place where a walk is split, or two are merged."""


class Walks:
    """Draws walks, and remembers what it has drawn; deterministic by `rng`."""

    def __init__(self, graph: Graph, rng: random.Random) -> None:
        self._graph = graph
        self._rng = rng
        self._uses: Counter[tuple[str, ...]] = Counter()
        """How often each tool and each pair of neighbours was drawn."""
        self._openings: Counter[tuple[str, ...]] = Counter()
        self._known: Counter[tuple[str, ...]] = Counter()

    def draw(self, shape: Shape) -> list[str]:
        """Draw a walk of `shape.length` tools, of `shape.pattern` where the graph has a place for it.

        Whoever asks again found no use for what was drawn before: where the pattern has no other walk, it is a chain.
        """
        walks = [self._drawn(shape) for _ in range(DRAWS)]
        if all(self._known[tuple(walk)] for walk in walks):
            walks = [self._chain(shape.length) for _ in range(DRAWS)]
        walk = min(walks, key=self._wear)
        self._known[tuple(walk)] += 1
        self._openings[tuple(walk[:OPENING])] += 1
        self._uses.update(_parts(walk))
        return walk

    def forget(self, walk: list[str]) -> None:
        """Take back a walk that was drawn and is not used: nothing of it counts as used, and it may come again."""
        self._known[tuple(walk)] -= 1
        self._openings[tuple(walk[:OPENING])] -= 1
        self._uses.subtract(_parts(walk))

    def _drawn(self, shape: Shape) -> list[str]:
        walk: list[str] | None = None
        if shape.pattern == "branch":
            walk = self._split(shape.length)
        elif shape.pattern == "join":
            walk = self._merged(shape.length)
        return walk or self._chain(shape.length)

    def _wear(self, walk: list[str]) -> tuple[int, float]:
        """How much of a walk was drawn before: its opening, and on average its tools and pairs."""
        return self._openings[tuple(walk[:OPENING])], sum(self._uses[part] for part in _parts(walk)) / len(walk)

    def _chain(self, length: int) -> list[str]:
        walk = self._onward(self._least_used(self._graph), [], length - 1)
        if not self._insert(walk):
            walk.append(self._next(walk[-1], walk))
        return walk

    def _insert(self, walk: list[str]) -> bool:
        """Put a tool before the first step that needs it: one that nothing before feeds, and the tool does."""
        for place, step in enumerate(walk):
            feeders = self._feeders(step)
            fresh = [name for name in feeders if name not in walk]
            if fresh and not feeders & {*walk[:place]}:
                walk.insert(place, self._least_used(fresh, to=step))
                return True
        return False

    def _split(self, length: int) -> list[str] | None:
        """Return a walk with two ways on from one step; None where no step feeds two, or it is too short for them."""
        hubs = [name for name in self._graph if len(self._fed(name)) >= WAYS]
        if length <= WAYS or not hubs:
            return None
        hub = self._least_used(hubs)
        walk = self._backward(hub, [], (length - 1) // 3)
        for part in _halves(length - len(walk)):
            ways = self._fed(hub).difference(walk)
            if not ways:
                return None
            walk += self._onward(self._least_used(ways, last=hub), walk, part)
        return walk

    def _merged(self, length: int) -> list[str] | None:
        """Return two walks that lead into one step; None where none is fed by two, or it is too short for them."""
        hubs = [name for name in self._graph if len(self._feeders(name)) >= WAYS]
        if length <= WAYS or not hubs:
            return None
        hub = self._least_used(hubs)
        walk: list[str] = []
        for part in _halves(length - 1):
            ways = self._feeders(hub).difference(walk)
            if not ways:
                return None
            way = self._least_used(self._other_inputs(hub, ways, walk), to=hub)
            walk += self._backward(way, [*walk, hub], part - 1)
        return walk + self._onward(hub, walk, length - len(walk))

    def _other_inputs(self, hub: str, ways: set[str], walk: Collection[str]) -> set[str]:
        """Keep the ways that feed another parameter of `hub` than the walk so far does, if there are any."""
        takes = {name: self._graph.edges[name, hub]["takes"] for name in self._feeders(hub)}
        held = {takes[name] for name in takes if name in walk}
        return {name for name in ways if takes[name] not in held} or ways

    def _onward(self, first: str, taken: Collection[str], length: int) -> list[str]:
        """Walk from `first` until there are `length` tools, past those taken."""
        walk = [first]
        while len(walk) < length:
            walk.append(self._next(walk[-1], [*taken, *walk]))
        return walk

    def _backward(self, last: str, taken: Collection[str], steps: int) -> list[str]:
        """Return up to `steps` tools that lead to `last`, and `last`."""
        walk = [last]
        while len(walk) <= steps:
            before = {*self._graph.predecessors(walk[0])}.difference(taken, walk)
            if not before:
                break
            walk.insert(0, self._least_used(before, to=walk[0]))
        return walk

    def _next(self, last: str, taken: Collection[str]) -> str:
        """Follow an edge; at a dead end go on from any tool, by preference one that was not taken."""
        ways = {*self._graph.successors(last)}.difference(taken) or {*self._graph}.difference(taken)
        return self._least_used(ways or {*self._graph} - {last}, last=last)

    def _fed(self, name: str) -> set[str]:
        return {there for there in self._graph.successors(name) if self._feeds(name, there)}

    def _feeders(self, name: str) -> set[str]:
        return {here for here in self._graph.predecessors(name) if self._feeds(here, name)}

    def _feeds(self, here: str, there: str) -> bool:
        return self._graph.edges[here, there].get("kind") == "feeds"

    def _least_used(self, names: Iterable[str], *, last: str = "", to: str = "") -> str:
        """Choose among `names`, of which one is to follow `last`, or to come before `to`."""
        pairs = {name: (name, to) if to else (last, name) for name in names}
        uses = {name: (self._uses[name,], self._uses[pair]) for name, pair in pairs.items()}
        least = min(uses.values())
        best = sorted(name for name in pairs if uses[name] == least)
        weights = [
            self._graph.edges[pair]["weight"] if (pair := pairs[name]) in self._graph.edges else 1 for name in best
        ]
        return self._rng.choices(best, weights)[0]


def _parts(walk: list[str]) -> list[tuple[str, ...]]:
    return [*((name,) for name in walk), *pairwise(walk)]


def _halves(length: int) -> tuple[int, int]:
    return length - length // 2, length // 2
