"""What a package may be called that others install beside their own."""

from __future__ import annotations

import keyword
import re
import sys

from synthtools_stream.errors import UsageError

__all__ = ["package_name"]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 50
"""Characters: folders, images and modules are called so, with a part's name behind it."""
_TAKEN = frozenset({"nemo_gym", "openenv", "server", "stages", "queues", "synthtools_stream", "verifiers"})
"""Modules that stand beside it where it is installed."""


def package_name(text: str) -> str:
    """Return a name that Python can import, and that hides no module of its own or of its readers.

    :raises UsageError: when it is none.
    """
    if not _NAME.fullmatch(text) or len(text) > _LONGEST:
        raise UsageError(
            f"--name {text[:_LONGEST]}: write small letters, digits and single underscores, at most {_LONGEST}"
        )
    if keyword.iskeyword(text) or text in sys.stdlib_module_names or text in _TAKEN:
        raise UsageError(f"--name {text}: a module is called so already")
    return text
