"""Putting another log in the place of one: whole, beside it, and renamed, so that at any moment one of the two stands.

Only `repair` and `compact` do this, outside a run; a run never rewrites a line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from synthtools_stream.storage.appendlog.disk import disk_faults, sync_directory
from synthtools_stream.storage.appendlog.log_format import MID, commit_line, record_head
from synthtools_stream.storage.appendlog.sealed_log import sealed_path

__all__ = ["rewrite_log"]

BATCH = 1024
"""Records to a commit."""


def rewrite_log(path: Path, header: bytes, payloads: Iterable[bytes]) -> int:
    """Put a log of `payloads` under `header` in the place of `path` and return how many they were.

    `payloads` may be read from `path` itself, sealed or not; the new log is not sealed. Whatever goes wrong, the old
    log stands.

    :raises StorageError: when the disk refuses it.
    """
    beside = path.with_name(f".{path.name}.rewrite")
    try:
        with disk_faults(path):
            with beside.open("wb") as file:
                file.write(header)
                count = _write(file, payloads)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_directory(path.parent)
            sealed_path(path).unlink(missing_ok=True)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _write(file: BinaryIO, payloads: Iterable[bytes]) -> int:
    seq = 0
    heads: list[bytes] = []
    for payload in payloads:
        seq += 1
        heads.append(record_head(seq, payload))
        file.write(b"%b%b%b}\n" % (heads[-1], MID, payload))
        if len(heads) == BATCH:
            file.write(commit_line(seq, heads))
            heads = []
    if heads:
        file.write(commit_line(seq, heads))
    return seq
