"""Which attempts are set against each other, and where they are cut."""

from __future__ import annotations

from itertools import permutations

from synthtools_stream.export.corpus import TaskGroup
from synthtools_stream.export.export_format import Choices, LeftOut
from synthtools_stream.export.trainer_rows.preference_pairs import Pair, pairs_of
from synthtools_stream.records import Fault, Trajectory
from tests.export.exported import MESSAGES, attempt, result, task
from tests.export.trainer_rows.hard_rows import call_of, failed, passed, said

LOOK, FOUND = call_of(1, about="ropes"), result(1, {"notes": []})


def pairs(*attempts: Trajectory, choices: Choices | None = None) -> list[Pair | LeftOut]:
    """Return what a task with these attempts gives."""
    return list(pairs_of(TaskGroup(task().id, task(), attempts), choices or Choices()))


def reasons(found: list[Pair | LeftOut]) -> list[str]:
    """Return why there is no pair."""
    return [item.reason for item in found if isinstance(item, LeftOut)]


def test_cut_at_the_first_difference() -> None:
    """Both begin alike up to a message of the agent; what follows is whole on either side."""
    (pair,) = pairs(passed(LOOK, FOUND, said("No notes.")), failed(LOOK, FOUND, said("Three notes.")))
    assert isinstance(pair, Pair)
    assert [one.speaker for one in pair.prompt] == ["system", "user", "assistant", "tool"]
    assert [one.content for one in pair.chosen + pair.rejected] == ["No notes.", "Three notes."]
    assert pair.tools == tuple(attempt(0).tools)


def test_each_failed_attempt_goes_with_its_nearest() -> None:
    """In whatever order they are tried, and never twice the same."""
    near = passed(LOOK, FOUND, said("No notes."), number=1)
    far, bad, again = (
        passed(said("None."), number=0),
        failed(LOOK, FOUND, said("Three.")),
        failed(LOOK, FOUND, said("Three.")),
    )
    for order in permutations((far, near, bad, again)):
        (pair,) = pairs(*order)
        assert isinstance(pair, Pair)
        assert pair.chosen[0].content == "No notes."


def test_what_the_agent_did_not_decide() -> None:
    """Nothing is to be learned from a result or a user that differs."""
    other = result(1, {"notes": ["one"]})
    found = pairs(passed(LOOK, FOUND, said("No.")), failed(LOOK, other, said("One.")))
    assert reasons(found) == ["not_the_agents"]
    assert len(found) == 1
    asked = pairs(passed(said("Which?"), said("Both.", "user"), said("a")), failed(said("Which?"), said("b", "user")))
    assert reasons(asked) == ["not_the_agents"]


def test_no_difference() -> None:
    """An attempt that broke off, or one whose words alone were not what failed."""
    assert reasons(pairs(passed(LOOK, FOUND, said("No.")), failed(LOOK, FOUND))) == ["no_difference"]
    assert reasons(pairs(attempt(0), failed(*MESSAGES[2:]))) == ["no_difference"]


def test_reasoning_alone_may_differ_only_where_it_is_kept() -> None:
    """What is dropped is no difference."""
    thinks, guesses = ({**said("No."), "reasoning": thought} for thought in ("All read.", "A guess."))
    assert len(pairs(passed(thinks), failed(guesses))) == 1
    assert reasons(pairs(passed(thinks), failed(guesses), choices=Choices(reasoning="drop"))) == ["no_difference"]


def test_attempts_that_say_nothing_of_the_agent() -> None:
    """Tools that failed make no bad example."""
    spoiled = failed(said("b")).model_copy(update={"fault": Fault.tool})
    assert reasons(pairs(passed(said("a")), spoiled)) == ["one_outcome"]
    silent = failed()
    assert reasons(pairs(passed(said("a")), silent)) == ["nothing_said", "one_outcome"]


def test_other_tools() -> None:
    """The prompt of a pair is one for both sides."""
    bad = failed(said("b")).model_copy(update={"tools": []})
    assert reasons(pairs(passed(said("a")), bad)) == ["other_tools"]
