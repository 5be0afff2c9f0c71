"""How a command ends: our errors become one line on stderr and an exit code; tracebacks are for bugs."""

from __future__ import annotations

import gc
import sys
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import TypeVar

import uvloop

from synthtools_stream.cli.plain import printable
from synthtools_stream.errors import LogDamage, RunStopped, SynthToolsError, UsageError

__all__ = ["DONE", "NOTHING", "STOPPED", "USAGE", "exit_with", "notice", "run_async"]

DONE, NOTHING, USAGE, STOPPED = 0, 1, 2, 3

T = TypeVar("T")


def notice(line: str) -> None:
    """Say one line to the user, on stderr, stripped of anything that a terminal would obey."""
    print(printable(line), file=sys.stderr, flush=True)


def run_async(work: Coroutine[object, object, T]) -> T:
    """Run a coroutine on a fast event loop and turn our errors into exit codes."""
    # Most of what we allocate is freed by reference count; fewer collections spare some 60 µs a request.
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    with exit_with():
        return uvloop.run(work)


@contextmanager
def exit_with() -> Generator[None]:
    """Turn our errors into one line and an exit code."""
    try:
        yield
    except (UsageError, LogDamage) as error:
        _leave(error, USAGE)
    except RunStopped as error:
        _leave(error, STOPPED)
    except SynthToolsError as error:
        _leave(error, STOPPED)
    except KeyboardInterrupt:
        notice("interrupted")
        sys.exit(STOPPED)
    except BrokenPipeError:
        # Whoever read our output has left (`… | head`); what was to be said is said.
        sys.stderr.close()
        sys.exit(DONE)


def _leave(error: SynthToolsError, code: int) -> None:
    notice(f"synthtools-stream: {error}")
    sys.exit(code)
