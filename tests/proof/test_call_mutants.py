"""Ends that are as good as the ground truth's, and ends that stop short of it."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.call_mutants import partial_ends, renamed_ends, respelled_end
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.verdict_trials import naming_problems, verdict_problems, verdict_tests
from synthtools_stream.records import Change, Task
from synthtools_stream.state import Expectation
from tests.proof.coded_task import coded
from tests.proof.freight import proven

TASK = coded()
REPLAYED = replay(TASK)


def _expectation() -> Expectation:
    return Expectation(REPLAYED.final, REPLAYED.states[0], frozenset(TASK.meta.volatile))


def test_respelled_end_is_the_same() -> None:
    """Numbers as floats, keys and entities the other way round: another text, the same state."""
    other = respelled_end(TASK, REPLAYED)
    assert list(other) == [*reversed(REPLAYED.final)]
    left = other["vessels"]["VS-81"]["capacity_left"]
    assert (left, type(left)) == (36, float)
    assert [*other["bookings"]["BK-2057"]] == [*reversed(REPLAYED.final["bookings"]["BK-2057"])]
    assert _expectation().same(other)
    assert verdict_tests(TASK, REPLAYED).accepts_equivalent


def _two_notices() -> Task:
    """Return a task whose last step tells two shippers."""
    task = proven()
    first = task.steps[2].changes[0]
    second = Change(op="create", collection="notices", id="N-1002", attributes={**first.attributes, "channel": "sms"})
    steps = [*task.steps[:2], task.steps[2].model_copy(update={"changes": [first, second]})]
    return task.model_copy(update={"steps": steps})


def test_new_ids_are_renamed() -> None:
    """What is new has far names in one state, and in another each has another's; the verdict minds neither."""
    task = _two_notices()
    replayed = replay(task)
    far, swapped = renamed_ends(task, replayed)
    assert [*far["notices"]] == ["N-6001", "N-6002"]
    assert swapped["notices"]["N-1001"]["channel"] == "sms"
    assert swapped["notices"]["N-1002"]["channel"] == "email"
    assert list(naming_problems(task, replayed)) == []


def test_pairs_of_writes_are_left_out() -> None:
    """Of three writes each pair is left out, then all."""
    ends = list(partial_ends(TASK, REPLAYED))
    assert len(ends) == 4
    assert ends[-1] is REPLAYED.states[0]
    assert not any(map(_expectation().same, ends))


def test_steps_that_undo_each_other_are_found() -> None:
    """Two writes of which one undoes the other may be left out together, though neither alone: no proven task."""
    task = proven()
    away = Change(op="update", collection="bookings", id="BK-2057", attributes={"vessel_id": "VS-81"})
    back = Change(op="update", collection="bookings", id="BK-2057", attributes={"vessel_id": "VS-77"})
    move = task.steps[1]
    undone = [move.model_copy(update={"changes": [away]}), move.model_copy(update={"changes": [back]})]
    task = task.model_copy(update={"steps": [*task.steps[:2], *undone, task.steps[2]]})
    tests = verdict_tests(task, replay(task))
    assert tests.rejects_subset is False
    assert "the verdict accepts leaving out two writes, or all" in list(verdict_problems(tests))


@pytest.mark.parametrize("field", ["rejects_subset", "accepts_equivalent"])
def test_what_the_verdict_gets_wrong_is_told(field: str) -> None:
    """A false trial is a problem, one that was not made is none."""
    sound = verdict_tests(TASK, REPLAYED)
    assert list(verdict_problems(sound)) == []
    assert len(list(verdict_problems(sound.model_copy(update={field: False})))) == 1
    assert list(verdict_problems(sound.model_copy(update={field: None}))) == []
