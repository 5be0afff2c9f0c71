"""Shards: parts of any set of items that are the whole together, and have nothing in common.

An item's lineage alone decides to which part it belongs: whatever else there is, and in whichever run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

from synthtools_stream.values.lineages import lineage

__all__ = ["Shard"]

_FORM = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")


@dataclass(frozen=True)
class Shard:
    """Part `number`, from 1, of `count`."""

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Read `2/8`.

        :raises ValueError: for what is no shard.
        """
        found = _FORM.fullmatch(text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise ValueError(f"{text!r} is no shard; write 2/8 for the second of eight{_hint(text)}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        """Write it as `of` reads it."""
        return f"{self.number}/{self.count}"

    def holds(self, item_id: str) -> bool:
        """Say whether an item belongs to this part."""
        digest = blake2b(lineage(item_id).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.count == self.number - 1


def _hint(text: str) -> str:
    """Say what is likely meant: a number that was never filled in, or one that counts from 0."""
    number = text.partition("/")[0].strip()
    if not number:
        return " (no number: is the variable set that it comes from?)"
    return " (shards count from 1)" if number.isdigit() and not int(number) else ""
