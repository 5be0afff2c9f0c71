"""Fan-in by key: wait for all members of a group, whatever became of each.

Someone says how many members a group has (`expect`), others bring them in any order (`add`); either may come first.
The call that completes a group returns it, with its members in the order in which they were expected, so that order
of arrival decides nothing. A gather never blocks and never refuses an outcome: a failed member is still a member,
and only so can a group be known to be complete.

A group is forgotten once it is returned, so that memory is bounded by the open groups. Hence a member added to a
returned group is not recognised as a repeat: it opens a new group of that key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

__all__ = ["Gathered", "KeyedGather", "Member"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Member(NamedTuple, Generic[T_co]):
    """One member of a group and what became of it."""

    id: str
    outcome: T_co


class Gathered(NamedTuple, Generic[T_co]):
    """A complete group, its members in the order of the expected ids."""

    key: str
    members: tuple[Member[T_co], ...]


class _Group(Generic[T]):
    def __init__(self) -> None:
        self.expected: dict[str, None] | None = None
        self.arrived: dict[str, T] = {}

    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in self.expected or () if name not in self.arrived)


class KeyedGather(Generic[T]):
    """Collects members into groups by key and returns each group when it is complete."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group[T]] = {}

    @property
    def pending(self) -> int:
        """The number of open groups, those not yet expected included."""
        return len(self._groups)

    def waiting_for(self, key: str) -> tuple[str, ...]:
        """Return the expected ids that have not arrived; none if `key` is not open or not yet expected."""
        group = self._groups.get(key)
        return group.missing() if group else ()

    def expect(self, key: str, ids: Sequence[str]) -> Gathered[T] | None:
        """Say which members `key` has, in order; return the group if they are all here already.

        :raises ValueError: if `key` is already expected, an id stands twice, or a member that arrived is not among
            `ids`. This is a bug of the caller; the gather is unchanged.
        """
        group = self._groups.get(key) or _Group()
        expected = dict.fromkeys(ids)
        if group.expected is not None:
            raise ValueError(f"group {key!r} is already expected")
        if len(expected) != len(ids):
            raise ValueError(f"group {key!r} expects an id twice")
        if strangers := [name for name in group.arrived if name not in expected]:
            raise ValueError(f"group {key!r} does not expect {', '.join(strangers)}, which arrived early")
        group.expected = expected
        self._groups[key] = group
        return self._emit(key, group)

    def add(self, key: str, member_id: str, outcome: T) -> Gathered[T] | None:
        """Add one member, whatever its outcome; return the group if this completes it.

        :raises ValueError: if this id was added before or is not expected. This is a bug of the caller; the gather
            is unchanged.
        """
        group = self._groups.get(key) or _Group()
        if member_id in group.arrived:
            raise ValueError(f"group {key!r} already has {member_id}")
        if group.expected is not None and member_id not in group.expected:
            raise ValueError(f"group {key!r} does not expect {member_id}")
        group.arrived[member_id] = outcome
        self._groups[key] = group
        return self._emit(key, group)

    def _emit(self, key: str, group: _Group[T]) -> Gathered[T] | None:
        if group.expected is None or len(group.arrived) < len(group.expected):
            return None
        del self._groups[key]
        return Gathered(key, tuple(Member(name, group.arrived[name]) for name in group.expected))
