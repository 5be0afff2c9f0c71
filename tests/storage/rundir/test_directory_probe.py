"""A directory whose disk cannot do what a run relies on is refused in one line; a good one is left as it was."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.rundir import directory_probe
from synthtools_stream.storage.rundir.directory_probe import probe_directory


def shared_create(path: Path) -> int:
    """Make a file, whoever has made it."""
    return os.open(path, os.O_RDWR | os.O_CREAT)


def forget(_fd: int, _data: bytes, _offset: int) -> None:
    """Take bytes and keep none."""


def no_rename(path: Path, _other: Path) -> Path:
    """Say that a file was renamed."""
    return path


def refuse(number: int) -> Callable[[Path], None]:
    def sync(path: Path) -> None:
        raise OSError(number, os.strerror(number), str(path))

    return sync


def test_good_disk(tmp_path: Path) -> None:
    """Nothing is found and nothing is left."""
    probe_directory(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "instead", "told"),
    [
        ("exclusive_file", shared_create, "lets two processes create the same file"),
        ("write_all", forget, "does not give back what was written"),
        ("sync_directory", refuse(errno.EINVAL), "refuses an operation that runs need (Invalid argument)"),
    ],
)
def test_bad_disk(
    name: str, instead: Callable[..., object], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the disk cannot do is said, with what to do, and nothing is left."""
    monkeypatch.setattr(directory_probe, name, instead)
    with pytest.raises(RunDirectoryError) as caught:
        probe_directory(tmp_path)
    assert told in str(caught.value)
    assert str(caught.value).endswith("choose another --out")
    assert list(tmp_path.iterdir()) == []


def test_rename_that_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename must put a file in another's place."""
    monkeypatch.setattr(Path, "replace", no_rename)
    with pytest.raises(RunDirectoryError, match="does not put a renamed file in the place of another"):
        probe_directory(tmp_path)


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is another matter: the same command goes on later."""
    monkeypatch.setattr(directory_probe, "sync_directory", refuse(errno.ENOSPC))
    with pytest.raises(StorageError, match="No space left"):
        probe_directory(tmp_path)
