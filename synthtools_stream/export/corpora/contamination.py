"""How much of our requests stands in the tasks of a benchmark: equal word sequences, and near-duplicates.

A sequence of 13 words that two texts share was copied, or learnt by heart; that length is common since GPT-3 was
checked with it (Brown et al. 2020, appendix C). A shorter text counts as one sequence. Near-duplicates are pairs whose
character trigrams overlap, as `wording.similarity` says it.

Benchmarks come as files of any form: JSON, lines of JSON, text. Every text of a few words in them counts, but for what
describes tools: theirs are nobody's tasks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from synthtools_stream.errors import UsageError
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.similarity import NEAR_DUPLICATE, overlap, trigrams

__all__ = ["Benchmark", "Contamination", "contamination", "read_benchmark"]

_WORDS = 13
"""Words in a row that count as copied: shorter sequences are common turns of phrase."""
_LEAST_WORDS = 5
"""Of a text that counts: shorter ones are names, labels and ids."""
_OF_TOOLS = frozenset({"function", "functions", "tools", "api_list", "tool_list", "apis"})
"""Keys below which BFCL, ToolBench and the like describe tools."""
_SHOWN = 5
"""Ids that are told of each kind: to look at, not to count."""
_RARE = 200
"""Texts at most that share a word sequence which tells near-duplicates apart: what is in more of them says nothing."""
_SHINGLE = 3
"""Words of such a sequence: texts with seven tenths of their trigrams in common share some."""


@dataclass(frozen=True)
class Benchmark:
    """The texts of one file, ready to be compared with many requests."""

    name: str
    texts: int
    sequences: frozenset[int]
    """Hashes of the word sequences that count as copied."""
    trigrams: tuple[frozenset[str], ...]
    """Of each text, in order."""
    places: dict[tuple[str, ...], list[int]]
    """The texts that hold a few words in a row."""

    def copies(self, request: str) -> bool:
        """Say whether a sequence of the request stands in it."""
        return not self.sequences.isdisjoint(_sequences(request))

    def is_near(self, request: str) -> bool:
        """Say whether the request says nearly the same as one of the texts."""
        mine = trigrams(request)
        found = Counter[int]()
        for shingle in _in_a_row(request, _SHINGLE):
            places = self.places.get(shingle, [])
            found.update(places if len(places) <= _RARE else [])
        return any(overlap(mine, self.trigrams[text]) >= NEAR_DUPLICATE for text, _ in found.most_common(_RARE))


@dataclass
class Contamination:
    """What a corpus has in common with one benchmark, request by request."""

    benchmark: Benchmark
    requests: int = 0
    copied: int = 0
    near: int = 0
    shown: list[str] = field(default_factory=list[str])
    """The first ids of those."""

    def add(self, name: str, request: str) -> None:
        """Compare a request, whose id is `name`."""
        copied, near = self.benchmark.copies(request), self.benchmark.is_near(request)
        self.requests += 1
        self.copied += copied
        self.near += near
        if (copied or near) and len(self.shown) < _SHOWN:
            self.shown.append(name)


def read_benchmark(path: Path) -> Benchmark:
    """Read the texts of a file.

    :raises UsageError: when it cannot be read, or holds none.
    """
    texts = list(dict.fromkeys(text for text in _texts(path) if len(_words(text)) >= _LEAST_WORDS))
    if not texts:
        raise UsageError(f"{path}: holds no text of {_LEAST_WORDS} words or more")
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        for shingle in _in_a_row(text, _SHINGLE):
            places[shingle].append(index)
    sequences = frozenset(sequence for text in texts for sequence in _sequences(text))
    return Benchmark(path.name, len(texts), sequences, tuple(map(trigrams, texts)), dict(places))


def contamination(requests: Iterable[tuple[str, str]], benchmarks: Iterable[Benchmark]) -> list[Contamination]:
    """Compare requests, as id and text, with each benchmark."""
    found = [Contamination(benchmark) for benchmark in benchmarks]
    for name, request in requests:
        for one in found:
            one.add(name, request)
    return found


def _texts(path: Path) -> Iterator[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        yield from _of_json(orjson.loads(content))
        return
    except orjson.JSONDecodeError:
        pass
    for line in content.splitlines():
        try:
            yield from _of_json(orjson.loads(line))
        except orjson.JSONDecodeError:
            yield line.decode("utf-8", "replace")


def _of_json(value: Json) -> Iterator[str]:
    open_values = [value]
    while open_values:
        item = open_values.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            open_values += item
        elif isinstance(item, dict):
            open_values += [inner for key, inner in item.items() if key not in _OF_TOOLS]


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


def _in_a_row(text: str, count: int) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    for begin in range(max(1, len(words) - count + 1)):
        yield tuple(words[begin : begin + count])


def _sequences(text: str) -> set[int]:
    return {hash(sequence) for sequence in _in_a_row(text, _WORDS)}
