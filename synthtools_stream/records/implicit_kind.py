"""In what ways an argument may be meant without being said as it is."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ImplicitKind"]


class ImplicitKind(StrEnum):
    """What the value has to be made of."""

    relative_date = "relative_date"
    """A date, by its distance from today or from another date: next Tuesday, a week before the arrival."""
    unit = "unit"
    """An amount in another unit than the parameter's: two and a half tonnes for 2500 kg."""
    worked_out = "worked_out"
    """A number of others: twice its present fee, two more than the first, both together."""
    carried_over = "carried_over"
    """What an earlier answer told of a thing: the same as last time, my usual warehouse."""
