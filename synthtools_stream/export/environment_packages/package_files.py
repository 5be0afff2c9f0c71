"""Files that packages hold as we ship them, and the version that a package's data gives it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from synthtools_stream.storage.appendlog.whole_file import put_file

__all__ = ["data_digest", "put_shipped", "version_of"]

_HERE = "synthtools_stream.export.environment_packages"
_SHIPPED_AS = ".txt"
"""What shipped files are called behind their own names: they are no modules of ours."""
_WORD = re.compile("@([A-Z]+)@")
_DIGEST_BYTES = 8
"""Of what tells packages of one name apart: two of a million get the same with a probability of 0.00000003."""
_BLOCK = 1 << 20
"""Bytes that are read at once."""


def put_shipped(folder: Path, shipped: str, names: Mapping[str, str], words: Mapping[str, str]) -> None:
    """Write shipped files into a package.

    `names` maps paths in `folder` to files of the shipped folder, in which `@WORD@` stands for one of `words`.

    :raises StorageError: when the disk refuses it.
    """
    for path, name in names.items():
        text = (files(_HERE) / shipped / f"{name}{_SHIPPED_AS}").read_text(encoding="utf-8")
        put_file(folder / path, _WORD.sub(lambda found: words[found[1]], text).encode())


def data_digest(paths: Iterable[Path]) -> str:
    """Return a digest of what files hold, the same wherever they lie."""
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        digest.update(b"\n")
    return digest.hexdigest()


def version_of(digest: str) -> str:
    """Return a package's version: that of its form, and behind it what tells its data from others'."""
    return f"1.0.0+{digest}"
