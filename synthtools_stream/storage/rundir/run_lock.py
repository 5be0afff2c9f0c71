"""One process a run directory: `run.lock`, held with flock(2).

The kernel drops the lock when its holder ends, however it ends, so a lock file that is left over locks nothing. What
the file holds (`<pid> <host>`) is for the message only.

The lock is a courtesy to who starts a run twice by mistake; nothing rests on it, since a network disk may not keep it,
and a process on a lost machine may live on. Two that write to one directory do each other no harm
(`appendlog/lineage`). Who takes over puts a lock file of its own in the place of the other's.
"""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from secrets import token_hex
from types import TracebackType

from synthtools_stream.errors import RunDirectoryError, boundary

__all__ = ["LOCK_NAME", "RunLock", "is_held"]

LOCK_NAME = "run.lock"


class RunLock:
    """A context manager that holds a run directory for this process.

    :raises RunDirectoryError: on entering, when another process holds it or the directory cannot be written.
    """

    def __init__(self, run_dir: Path, *, takeover: bool = False) -> None:
        """With `takeover`, hold it also where another process seems to."""
        self._run_dir = run_dir
        self._takeover = takeover
        self._fd = -1

    def __enter__(self) -> RunLock:
        with boundary(f"{self._run_dir} cannot be used as a run directory", OSError, as_=RunDirectoryError):
            path = self._run_dir / LOCK_NAME
            beside = path.with_name(f".{LOCK_NAME}.{token_hex(4)}") if self._takeover else path
            fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                self._take(fd)
                if self._takeover:
                    beside.replace(path)
            except BaseException:
                os.close(fd)
                raise
        self._fd = fd
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The file stays: removing it could take it from under a process that has just opened it.
        os.close(self._fd)
        self._fd = -1

    def _take(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunDirectoryError(
                f"{self._run_dir} is in use by {_holder(fd)}; wait for it, choose another --out, or give"
                " --takeover if that process is lost"
            ) from error
        if not os.access(self._run_dir, os.W_OK | os.X_OK):
            raise PermissionError("the directory is not writable")
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)


def _holder(fd: int) -> str:
    pid, _, host = os.pread(fd, 512, 0).decode(errors="replace").strip().partition(" ")
    return f"process {pid} on {host}" if host else "another process"


def is_held(run_dir: Path) -> bool:
    """Whether some process holds the run directory now; raises nothing for a directory without a lock."""
    try:
        fd = os.open(run_dir / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
