"""A table with totals under it, fitted to a place of any size: no line is wider, and there are no more of them.

What goes for want of room, in this order. Of the width: every second space between columns, then columns by their rank,
then the ends of names; of a line of totals its last parts. Of the height: blank lines, the rule under the head, rows by
their rank, the head with the last of them. The totals stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

__all__ = ["Column", "FittedTable"]

_SHORTEST_NAME = 8
"""Cells that are left of a name when it is shortened: enough to know a stage by."""
_BETWEEN = " · "


class Column(NamedTuple):
    """One column beside the names; with a rank, and of these the lowest, it goes where there is no room."""

    head: str
    cells: Sequence[Text]
    rank: int

    @property
    def width(self) -> int:
        """Cells that it needs."""
        return max(map(cell_len, (self.head, *(cell.plain for cell in self.cells))))


@dataclass(frozen=True)
class FittedTable:
    """What is to be shown, whatever the size of the place."""

    head: str
    """What stands over the names."""
    names: Sequence[str]
    columns: Sequence[Column]
    ranks: Sequence[int]
    """Of each row; where there is no room, the lowest goes."""
    totals: Sequence[Sequence[str]]
    """Lines of parts, the most important first."""

    def lines(self, width: int, height: int | None = None) -> list[Text]:
        """Return lines of at most `width` cells, `height` of them at most (but never fewer than the totals)."""
        room = None if height is None else height - len(self.totals)
        table = self._table(width, room)
        return [*table, *(Text(_fitted(parts, width)) for parts in self.totals)]

    def _table(self, width: int, room: int | None) -> list[Text]:
        shown = self._rows(room)
        if not shown:
            return []
        head, *rows = self._cells(width, shown)
        rule = Text(" " + "─" * (max(line.cell_len for line in (head, *rows)) - 1))
        for lines in ([Text(), head, rule, *rows, Text()], [head, rule, *rows]):
            if room is None or len(lines) <= room:
                return lines
        return [head, *rows]

    def _rows(self, room: int | None) -> list[int]:
        """Choose the rows that there is room for, in their order."""
        every = range(len(self.names))
        count = len(every) if room is None else min(len(every), max(0, room - 1))
        return sorted(sorted(every, key=lambda row: -self.ranks[row])[:count])

    def _cells(self, width: int, shown: Sequence[int]) -> Iterator[Text]:
        """Yield the head and the rows in the columns that there is room for."""
        names = max(map(cell_len, (self.head, *self.names)))
        columns, gap = list(self.columns), 2
        while 1 + names + sum(gap + column.width for column in columns) > width:
            if gap > 1:
                gap = 1
            elif names > _SHORTEST_NAME and len(columns) == 1:
                names -= 1
            elif columns:
                columns.remove(min(columns, key=lambda column: column.rank))
            else:
                break
        between = Text(" " * gap)
        yield _line(self.head, names, [Text(column.head.rjust(column.width)) for column in columns], between)
        for row in shown:
            cells = [_right(column.cells[row], column.width) for column in columns]
            yield _line(self.names[row], names, cells, between)


def _line(name: str, names: int, cells: Sequence[Text], between: Text) -> Text:
    first = Text(name)
    first.truncate(names, overflow="ellipsis", pad=True)
    line = Text(" ").append(between.join([first, *cells]))
    line.rstrip()
    return line


def _right(cell: Text, width: int) -> Text:
    return Text(" " * (width - cell.cell_len)).append(cell)


def _fitted(parts: Sequence[str], width: int) -> str:
    """Join as many parts as there is room for, one at least."""
    kept = list(parts)
    while len(kept) > 1 and 1 + cell_len(_BETWEEN.join(kept)) > width:
        kept.pop()
    line = Text(" " + _BETWEEN.join(kept))
    line.truncate(width, overflow="ellipsis")
    return line.plain
