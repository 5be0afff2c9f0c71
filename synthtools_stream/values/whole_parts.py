"""A whole number in parts whose sizes are as near to given weights as whole ones come."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["whole_parts"]


def whole_parts(weights: Sequence[float], total: int) -> list[int]:
    """Return whole numbers that make `total`, by largest remainder; of equal ones the earlier gets more.

    Weights may have any sum above 0.
    """
    wanted = [weight / sum(weights) * total for weight in weights]
    parts = [int(share) for share in wanted]
    owed = sorted(range(len(parts)), key=lambda place: parts[place] - wanted[place])
    for place in owed[: total - sum(parts)]:
        parts[place] += 1
    return parts
