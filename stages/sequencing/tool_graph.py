"""The tool graph of one environment: which tool's values another tool can take.

An edge a → b says that an output or a parameter of `a` resembles a parameter of `b`, by name and description. The
threshold is not a fixed similarity, which would depend on wording, but follows from a target mean degree: the most
alike pairs are joined until the graph has that many edges. A walk follows edges, taking least-used tools and pairs
first; where it meets a dead end it goes on from the least-used tool that is left.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from typing import NamedTuple

from synthtools_stream.records import Tool
from synthtools_stream.wording.similarity import overlap, trigrams

__all__ = ["MEAN_DEGREE", "ToolGraph"]

MEAN_DEGREE = 3.0
"""Edges that leave a tool, on average: enough that walks differ, few enough that they make sense."""
SHARED_INPUT = 0.8
"""Share of its likeness for which a parameter counts that both tools take: an output that feeds one says more."""


class ToolGraph:
    """A directed graph over the names of `tools`; unconnected ones serve as the random baseline."""

    def __init__(self, tools: Sequence[Tool], *, connected: bool = True) -> None:
        """Join the most alike pairs; with `connected` false, every tool leads to every other."""
        names = self._names = [tool.tool_name for tool in tools]
        self.following = _most_alike(tools) if connected else {a: [b for b in names if b != a] for a in names}
        """What each tool leads to, most alike first; in the baseline in the tools' order."""

    def walk(self, length: int, uses: Counter[tuple[str, ...]], rng: random.Random) -> list[str]:
        """Draw a walk of `length` tools and count its tools and pairs into `uses`."""
        path: list[str] = []
        while len(path) < length:
            step = self._next(path, uses, rng)
            if path:
                uses[path[-1], step] += 1
            uses[step,] += 1
            path.append(step)
        return path

    def _next(self, path: list[str], uses: Counter[tuple[str, ...]], rng: random.Random) -> str:
        options = [name for name in self.following[path[-1]] if name not in path] if path else self._names
        options = options or [name for name in self._names if name not in path]
        options = options or [name for name in self._names if name != path[-1]]
        last = path[-1:]
        return min(options, key=lambda name: (uses[name,], uses[(*last, name)], rng.random()))


def _most_alike(tools: Sequence[Tool]) -> dict[str, list[str]]:
    """Return the edges between the most alike pairs, by where they start."""
    following: dict[str, list[str]] = {tool.tool_name: [] for tool in tools}
    # Stable: of equally alike pairs the first in the tools' order stay.
    pairs = sorted(permutations(map(_ends, tools), 2), key=lambda pair: -_relatedness(*pair))
    for a, b in pairs[: round(MEAN_DEGREE * len(tools))]:
        following[a.name].append(b.name)
    return following


class _Ends(NamedTuple):
    """What a tool takes and gives, by the trigrams of name and description."""

    name: str
    takes: list[frozenset[str]]
    gives: list[frozenset[str]]


def _ends(tool: Tool) -> _Ends:
    return _Ends(
        tool.tool_name,
        [trigrams(f"{name} {parameter.description}") for name, parameter in tool.parameters.items()],
        [trigrams(f"{name} {output.description}") for name, output in tool.output_details.items()],
    )


def _relatedness(a: _Ends, b: _Ends) -> float:
    fed = max((overlap(x, y) for x in a.gives for y in b.takes), default=0.0)
    shared = max((overlap(x, y) for x in a.takes for y in b.takes), default=0.0)
    return max(fed, SHARED_INPUT * shared)
