"""Which tasks and attempts are chosen."""

from __future__ import annotations

import pytest

from synthtools_stream.export.corpus import TaskGroup
from synthtools_stream.export.selection import Only, Selection, difficulty
from synthtools_stream.records import Fault, VerdictKind
from synthtools_stream.storage.datasets.reader_notes import Notes, RowNote
from tests.export.exported import attempt, task

SOLVED = attempt(0)
FAILED = attempt(1, kind=VerdictKind.unsolved, fault=Fault.agent)
SPOILED = attempt(2, kind=VerdictKind.unsolved, fault=Fault.tool)
OLD = attempt(3, kind=VerdictKind.unsolved)
GROUP = TaskGroup(task().id, task(), [SOLVED, FAILED, SPOILED, OLD])


@pytest.mark.parametrize(
    ("only", "kept"),
    [
        (None, [SOLVED, FAILED, SPOILED, OLD]),
        (Only.passed, [SOLVED]),
        (Only.failed, [FAILED, OLD]),
        (Only.proven, [SOLVED, FAILED, SPOILED, OLD]),
    ],
)
def test_attempts_by_what_became_of_them(only: Only | None, kept: list[object]) -> None:
    """What spoiled an attempt from outside says nothing of the agent; rows of earlier versions name no agent."""
    chosen = Selection(only).of(GROUP)
    assert chosen is not None
    assert chosen.attempts == kept


def test_nothing_left_of_a_task() -> None:
    """Then the task goes, too."""
    untried = TaskGroup(task().id, task(), [])
    assert Selection(Only.passed).of(untried) is None
    assert Selection(Only.proven).of(untried) == untried
    unproven = TaskGroup(task().id, task().model_copy(update={"certificate": None}), [SOLVED])
    assert Selection(Only.proven).of(unproven) is None


def test_difficulty_counts_what_says_something() -> None:
    """Two of three failed by the agent's fault; the spoiled one is in no rate."""
    assert difficulty(GROUP) == pytest.approx(2 / 3)
    assert Selection(min_difficulty=0.6).of(GROUP) is GROUP
    assert Selection(min_difficulty=0.7).of(GROUP) is None
    assert Selection(min_difficulty=0.1).of(TaskGroup(task().id, task(), [])) is None


def test_fields_lengths_and_variants() -> None:
    """Each alone leaves out what is not asked for."""
    assert Selection(fields=frozenset({"Freight"})).of(GROUP) is GROUP
    assert Selection(fields=frozenset({"Horses"})).of(GROUP) is None
    assert Selection(max_length=5).of(GROUP) is GROUP
    assert Selection(max_length=4).of(GROUP) is None
    assert Selection(variants=frozenset({"base"})).of(GROUP) is GROUP
    assert Selection(variants=frozenset({"missing_tool"})).of(GROUP) is None


def test_what_a_reader_labelled() -> None:
    """Attempts that have the label, and all attempts at a task that has it."""
    good = RowNote("attempts", FAILED.id, "good", "", "")
    chosen = Selection(label="good", notes=Notes([good])).of(GROUP)
    assert chosen is not None
    assert chosen.attempts == [FAILED]
    assert Selection(Only.passed, label="good", notes=Notes([good])).of(GROUP) is None
    assert Selection(label="bad", notes=Notes([good])).of(GROUP) is None
    whole = Selection(label="good", notes=Notes([RowNote("tasks", task().id, "good", "", "")]))
    assert whole.of(GROUP) is GROUP
