"""Unfit items: rejected in their turn with reason and line; a stage sees only what is fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.unfit import FitOnly, Unfit
from synthtools_stream.errors import Rejection
from synthtools_stream.records import FieldPlan


class Echo:
    """Hands on what it gets."""

    name = "echo"

    async def process(self, item: FieldPlan, context: Context) -> Sequence[FieldPlan]:
        """Return it."""
        return [item]


async def test_only_what_is_fit() -> None:
    """The stage within never sees the other."""
    stage: FitOnly[FieldPlan, FieldPlan] = FitOnly(Echo())
    nowhere = cast("Context", None)
    plan = FieldPlan(id="a", field="A")
    assert (stage.name, await stage.process(plan, nowhere)) == ("echo", [plan])
    unfit = Unfit("b", "unreadable_row", "is no JSON", 7)
    assert unfit.to_json() == {"id": "b", "reason": "unreadable_row", "detail": "is no JSON", "line": 7}
    with pytest.raises(Rejection) as rejected:
        await stage.process(unfit, nowhere)
    found = rejected.value
    assert (found.reason, found.detail, found.evidence) == ("unreadable_row", "line 7: is no JSON", {"line": 7})
