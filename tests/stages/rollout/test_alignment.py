"""Alignment: calls beside the ground truth, in any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.rollout.alignment import align
from tests.proof.freight import proven

PROVEN = proven()


@given(st.permutations(PROVEN.gt_tool_calls))
def test_alignment_is_free_of_order(calls: list[str]) -> None:
    """Calls match by canonical form in any order; each ground-truth call counts once."""
    assert align(PROVEN, calls).match_rate == 1.0
    extra = "SearchVessels(min_capacity=12.0, arrive_by='2026-03-16')"
    aligned = align(PROVEN, [extra, extra, "nonsense", PROVEN.gt_tool_calls[1]])
    assert aligned.match_rate == pytest.approx(2 / 3, abs=1e-4)
    assert aligned.missing == [PROVEN.gt_tool_calls[2]]
    assert aligned.extra == [extra, "nonsense"]
