"""A terminal to look at: what a person would see of the bytes that were sent, before and after a resize."""

from __future__ import annotations

import io

from pyte import Screen, Stream


class Terminal(io.StringIO):
    """A screen with what scrolled off it; as a file it takes text as a pty would hand it on."""

    def __init__(self, columns: int, rows: int, *, wraps: bool = True) -> None:
        """`wraps`: whether a resize wraps what is too wide, as most terminals do, or cuts it off, as xterm does."""
        super().__init__()
        self.wraps = wraps
        self.above: list[str] = []
        self._open(columns, rows)

    def _open(self, columns: int, rows: int) -> None:
        self.screen = Screen(columns, rows)
        self._stream = Stream(self.screen)

    def write(self, text: str) -> int:
        """Show text, whose line breaks also return the carriage."""
        self.feed(text.replace("\n", "\r\n"))
        return len(text)

    def feed(self, text: str) -> None:
        """Show text as it came from a pty."""
        for line in text.splitlines(keepends=True):
            if line.endswith("\n") and self.screen.cursor.y == self.screen.lines - 1:
                self.above.append(self.lines()[0])
            self._stream.feed(line)

    def lines(self) -> list[str]:
        """Return what stands on the screen, without the blanks at the ends."""
        return [line.rstrip() for line in self.screen.display]

    def resize(self, columns: int, rows: int) -> None:
        """Become another size; the cursor stays with what it stood behind."""
        row, column = self.screen.cursor.y, self.screen.cursor.x
        shown = [*self.lines()[:row], self.lines()[row][:column].ljust(column)]
        if self.wraps:
            starts = [range(0, max(1, len(line)), columns) for line in shown]
            shown = [line[start : start + columns] for line, at in zip(shown, starts, strict=True) for start in at]
        else:
            shown = [line[:columns] for line in shown]
        off = max(0, len(shown) - rows)
        self.above += shown[:off]
        self._open(columns, rows)
        self._stream.feed("\r\n".join(shown[off:]))
