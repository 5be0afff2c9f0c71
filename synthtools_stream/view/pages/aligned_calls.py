"""Two lists of calls side by side: aligned by tool and order, and which arguments the other has otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from synthtools_stream.values.jsontypes import Json, same_json
from synthtools_stream.view.pages.attempt_messages import PlayedCall

__all__ = ["AlignedCalls", "ArgumentPair", "aligned"]

_ALIGNED_CALLS = 400
"""Calls of an attempt up to which the best alignment is sought; beyond it, it would take seconds."""


@dataclass(frozen=True)
class ArgumentPair:
    """One argument in two calls; a side that lacks it is None, else a tuple of its value."""

    name: str
    one: tuple[Json] | None
    other: tuple[Json] | None

    @property
    def kind(self) -> Literal["same", "changed", "removed", "inserted"]:
        """How the other side has it."""
        if self.one is None or self.other is None:
            return "inserted" if self.one is None else "removed"
        return "same" if same_json(self.one[0], self.other[0]) else "changed"


@dataclass(frozen=True)
class AlignedCalls:
    """A call of one attempt, one of the other, or both, where they are of one tool."""

    one: PlayedCall | None
    other: PlayedCall | None
    arguments: Sequence[ArgumentPair]

    @property
    def kind(self) -> Literal["same", "changed", "removed", "inserted"]:
        """How the other attempt has the call."""
        if self.one is None or self.other is None:
            return "inserted" if self.one is None else "removed"
        same = all(pair.kind == "same" for pair in self.arguments)
        return "same" if same and self.is_alike_answered else "changed"

    @property
    def is_alike_answered(self) -> bool:
        """Both calls came to the same status and result."""
        one, other = self.one, self.other
        return (
            one is not None
            and other is not None
            and one.status_code == other.status_code
            and same_json(one.result, other.result)
        )


def aligned(one: Sequence[PlayedCall], other: Sequence[PlayedCall]) -> list[AlignedCalls]:
    """Return two lists of calls aligned: the longest common runs of tools' names lie side by side."""
    names = [call.name for call in one], [call.name for call in other]
    if max(map(len, names)) > _ALIGNED_CALLS:
        return list(_paired(one, other))
    rows: list[AlignedCalls] = []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if kind == "equal":
            rows += [_pair(a, b) for a, b in zip(one[i:i_end], other[j:j_end], strict=True)]
        else:
            rows += [AlignedCalls(call, None, _arguments(call, None)) for call in one[i:i_end]]
            rows += [AlignedCalls(None, call, _arguments(None, call)) for call in other[j:j_end]]
    return rows


def _paired(one: Sequence[PlayedCall], other: Sequence[PlayedCall]) -> Iterator[AlignedCalls]:
    """Yield calls side by side as they come, as long as they are of one tool."""
    for index in range(max(len(one), len(other))):
        a, b = (calls[index] if index < len(calls) else None for calls in (one, other))
        if a is not None and b is not None and a.name == b.name:
            yield _pair(a, b)
            continue
        if a is not None:
            yield AlignedCalls(a, None, _arguments(a, None))
        if b is not None:
            yield AlignedCalls(None, b, _arguments(None, b))


def _pair(one: PlayedCall, other: PlayedCall) -> AlignedCalls:
    return AlignedCalls(one, other, _arguments(one, other))


def _arguments(one: PlayedCall | None, other: PlayedCall | None) -> list[ArgumentPair]:
    ours, theirs = _named(one), _named(other)
    names = list(dict.fromkeys([*ours, *theirs]))
    return [
        ArgumentPair(name, (ours[name],) if name in ours else None, (theirs[name],) if name in theirs else None)
        for name in names
    ]


def _named(call: PlayedCall | None) -> dict[str, Json]:
    """Return a call's arguments as they were said, by name; such as are no object under an empty name."""
    if call is None:
        return {}
    if call.said is None and call.understood is not None:
        return {part.name: part.value for part in call.understood.arguments or ()}
    return call.said if isinstance(call.said, dict) else {"": call.said}
