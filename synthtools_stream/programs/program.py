"""The contract: what a program is given, what it gives back, and what can go wrong with it.

    def call(state, arguments, now):
        ...

`state` is `{collection: {id: {attribute: value}}}`: the collections in the tool's effects, the clock left out.
`arguments` passed the schema, defaults are filled in; an optional one that was not given is absent. `now` is
`YYYY-MM-DDTHH:MM:SS`, the only time there is; empty where the state has no clock.

It returns `{"status_code": 200, "response": {...}, "changes": [...]}` or `{"status_code": 4xx, "error_message": text}`.
A change is the simulator's: `{"op": "create"|"update"|"delete", "collection", "id", "attributes"}`, a new id being
`$new1`. It may not read a clock, draw at random, or touch a file, and the same call always gets the same answer.

What words leave open is settled once, for programs, simulator and judge alike: an absent id is refused (404) before
any rule, and rules (400) come in the order of `error_messages`, the message beginning with that one's name. A null
attribute matches no filter and sorts last; ties, and lists without a stated order, are sorted by id; a number that is
null rises and falls from 0. An update lists what really changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Fault", "FaultKind", "ProgramCall"]


@dataclass(frozen=True, slots=True)
class ProgramCall:
    """One call of one program."""

    source: str
    state: JsonObject
    arguments: JsonObject
    now: str
    mutant_of: str | None = None
    """The program of which this is a mutant: what can be told from that one's text holds of this."""

    @property
    def known_as(self) -> str:
        """The program whose text is looked at before it runs."""
        return self.source if self.mutant_of is None else self.mutant_of


class FaultKind(StrEnum):
    """Why a program gave no answer."""

    unreadable = "unreadable"
    """It is no Python that the sandbox understands, or has no function `call`."""
    raised = "raised"
    time = "time"
    memory = "memory"
    garbage = "garbage"
    """It returned what is no answer: another shape, a NaN, too much."""
    crashed = "crashed"
    """It took the worker with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A bad answer: the program's doing, never the run's."""

    kind: FaultKind
    detail: str
    """What happened, in one line that its writer can act on."""

    def __str__(self) -> str:
        """Return both in one line."""
        return f"{self.kind.value}: {self.detail}"
