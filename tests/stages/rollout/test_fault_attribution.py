"""Whose fault it is: the sure cases first, and the agent's where nobody else's is."""

from __future__ import annotations

import pytest

from stages.rollout.fault_attribution import Observed, fault_of
from synthtools_stream.records import Fault, StopReason, ToolTurn, Verdict, VerdictKind
from tests.proof.freight import proven

TASK = proven()
WRONG = Verdict(kind=VerdictKind.unsolved, state_equal=False, answers_given=True)
UNTOLD = Verdict(kind=VerdictKind.unsolved, state_equal=True, answers_given=False)
OWN = [ToolTurn(call=call, status_code=200, response={}, decided_by="program") for call in TASK.gt_tool_calls]
REFUSED = ToolTurn(call="Nothing()", status_code=400, response={}, decided_by="code")


@pytest.mark.parametrize(
    ("turns", "verdict", "seen", "fault"),
    [
        (OWN, WRONG, Observed(unplayed="tape", user_failed=True), Fault.tool),
        (OWN, WRONG, Observed(user_failed=True, stop=StopReason.filtered), Fault.user),
        ([], WRONG, Observed(stop=StopReason.filtered), Fault.server),
        (OWN, WRONG, Observed(), Fault.task),
        ([REFUSED, *OWN], WRONG, Observed(), Fault.task),
        (OWN, UNTOLD, Observed(), Fault.agent),
        (OWN[:-1], WRONG, Observed(), Fault.agent),
        (OWN[::-1], WRONG, Observed(), Fault.agent),
        ([*OWN, OWN[0]], WRONG, Observed(), Fault.agent),
        (OWN, Verdict(kind=VerdictKind.solved), Observed(), Fault.none),
        (OWN, Verdict(kind=VerdictKind.solved), Observed(unplayed="simulator"), Fault.tool),
        ([], Verdict(kind=VerdictKind.unproven), Observed(), Fault.none),
    ],
)
def test_attribution(turns: list[ToolTurn], verdict: Verdict, seen: Observed, fault: Fault) -> None:
    """Only the agent's faults, and what was solved, count in a rate."""
    found = fault_of(TASK, turns, verdict, seen)
    assert found is fault
    assert found.spoils is (fault not in (Fault.none, Fault.agent))
