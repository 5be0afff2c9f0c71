"""Every error that this project raises, and the one place that decides what a failure means.

    SynthToolsError
    ├── UsageError               the user can mend it: one clear line, exit code 2
    │   ├── ConfigError          an option or a configuration key is wrong
    │   ├── DatasetError         a row of a file is wrong (file, line, reason)
    │   └── RunDirectoryError    the run directory cannot be used (config, format, lock, rights)
    ├── LogDamage                a log is damaged before its last commit (file, line, what to do); exit code 2
    ├── RunStopped               the run ended early and can be resumed; exit code 3
    │   ├── StorageError         the disk refused a write
    │   └── BackendGone          the engine or server is gone for good
    ├── Rejection                an item is judged unfit: data, never an engine failure
    │   ├── UnusableReply        no usable reply after its repairs
    │   │   └── BadProgram       a tool's program gave no usable answer
    │   ├── BadCall              a text is no call of a tool
    │   └── StateProblem         a change does not fit the state
    └── TransportError           one request failed for reasons of infrastructure; the item is retried next run
        ├── UnreadableAnswer     the server answered well, but nothing that can be read
        └── TimedOut             the answer took longer than it was given

A bad item is data: inside a stage raise `Rejection` (unfit) or let `TransportError` pass (failed); the pool
turns either into an outcome through `boundary`. Everything else stops the run.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from synthtools_stream.values.jsontypes import JsonObject

__all__ = [
    "BackendGone",
    "BadCall",
    "BadProgram",
    "ConfigError",
    "DatasetError",
    "LogDamage",
    "Rejection",
    "RunDirectoryError",
    "RunStopped",
    "StateProblem",
    "StorageError",
    "SynthToolsError",
    "TimedOut",
    "TransportError",
    "Unanswered",
    "UnreadableAnswer",
    "UnusableReply",
    "UsageError",
    "boundary",
]


class SynthToolsError(Exception):
    """Root of all our errors."""


class UsageError(SynthToolsError):
    """The user can mend this; the message says what, where and what to do, in one line."""


class Unanswered(UsageError):
    """Nobody answers at a server's address: it may come yet."""


class ConfigError(UsageError):
    """An option or a configuration key is wrong.

    `key` is the key that is wrong, where it is one key's fault: whoever knows where the key stands can say so.
    """

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class DatasetError(UsageError):
    """One row of a dataset is wrong. Skip and count it, or stop when the user asked for strictness.

    `row_id` is the id that the row holds, if it holds one.
    """

    def __init__(self, path: Path | str, line: int, reason: str, row_id: str = "") -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = str(path)
        self.line = line
        self.reason = reason
        self.row_id = row_id


class RunDirectoryError(UsageError):
    """The run directory cannot be used as asked; nothing in it was changed."""


class LogDamage(SynthToolsError):
    """A log is damaged before its last intact commit, so cutting the tail cannot mend it."""

    def __init__(self, path: Path | str, line: int, reason: str) -> None:
        super().__init__(
            f"{path}:{line}: {reason}; nothing was changed: `synthtools-stream repair {Path(path).parent}` sets aside"
            " what is damaged, and the run then makes it again"
        )
        self.path = str(path)
        self.line = line
        self.reason = reason


class RunStopped(SynthToolsError):
    """The run ended early; the same command goes on from where it stopped."""


class StorageError(RunStopped):
    """The disk refused a write; what was acknowledged before is safe."""


class BackendGone(RunStopped):
    """The engine or server is gone for good; no request can be answered any more."""


class Rejection(SynthToolsError):
    """An item is judged unfit. `reason` is a short stable word, `detail` tells this item's story.

    `evidence` is more of that story as JSON, for `rejected.jsonl`.
    """

    def __init__(self, reason: str, detail: str = "", evidence: JsonObject | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.evidence = evidence


class UnusableReply(Rejection):
    """A model gave no usable reply, its repairs included."""

    def __init__(self, detail: str) -> None:
        super().__init__("unusable_reply", detail)


class BadProgram(UnusableReply):
    """A tool's program gave no answer, or one that code refuses; asking again changes nothing."""


class BadCall(Rejection):
    """A text is no call of a tool; `detail` says precisely why. A runtime answers it with 400."""

    def __init__(self, detail: str) -> None:
        super().__init__("bad_call", detail)


class StateProblem(Rejection):
    """A change does not fit the state it is applied to; nothing was changed."""

    def __init__(self, detail: str) -> None:
        super().__init__("state_problem", detail)


class TransportError(SynthToolsError):
    """One request failed for reasons of infrastructure. Inside the retry layer: try again; above it: the item fails.

    `overloaded` says that the server asked us to slow down (429, 503, 529, time-out); `retry_after_s` is its wish.
    `unreachable` says that nobody was there to answer (no connection, a reset, 502, 504), so the request itself is not
    to blame.
    """

    def __init__(
        self,
        message: str,
        *,
        overloaded: bool = False,
        retry_after_s: float | None = None,
        unreachable: bool = False,
    ) -> None:
        super().__init__(message)
        self.overloaded = overloaded
        self.unreachable = unreachable
        self.retry_after_s = retry_after_s


class UnreadableAnswer(TransportError):
    """A server answered, but nothing that can be read: that is the answer's fault, and says nothing of the server."""


class TimedOut(TransportError):
    """A request was not answered in the time it was given, by a server that is there: mostly one that is slow.

    `after_s` is that time; `longest` says that no request is given more.
    """

    def __init__(self, message: str, *, after_s: float, longest: bool) -> None:
        super().__init__(message, overloaded=True)
        self.after_s = after_s
        self.longest = longest


@contextmanager
def boundary(what: str, *failures: type[Exception], as_: type[SynthToolsError]) -> Generator[None]:
    """Translate `failures` into one of our errors exactly once, chained, naming `what` was attempted.

    Our own errors pass unchanged, so that a failure is classified where it is best understood.
    """
    try:
        yield
    except SynthToolsError:
        raise
    except failures as error:
        raise as_(f"{what}: {_said(error, what)}") from error


def _said(error: Exception, what: str) -> str:
    """What the system says, without its number, and without a path that `what` names already."""
    if isinstance(error, OSError) and error.strerror:
        named = error.filename is None or str(error.filename) in what
        return error.strerror if named else f"{error.strerror} ({error.filename})"
    return str(error) or type(error).__name__
