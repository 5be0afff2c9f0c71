"""Whole kinds of closing messages over several tasks: no right one is refused, no wrong one accepted."""

from __future__ import annotations

import pytest

from tests.proof.coded_task import coded
from tests.proof.freight import proven
from tests.proof.right_messages import RIGHT
from tests.proof.told.test_heard_answers import BOOKING, DELAY, LARGE, VESSEL
from tests.proof.told_messages import heard
from tests.proof.wrong_messages import WRONG

TASKS = [proven(), coded(), VESSEL, BOOKING, DELAY, LARGE]


@pytest.mark.parametrize("kind", RIGHT)
def test_right_messages_are_accepted(kind: str) -> None:
    """What tells all that is asked is heard, in every form."""
    assert heard(TASKS, RIGHT[kind]).examples_refused == []


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_messages_are_refused(kind: str) -> None:
    """What does not, or tells more than is true, is not."""
    assert heard(TASKS, WRONG[kind]).examples_accepted == []
