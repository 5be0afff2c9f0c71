"""Whose fault it is that an attempt came to nothing: what code can tell of it, first the sure cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stages.rollout.alignment import follows
from synthtools_stream.records import Fault, StopReason, Task, ToolTurn, Verdict, VerdictKind

__all__ = ["Observed", "fault_of"]


class Observed(NamedTuple):
    """What went wrong around the agent."""

    unplayed: str = ""
    """Who gave no usable answer to a call: `program`, `simulator`, `tape`; else empty."""
    user_failed: bool = False
    stop: StopReason = StopReason.answered


def fault_of(task: Task, turns: Sequence[ToolTurn], verdict: Verdict, seen: Observed) -> Fault:
    """Return the fault; what spoils an attempt does so whether it was solved or not, else a rate would be biased.

    A task whose own calls, in their own order, came to another state than it says is false: no agent could be right.
    """
    if seen.unplayed:
        return Fault.tool
    if seen.user_failed:
        return Fault.user
    if seen.stop is StopReason.filtered:
        return Fault.server
    if verdict.kind is not VerdictKind.unsolved:
        return Fault.none
    return Fault.task if verdict.state_equal is False and follows(task, turns) else Fault.agent
