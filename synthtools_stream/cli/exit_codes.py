"""How a command ends: our errors become one line on stderr and an exit code; tracebacks are for bugs."""

from __future__ import annotations

import gc
import sys
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import TypeVar

import click

from synthtools_stream.cli.console import forgive_encodings, notice, silence
from synthtools_stream.errors import LogDamage, RunStopped, SynthToolsError, UsageError

__all__ = ["DONE", "NOTHING", "STOPPED", "USAGE", "Commands", "exit_with", "on_loop", "run_async"]

DONE, NOTHING, USAGE, STOPPED = 0, 1, 2, 3

T = TypeVar("T")


class Commands(click.Group):
    """A group of commands that tells a wrong command line like any other mistake: in one line."""

    def invoke(self, ctx: click.Context) -> object:
        """Call the command that the arguments name."""
        forgive_encodings()
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else ctx.command_path
            notice(f"synthtools-stream: {error.format_message()} (see {path} --help)")
            sys.exit(USAGE)


def run_async(work: Coroutine[object, object, T]) -> T:
    """Run a coroutine on a fast event loop and turn our errors into exit codes."""
    with exit_with():
        return on_loop(work)


def on_loop(work: Coroutine[object, object, T]) -> T:
    """Run a coroutine on a fast event loop; for callers that have something to end before an error is told."""
    # Most of what we allocate is freed by reference count; fewer collections spare some 60 µs a request.
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    import uvloop  # only here: commands that have no loop start sooner without it

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
        silence(sys.stdout)
        sys.exit(DONE)


def _leave(error: SynthToolsError, code: int) -> None:
    notice(f"synthtools-stream: {error}")
    sys.exit(code)
