"""One thing that is wrong with words."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Finding"]


class Finding(NamedTuple):
    """What a check found; its name never changes, so that it can be counted over runs."""

    check: str
    detail: str

    def __str__(self) -> str:
        """Return `name: what is wrong`."""
        return f"{self.check}: {self.detail}"
