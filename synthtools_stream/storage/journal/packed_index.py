"""A table from 64-bit keys to places in a log, in some 35 bytes an entry where a dict of integers takes 110.

Open addressing over arrays, in many small tables chosen by the key's upper bits: a table that is full is laid out anew,
and a small one takes a millisecond for it, so nobody who waits for the event loop is held up. Keys must be well
mixed, as hashes are. Nothing is ever taken out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["PackedIndex", "Place"]

_TABLES_BITS = 8
"""Bits of a key that choose its table: of 256 tables each stays small enough to be laid out anew in a millisecond."""
_KEY_BITS = 64
"""Bits of a key: of a billion items two share one with a chance of one in forty."""
_TAG_BITS = 2
"""Bits of a tag, which leave 62 for the offset beside it."""
_TAG_MASK = (1 << _TAG_BITS) - 1
_FIRST_SIZE = 8
"""Slots of an empty table; a power of two."""


class Place(NamedTuple):
    """Where something lies, and a small number that says what it is."""

    offset: int
    """Below 2**62."""
    length: int
    """Below 2**32."""
    tag: int = 0
    """Below 4."""


class PackedIndex:
    """Maps keys to places; the latest place of a key stands."""

    def __init__(self) -> None:
        """Start with empty tables."""
        self._tables = [_Table() for _ in range(1 << _TABLES_BITS)]

    def __len__(self) -> int:
        """Count the keys."""
        return sum(table.used for table in self._tables)

    def find(self, key: int) -> Place | None:
        """Return the place of a key; None if it has none."""
        return self._tables[key >> (_KEY_BITS - _TABLES_BITS)].find(key or 1)

    def put(self, key: int, place: Place) -> None:
        """Give a key its place, or another one; the latest stands."""
        self._tables[key >> (_KEY_BITS - _TABLES_BITS)].put(key or 1, place)  # 0 marks what is empty


class _Table:
    """A small table; its size is a power of two, and at most four fifths of it are used."""

    __slots__ = ("_keys", "_lengths", "_places", "used")

    def __init__(self) -> None:
        self.used = 0
        self._lay_out(_FIRST_SIZE)

    def find(self, key: int) -> Place | None:
        slot = self._slot(key)
        if not self._keys[slot]:
            return None
        place = self._places[slot]
        return Place(place >> _TAG_BITS, self._lengths[slot], place & _TAG_MASK)

    def put(self, key: int, place: Place) -> None:
        slot = self._slot(key)
        if not self._keys[slot]:
            self.used += 1
            if 5 * self.used > 4 * len(self._keys):
                self._double()
                slot = self._slot(key)
        self._keys[slot] = key
        self._places[slot] = place.offset << _TAG_BITS | place.tag
        self._lengths[slot] = place.length

    def _slot(self, key: int) -> int:
        keys = self._keys
        mask = len(keys) - 1
        slot = key & mask
        while (there := keys[slot]) and there != key:
            slot = (slot + 1) & mask
        return slot

    def _lay_out(self, size: int) -> None:
        self._keys = array("Q", bytes(8 * size))
        self._places = array("Q", bytes(8 * size))
        self._lengths = array("I", bytes(4 * size))

    def _double(self) -> None:
        entries = list(self._entries())
        self._lay_out(2 * len(self._keys))
        for key, place, length in entries:
            slot = self._slot(key)
            self._keys[slot], self._places[slot], self._lengths[slot] = key, place, length

    def _entries(self) -> Iterator[tuple[int, int, int]]:
        for key, place, length in zip(self._keys, self._places, self._lengths, strict=True):
            if key:
                yield key, place, length
