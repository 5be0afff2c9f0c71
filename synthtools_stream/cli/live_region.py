"""A region at the end of a terminal's output that is drawn again and again in place, and survives any resize.

Whatever else is printed meanwhile, on the console or on stderr, goes above it and scrolls away as usual. What makes
this hard is a terminal that becomes narrower: most wrap what stands there into more lines, some cut it off, and none
tells. So the region remembers how wide its lines were, takes away as many lines as they may have become, and is drawn
anew at once, fitted to the new size. Where the terminal had cut and not wrapped, some lines above go with it.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import FrameType, TracebackType

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.control import Control
from rich.file_proxy import FileProxy
from rich.segment import ControlType
from rich.text import Text

__all__ = ["LiveRegion"]


class LiveRegion(RenderHook, AbstractContextManager["LiveRegion"]):
    """Shows lines in place until it is left; the last ones stay. For the main thread, which signals reach."""

    def __init__(self, console: Console) -> None:
        """Draw on a console that is a terminal."""
        self._console = console
        self._lines: Callable[[int, int], Sequence[Text]] = lambda _width, _height: []
        self._widths: list[int] = []
        self._drawing = False
        self._before: Callable[[int, FrameType | None], object] | int | None = None
        self._stderr = sys.stderr

    def __enter__(self) -> LiveRegion:
        """Hide the cursor, and take in what is printed on stderr."""
        self._console.push_render_hook(self)
        self._console.show_cursor(False)
        self._stderr, sys.stderr = sys.stderr, FileProxy(self._console, sys.stderr)
        self._before = signal.signal(signal.SIGWINCH, self._on_resize)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the region as it is, and the terminal as it was."""
        signal.signal(signal.SIGWINCH, self._before or signal.SIG_DFL)
        sys.stderr.flush()
        sys.stderr = self._stderr
        self._console.pop_render_hook()
        if self._widths:
            self._console.line()
        self._console.show_cursor(True)

    def show(self, lines: Callable[[int, int], Sequence[Text]]) -> None:
        """Draw what `lines` makes for a width and a height, now and after every resize."""
        self._lines = lines
        self._draw()

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Take the region away, let what is printed go above it, and draw it again; called by the console."""
        self._drawing = True
        return [self._erasure(), *renderables, self]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the region, without a line break behind it."""
        width, height = options.size
        # The last column stays free: some terminals wrap a line that fills it.
        drawn = list(self._lines(width - 1, height))
        self._widths = [line.cell_len for line in drawn]
        yield Text("\n", end="").join(drawn)
        self._drawing = False

    def _draw(self) -> None:
        self._console.print(Control(), end="")

    def _on_resize(self, _signal: int, _frame: FrameType | None) -> None:
        # Amid a drawing nothing can be put right: the next one does.
        if not self._drawing:
            self._draw()

    def _erasure(self) -> Control:
        if not self._widths:
            return Control()
        width, height = self._console.size
        rows = min(height, sum(max(1, -(-cells // width)) for cells in self._widths))
        above = ((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2))
        return Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2), *(above * (rows - 1)))
