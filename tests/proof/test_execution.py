"""Execution: what a coded task says of its world is what its programs come to, whoever sealed the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.certificate import certify, seal
from synthtools_stream.proof.execution import executed_steps, execution_problems
from synthtools_stream.proof.verification import verify_executed, verify_task
from synthtools_stream.records import Task
from tests.proof.coded_task import coded
from tests.proof.forged_worlds import FORGED, forged
from tests.proof.freight import draft, proven

CODED = coded()
ROW = CODED.to_json()


def _with_programs(edit: Callable[[dict[str, str]], object], task: Task = CODED) -> Task:
    programs = dict(task.meta.programs)
    edit(programs)
    return task.model_copy(update={"meta": task.meta.model_copy(update={"programs": programs})})


async def test_true_row_is_proven_by_execution() -> None:
    """Every step is executed, the certificate says so, and the row holds alone and as it stands in a file."""
    assert CODED.certificate is not None
    assert CODED.certificate.executed == executed_steps(CODED) == [0, 1, 2, 3, 4]
    async with open_sandbox(1) as sandbox:
        assert (await verify_executed(CODED, sandbox, ROW)).status == "proven"
        assert await execution_problems(CODED, sandbox) == []


async def test_rows_without_programs_are_as_ever() -> None:
    """What has no program is proven or not without any, and no call is made."""
    async with open_sandbox(1) as sandbox:
        assert (await verify_executed(proven(), sandbox)).status == "proven"
        assert (await verify_executed(draft(), sandbox)).status == "unproven"
        assert await execution_problems(draft(), sandbox) == []


@pytest.mark.parametrize("kind", FORGED)
async def test_forged_world_fails(kind: str) -> None:
    """Each forged kind, its certificate made anew: whether code alone passes it, and that execution never does."""
    forgery = FORGED[kind]
    task = forged(forgery.edit)
    async with open_sandbox(1) as sandbox:
        assert (verify_task(task).status == "proven") is forgery.passes_unexecuted
        assert (await verify_executed(task, sandbox)).status == "failed"
        problems = await execution_problems(task, sandbox)
    assert any(problem.startswith(forgery.told) for problem in problems), problems


async def test_ids_of_simulated_steps_count() -> None:
    """A row may have simulated steps among its coded ones: what they created is minted past."""
    partly = _with_programs(lambda programs: programs.pop("NotifyShipper"))
    task = partly.model_copy(update={"certificate": certify(partly)})
    assert executed_steps(task) == [0, 1, 2, 3]
    async with open_sandbox(1) as sandbox:
        assert (await verify_executed(task, sandbox)).status == "proven"


FALSE_CLAIMS: dict[str, tuple[Callable[[Any], object], str]] = {
    "a program removed": (lambda programs: programs.pop("ListBookings"), "certificate.executed claims"),
    "all programs removed": (lambda programs: programs.clear(), "certificate.executed claims"),
    "a program of no tool of the row": (
        lambda programs: programs.update(CancelBooking=programs["MoveBooking"]),
        "meta.programs has a program of 'CancelBooking', which no step calls",
    ),
    "a tool's name spelled otherwise": (
        lambda programs: programs.update(movebooking=programs.pop("MoveBooking")),
        "meta.programs has a program of 'movebooking', which no step calls",
    ),
}


@pytest.mark.parametrize("kind", FALSE_CLAIMS)
def test_programs_must_be_those_of_the_steps(kind: str) -> None:
    """A program too few or too many is seen without running any, seal or no seal."""
    edit, told = FALSE_CLAIMS[kind]
    found = verify_task(seal(_with_programs(edit)))
    assert found.status == "failed"
    assert any(told in reason for reason in found.reasons), found.reasons


@pytest.mark.parametrize("claimed", [[], [0, 1, 2], [0, 1, 2, 3, 4, 4], [4, 3, 2, 1, 0]])
def test_certificate_lists_exactly_the_executed_steps(claimed: list[int]) -> None:
    """A certificate that claims other steps than the coded ones is false."""
    assert CODED.certificate is not None
    false = CODED.model_copy(update={"certificate": CODED.certificate.model_copy(update={"executed": claimed})})
    assert any("certificate.executed" in reason for reason in verify_task(seal(false)).reasons)


def test_program_of_the_same_answers_is_noticed_by_the_seal() -> None:
    """A program that answers the same is another row all the same."""
    other = _with_programs(lambda programs: programs.update(MoveBooking=programs["MoveBooking"] + "# the same\n"))
    assert [*verify_task(other).reasons] == [
        "the row is not the one that its certificate was made for: the digest differs"
    ]


async def test_rows_of_too_many_steps_are_not_executed() -> None:
    """A row may not keep the sandbox busy without end: it is told how many steps are executed at most."""
    long = CODED.model_copy(update={"steps": CODED.steps[:1] * 65})
    async with open_sandbox(1) as sandbox:
        assert await execution_problems(long, sandbox) == ["65 steps have programs: 64 at most are executed"]
