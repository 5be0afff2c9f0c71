"""Lines of one file that share an id: the last of them counts, and that is said."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["SharedIds"]

_SHOWN = 80
"""Characters of an id that are shown: whole, for any of ours."""


@dataclass
class SharedIds:
    """Which lines (in parquet: rows) have the id of another."""

    lines: int = 0
    first: tuple[str, int, int] | None = None
    """The first id that stands there again, and its first two lines."""
    _ids: set[str] = field(default_factory=set[str])

    def add(self, name: str, earlier: int, later: int) -> None:
        """Take note of a line whose id stood there before."""
        self.lines += 1 if name in self._ids else 2
        self._ids.add(name)
        if self.first is None:
            self.first = (name, earlier, later)

    def __str__(self) -> str:
        """Say it in one line."""
        if self.first is None:
            return "no lines share an id"
        name, earlier, later = self.first
        return (
            f"{self.lines:,} lines share an id (the first: {name[:_SHOWN]!r} on {earlier} and {later}); the last counts"
        )
