"""What was made of a value, remembered by which object it is: for large values that many ask about and nobody changes.

To look a value up by what it holds would cost as much as making it anew. What is remembered is held, so no other object
can get its address meanwhile.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["ObjectMemo"]

In = TypeVar("In")
Out = TypeVar("Out")


class ObjectMemo(Generic[In, Out]):
    """A function of values that are never written in place; the latest objects it was called with are remembered."""

    def __init__(self, make: Callable[[In], Out], size: int) -> None:
        """Remember what `make` returns, for `size` objects at most."""
        self._make = make
        self._size = size
        self._known: OrderedDict[int, tuple[In, Out]] = OrderedDict()

    def __call__(self, value: In) -> Out:
        """Return what was made of this very object, or make it."""
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        made = self._make(value)
        if len(self._known) >= self._size:
            self._known.popitem(last=False)
        self._known[id(value)] = (value, made)
        return made
