"""Python files that are put beside rows as they stand: a trainer runs them, in an environment of its own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from synthtools_stream.storage.appendlog.whole_file import whole_file

__all__ = ["put_companion"]


def put_companion(folder: Path, name: str) -> None:
    """Write one of the files of `companions` into a folder.

    :raises StorageError: when the disk refuses it.
    """
    content = files("synthtools_stream.export.trainer_rows").joinpath("companions", f"{name}.txt").read_bytes()
    with whole_file(folder / name) as path:
        path.write_bytes(content)
