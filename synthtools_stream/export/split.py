"""Parts of an export, such as train and test, by environment: no world is in two of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from math import isclose
from typing import Self

from synthtools_stream.errors import UsageError
from synthtools_stream.values.whole_parts import whole_parts

__all__ = ["Split"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


@dataclass(frozen=True)
class Split:
    """The share of environments that each part gets. The same environments and seed give the same parts."""

    shares: Mapping[str, float]
    seed: int = 0

    @classmethod
    def of(cls, text: str, seed: int) -> Self:
        """Read `train=0.9,test=0.1`.

        :raises UsageError: for what is no split.
        """
        shares: dict[str, float] = {}
        for piece in text.split(","):
            name, _, share = piece.strip().partition("=")
            try:
                value = float(share)
            except ValueError:
                value = 0.0
            if not _NAME.fullmatch(name) or name in shares or not 0 < value <= 1:
                raise UsageError(f"--split {text}: {piece.strip()!r} is no part; write train=0.9,test=0.1")
            shares[name] = value
        if not isclose(sum(shares.values()), 1, abs_tol=1e-6):
            raise UsageError(f"--split {text}: the parts make {sum(shares.values()):g}, not 1")
        return cls(shares, seed)

    def parts(self, environments: Iterable[str]) -> dict[str, str]:
        """Return the part of each environment: drawn by the seed, as near to the shares as whole ones come.

        A part gets none only where there are fewer environments than parts.
        """
        drawn = sorted(set(environments), key=self._place)
        counts = _whole_numbers(list(self.shares.values()), len(drawn))
        ends = accumulate(counts)
        found: dict[str, str] = {}
        begin = 0
        for name, end in zip(self.shares, ends, strict=True):
            found.update(dict.fromkeys(drawn[begin:end], name))
            begin = end
        return found

    def _place(self, environment: str) -> bytes:
        return blake2b(f"{self.seed}\n{environment}".encode(), digest_size=8).digest()


def _whole_numbers(shares: list[float], total: int) -> list[int]:
    """Return whole numbers that make `total`, in these shares; none is 0 where it need not be."""
    counts = whole_parts(shares, total)
    for part in range(len(counts)):
        if counts[part] == 0 and max(counts) > 1:
            counts[counts.index(max(counts))] -= 1
            counts[part] = 1
    return counts
