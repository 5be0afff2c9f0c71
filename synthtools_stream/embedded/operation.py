"""What a tool does in the main: the one word on which whoever writes a tool and whoever reads it must agree."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Operation"]


class Operation(StrEnum):
    """What a tool does in the main."""

    get = "get"
    search = "search"
    create = "create"
    update = "update"
    transition = "transition"
    """Moves an entity to another state of its life cycle."""
    assign = "assign"
    """Lets an entity refer to another; read from a text, that is an update."""
    adjust = "adjust"
    """Adds to a number, or takes from it."""
    delete = "delete"
    other = "other"
    """Read from a text that says none of these; never invented."""

    @property
    def reads_only(self) -> bool:
        """Whether such a tool leaves the state as it is."""
        return self in (Operation.get, Operation.search)
