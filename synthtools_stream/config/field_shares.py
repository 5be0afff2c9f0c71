"""How many sequences each field of a run gets: decided at the start, so that order decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

from synthtools_stream.values.whole_parts import whole_parts

__all__ = ["MOST_SEQUENCES", "FieldShares", "field_weights"]

MOST_SEQUENCES = 200
"""Sequences an environment: beyond, its tools give none that begins otherwise."""


@dataclass(frozen=True)
class FieldShares:
    """The sequences of each field, and of its environments, which are numbered from 0."""

    by_field: Mapping[str, int]
    """Of all fields that are named."""
    environments: int
    """That a field can have."""

    @classmethod
    def of(cls, fields: Sequence[str], weights: Mapping[str, float], environments: int, sequences: int) -> Self:
        """Share out what fields with a weight would have together: `sequences` an environment."""
        wanted = {name: weight for name, weight in field_weights(fields, weights).items() if weight}
        parts = whole_parts([*wanted.values()], len(wanted) * environments * sequences)
        most = MOST_SEQUENCES * environments
        shared = {name: min(most, part) for name, part in zip(wanted, parts, strict=True)}
        return cls({name: shared.get(name, 0) for name in fields}, environments)

    def begun(self, field: str) -> int:
        """Return how many of a field's environments get any; the first ones."""
        return min(self.environments, self.by_field[field])

    def of_environment(self, field: str, number: int) -> int:
        """Return how many sequences the environment of that number gets."""
        each, more = divmod(self.by_field[field], self.environments)
        return each + (number < more)


def field_weights(fields: Iterable[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each field: that of the first name or glob that is its; 0 where none is."""
    return {
        name: next((weight for glob, weight in weights.items() if name == glob or fnmatchcase(name, glob)), 0.0)
        for name in fields
    }
