"""What is asked of the chosen tasks together: how many, how many of each value, and whether two may say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from synthtools_stream.errors import UsageError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["BALANCED", "Dimension", "WantedSample"]

BALANCED = "balanced"


class Dimension(StrEnum):
    """By what tasks are counted."""

    field = "field"
    pattern = "pattern"
    """How the steps hang together."""
    length = "length"
    """Calls of the ground truth."""
    variant = "variant"


@dataclass(frozen=True)
class WantedSample:
    """A choice among the tasks that are chosen one by one. By default there is none."""

    count: int | None = None
    """Tasks at most, the most different ones; None for all that the rest allows."""
    quotas: Mapping[Dimension, int | None] = field(default_factory=dict[Dimension, int | None])
    """Tasks of each value at most; None for as evenly as the tasks allow."""
    duplicates: bool = True
    """Whether tasks stay that say nearly what an earlier one says."""

    def __post_init__(self) -> None:
        """Refuse an even share of nothing.

        :raises UsageError: where a quota is balanced and no count is told.
        """
        if self.count is None and None in self.quotas.values():
            raise UsageError(f"--quota …={BALANCED}: needs --sample, of which each value gets its even part")

    @classmethod
    def of(cls, count: int | None, quotas: Iterable[str], *, duplicates: bool) -> Self:
        """Read quotas such as `field=20` and `variant=balanced`.

        :raises UsageError: for what is none.
        """
        read: dict[Dimension, int | None] = {}
        for text in quotas:
            name, _, most = text.partition("=")
            if name not in [*Dimension] or Dimension(name) in read or not (most == BALANCED or _is_count(most)):
                known = ", ".join(Dimension)
                raise UsageError(
                    f"--quota {text}: write field=20 or field={BALANCED}, once for each of {known}, 20 tasks at most"
                )
            read[Dimension(name)] = None if most == BALANCED else int(most)
        return cls(count, read, duplicates)

    def asked(self) -> JsonObject:
        """Return what decides which rows are written; nothing where nothing is asked."""
        told: JsonObject = {}
        if self.count is not None:
            told["sample"] = self.count
        if self.quotas:
            told["quotas"] = {
                name.value: BALANCED if most is None else most for name, most in sorted(self.quotas.items())
            }
        if not self.duplicates:
            told["near_duplicates"] = False
        return told


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) > 0
