"""Sealed logs: a log that gains no more lines, compressed to a fraction and read at any offset all the same.

`NAME.jsonl` becomes `NAME.jsonl.zst`, in zstd's seekable format: frames of `BLOCK_BYTES` of the log each, and a table
of them at the end. Any zstd program unpacks it (`zstdcat`). The bytes within are the log's, at the log's offsets, so
that numbers, checksums and every index over the log stay what they were.

**While `NAME.jsonl` is there, it is the log**, and what lies beside it is left of a sealing that was cut off. So a log
is sealed in an order in which a crash at any point leaves it whole: compressed under another name and synced, read back
and compared, renamed, the directory synced, and only then the plain file goes. What a crash left is made again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, cast
from zlib import crc32

from pyzstd import CParameter, SeekableFormatError, SeekableZstdFile, ZstdError, ZstdFile

from synthtools_stream.errors import LogDamage, StorageError
from synthtools_stream.storage.appendlog.disk import disk_faults, sync_directory

__all__ = [
    "BLOCK_BYTES",
    "SEAL_FROM",
    "damage_to",
    "open_sealed",
    "salvaged_blocks",
    "seal",
    "sealed_path",
]

BLOCK_BYTES = 256 << 10
"""Bytes of the log in a frame: finding one record unpacks a frame (0.3 ms); smaller ones would compress less well."""
SEAL_FROM = 1 << 20
"""Bytes from which a log is sealed: below there is little to gain, and a plain file is easier to look at."""
_LEVEL: dict[int, int] = {CParameter.compressionLevel: 6, CParameter.checksumFlag: 1}
"""Some 150 MB/s, ten times what a log grows by; what lies above is slower and hardly smaller."""
_UNREADABLE = (ZstdError, SeekableFormatError, EOFError)


def sealed_path(path: Path) -> Path:
    """Return where a log lies once it is sealed."""
    return path.with_name(f"{path.name}.zst")


def seal(path: Path) -> bool:
    """Seal the plain log at `path`, which must gain no more lines; says whether it was large enough to be sealed.

    Several may seal it at once: each makes the same bytes, under a name of its own.

    :raises StorageError: when the disk refuses it; the plain log stands then.
    """
    sealed = sealed_path(path)
    beside = sealed.with_name(f".{sealed.name}.{token_hex(4)}.new")
    with disk_faults(path):
        if path.stat().st_size < SEAL_FROM:
            return False
        for left in path.parent.glob(f".{sealed.name}.*.new"):  # of one that was killed; one that is at work gives up
            left.unlink(missing_ok=True)
        try:
            _compress(path, beside)
            if _checksum_of(path) != _checksum_of(beside):
                raise StorageError(f"{beside}: reads otherwise than it was written")
            beside.replace(sealed)
            sync_directory(path.parent)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)
    return True


def open_sealed(path: Path) -> BinaryIO:
    """Open the sealed form of the log at `path`; it reads as the plain log did.

    :raises FileNotFoundError: if there is none.
    :raises LogDamage: if its table of frames cannot be read.
    """
    with damage_to(path):
        return cast(BinaryIO, SeekableZstdFile(sealed_path(path), "rb"))


@contextmanager
def damage_to(path: Path) -> Generator[None]:
    """Turn what zstd finds wrong with the sealed form of the log at `path` into LogDamage."""
    try:
        yield
    except _UNREADABLE as error:
        raise LogDamage(sealed_path(path), 1, f"the sealed log cannot be unpacked ({error})") from error


def salvaged_blocks(path: Path) -> Iterator[bytes]:
    """Yield what can still be unpacked of the sealed log at `path`, in its order; for what cannot, a line break.

    :raises OSError: when the disk cannot be read.
    """
    try:
        with SeekableZstdFile(sealed_path(path), "rb") as file:
            size = file.seek(0, os.SEEK_END)
    except _UNREADABLE:
        yield from _blocks_from_the_start(path)
        return
    for start in range(0, size, BLOCK_BYTES):
        try:
            with SeekableZstdFile(sealed_path(path), "rb") as file:
                file.seek(start)
                yield file.read(BLOCK_BYTES)
        except _UNREADABLE:
            yield b"\n"


def _blocks_from_the_start(path: Path) -> Iterator[bytes]:
    """Yield what stands before the first damage, where the table of frames is lost."""
    with ZstdFile(sealed_path(path), "rb") as file, suppress(*_UNREADABLE):
        while block := file.read(BLOCK_BYTES):
            yield block


def _compress(path: Path, to: Path) -> None:
    with path.open("rb") as plain, to.open("wb") as file:
        with SeekableZstdFile(file, "wb", level_or_option=_LEVEL, max_frame_content_size=BLOCK_BYTES) as packed:
            shutil.copyfileobj(plain, packed, BLOCK_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _checksum_of(path: Path) -> int:
    found = 0
    with path.open("rb") if path.suffix == ".jsonl" else SeekableZstdFile(path, "rb") as file:
        while block := file.read(BLOCK_BYTES):
            found = crc32(block, found)
    return found
