"""The live region: drawn in place, whole after any resize, and what is printed meanwhile stands above it."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import sys
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest
from rich.console import Console

from synthtools_stream.cli.live_display import progress_table
from synthtools_stream.cli.live_region import LiveRegion
from synthtools_stream.values.jsontypes import JsonObject
from tests.cli.terminalkit import Terminal
from tests.e2e.commands import EXECUTABLE

STAGES = ("generation", "auditing", "sequencing", "evolution", "summarizing", "rollout")
COUNTS: JsonObject = {"queued": 12, "running": 34, "done": 56_789, "rejected": 78, "failed": 9}
SNAPSHOT: JsonObject = {
    "elapsed_s": 3725.0,
    "state": "running",
    "stages": {name: dict(COUNTS) for name in STAGES},
    "requests": {"total": 234_567, "sent": 123_456, "in_flight": 256, "waiting": 1234, "limit": 512},
    "tokens": {"prompt": 2_000_000_000, "completion": 10, "cached": 1_500_000_000},
    "rates": {"requests_per_s": 110.4},
    "yield": dict.fromkeys(STAGES, 0.987),
    "rss_mib": 321.0,
}
SIZES = [(140, 40), (80, 24), (80, 10), (50, 16), (40, 8), (60, 9), (200, 50), (40, 40)]


def shown_once(terminal: Terminal) -> None:
    """Check that one table stands at the end, whole, and no piece of another anywhere on the screen."""
    lines = [line for line in terminal.lines() if line]
    for word in ("stage", "rollout", "summarizing", "running", "requests", "tokens"):
        assert sum(word in line for line in lines) == 1, (word, lines)
    assert "running" in lines[-3]
    assert "tokens" in lines[-1]
    pieces = [line for line in lines if any(word in line for word in ("56.8k", "234.6k", "──"))]
    assert len(pieces) <= len(STAGES) + 2, lines


@pytest.mark.parametrize("wraps", [True, False])
@pytest.mark.parametrize("first", SIZES)
@pytest.mark.parametrize("then", SIZES)
def test_whole_after_any_resize(first: tuple[int, int], then: tuple[int, int], wraps: bool) -> None:
    """Whatever sizes follow each other, and whether the terminal wraps or cuts, one whole table stands at the end."""
    terminal = Terminal(*first, wraps=wraps)
    console = Console(file=terminal, force_terminal=True, width=first[0], height=first[1])
    with LiveRegion(console) as region:
        console.print("before")
        region.show(progress_table(SNAPSHOT).lines)
        shown_once(terminal)
        for size in (then, first):
            terminal.resize(*size)
            console.size = size
            signal.raise_signal(signal.SIGWINCH)
            shown_once(terminal)
        console.print("meanwhile")
        shown_once(terminal)
    everything = [*terminal.above, *terminal.lines()]
    assert everything.count("meanwhile") == 1
    if wraps:
        assert everything.count("before") == 1, "nothing of what stands above is taken away"
    assert terminal.lines()[-1] == "", "what comes next begins on a line of its own"


def test_notices_go_above(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed on stderr meanwhile stands above, once, in its order; afterwards stderr is what it was."""
    terminal, before = Terminal(80, 40), (sys.stderr, signal.getsignal(signal.SIGWINCH))
    console = Console(file=terminal, force_terminal=True, width=80, height=40)
    with LiveRegion(console) as region:
        for number in range(3):
            sys.stderr.write(f"notice {number}\n")
            region.show(progress_table(SNAPSHOT).lines)
        assert terminal.screen.cursor.hidden
    assert [line for line in terminal.lines() if line][:3] == ["notice 0", "notice 1", "notice 2"]
    shown_once(terminal)
    assert (sys.stderr, signal.getsignal(signal.SIGWINCH)) == before
    assert not terminal.screen.cursor.hidden


def test_region_may_grow_and_shrink() -> None:
    """A region that has fewer lines than before leaves none of them behind."""
    terminal = Terminal(80, 24)
    console = Console(file=terminal, force_terminal=True, width=80, height=24)
    with LiveRegion(console) as region:
        region.show(progress_table(SNAPSHOT).lines)
        region.show(progress_table({**SNAPSHOT, "stages": {"rollout": dict(COUNTS)}}).lines)
        assert not any("auditing" in line for line in terminal.lines())
        region.show(progress_table(SNAPSHOT).lines)
        shown_once(terminal)


class RunOnTerminal:
    """A run on a real pty, seen through a terminal."""

    def __init__(self, out: Path, columns: int, rows: int) -> None:
        self.terminal = Terminal(columns, rows)
        self._ours, theirs = pty.openpty()
        self._set_size(theirs, columns, rows)
        known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = subprocess.Popen(
            [*EXECUTABLE, "run", "--out", out],
            stdin=theirs,
            stderr=theirs,
            stdout=theirs,
            env={**known, "TERM": "xterm-256color"},
        )
        os.close(theirs)

    def _set_size(self, fd: int, columns: int, rows: int) -> None:
        ioctl(fd, TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        self.terminal.resize(columns, rows)
        self._set_size(self._ours, columns, rows)
        self.process.send_signal(signal.SIGWINCH)  # the kernel sends it to the group that has the terminal

    def see(self) -> None:
        """Wait for something to be drawn, and for that to be over."""
        sent, wait_s = b"", 20.0
        while select.select([self._ours], [], [], wait_s)[0]:
            try:
                sent += os.read(self._ours, 1 << 16)
            except OSError:  # how Linux says that the other side is gone
                break
            wait_s = 0.3
        self.terminal.feed(sent.decode())


def test_run_is_resized(tmp_path: Path) -> None:
    """A real run on a real terminal redraws its table as soon as the terminal is resized."""
    run = RunOnTerminal(tmp_path, 100, 30)
    try:
        while not any("rollout" in line for line in run.terminal.lines()):
            run.see()
        for size in [(50, 20), (40, 8), (120, 30)]:
            run.resize(*size)
            run.see()
            assert len(run.terminal.screen.display[0]) == size[0]
            shown_once(run.terminal)
        run.process.send_signal(signal.SIGTERM)
        while run.process.poll() is None:
            run.see()
        assert run.process.returncode == 3
    finally:
        run.process.kill()
        run.process.wait()
