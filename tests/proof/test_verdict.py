"""The verdict on an attempt."""

from __future__ import annotations

import copy

from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.state import as_state
from tests.proof.freight import draft, proven, world

PROVEN = proven()


def test_verdict_wants_state_and_answers() -> None:
    """Solved is: the right state and every answer told, in whatever form, whatever new entities are called."""
    final = copy.deepcopy(as_state(PROVEN.final_state))
    final["notices"]["N-7"] = {**final["notices"].pop("N-1001"), "text": "other words"}
    assert judge_attempt(PROVEN, final, "One vessel fits.").kind == "solved"
    silent = judge_attempt(PROVEN, final, "Done.")
    assert (silent.kind, silent.state_equal, silent.answers_given) == ("unsolved", True, False)
    idle = judge_attempt(PROVEN, world(), "One vessel fits.")
    assert (idle.kind, idle.state_equal, idle.answers_given) == ("unsolved", False, True)
    assert judge_attempt(PROVEN, None, None).kind == "unsolved"
    assert judge_attempt(draft(), final, "One vessel fits.").kind == "unproven"
