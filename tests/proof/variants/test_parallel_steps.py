"""Which steps may be made at once."""

from __future__ import annotations

from synthtools_stream.proof.certificate import examine
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.variants.parallel_steps import parallel_steps
from tests.proof.coded_task import coded
from tests.proof.variants.short_task import short_task


def test_what_feeds_or_is_touched_comes_first() -> None:
    """The move needs the search's vessel, all others touch bookings; but list and notice."""
    task = coded()
    assert parallel_steps(task, replay(task)) == [[0], [1], [2], [3, 4]]


def test_steps_that_share_nothing() -> None:
    """A search of vessels and a move that was told its vessel: the move reads vessels, and writes bookings."""
    task = short_task()
    assert parallel_steps(task, replay(task)) == [[0, 1]]


def test_claim_is_checked() -> None:
    """A row that says otherwise does not prove; one of earlier versions says nothing."""
    task = short_task()
    marked = task.model_copy(update={"meta": task.meta.model_copy(update={"parallel": [[0, 1]]})})
    assert examine(marked).problems == []
    wrong = task.model_copy(update={"meta": task.meta.model_copy(update={"parallel": [[1, 0]]})})
    assert examine(wrong).problems == ["meta.parallel does not say which steps may be made at once"]
    assert examine(task).problems == []


def test_tools_that_tell_no_effects() -> None:
    """Nothing is known of them."""
    task = short_task()
    silent = [tool.model_copy(update={"effects": None}) for tool in task.tools]
    assert parallel_steps(task.model_copy(update={"tools": silent}), replay(task)) == []
