from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.rundir.run_lock import LOCK_NAME, RunLock, is_held


def refuse(path: Path, mode: int) -> bool:
    return False


HOLD = """
import sys
from pathlib import Path
from synthtools_stream.storage.rundir.run_lock import LOCK_NAME, RunLock, is_held
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_is_refused(tmp_path: Path) -> None:
    """While one holds the directory another is told who; afterwards it is free."""
    with RunLock(tmp_path):
        with pytest.raises(RunDirectoryError, match=f"in use by process {os.getpid()} on .*choose another --out"):
            RunLock(tmp_path).__enter__()
        with pytest.raises(RunDirectoryError):
            RunLock(tmp_path).__enter__()
    with RunLock(tmp_path):
        pass


def test_kill_frees(tmp_path: Path) -> None:
    """A killed process leaves its file but not its lock."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(RunDirectoryError, match=f"process {process.pid} on "):
            RunLock(tmp_path).__enter__()
        process.send_signal(signal.SIGKILL)
    with RunLock(tmp_path):
        pass


def test_unusable_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that is missing, a file, or not writable is refused in one line."""
    (tmp_path / "file").touch()
    for name in ("missing", "file"):
        with pytest.raises(RunDirectoryError, match="cannot be used as a run directory"):
            RunLock(tmp_path / name).__enter__()
    monkeypatch.setattr(os, "access", refuse)
    with pytest.raises(RunDirectoryError, match="not writable"):
        RunLock(tmp_path).__enter__()


def test_takeover(tmp_path: Path) -> None:
    """Who takes over holds the directory from then on, whether the other one lives or goes."""
    zombie = RunLock(tmp_path)
    zombie.__enter__()
    with RunLock(tmp_path, takeover=True):
        with pytest.raises(RunDirectoryError, match="--takeover if that process is lost"):
            RunLock(tmp_path).__enter__()
        zombie.__exit__(None, None, None)
        assert is_held(tmp_path)
    assert not is_held(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_NAME]
