"""Twins: a tool that could stand for another is refused, by its words, or by what its program does."""

from __future__ import annotations

import pytest

from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.certificate import examine
from synthtools_stream.proof.execution import execution_problems
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.offered.twins import twin_calls
from synthtools_stream.records import Effects, OutputField, Parameter, Task, Tool
from tests.proof.coded_task import coded
from tests.proof.freight import MOVE, SEARCH, proven


def _offering(task: Task, *tools: Tool) -> Task:
    return task.model_copy(update={"tools": [*task.tools, *tools]})


def _problems(task: Task) -> list[str]:
    return examine(task).problems


@pytest.mark.parametrize("name", ["moveBooking", "Move_Booking", "MOVEBOOKING"])
def test_names_that_differ_in_case_or_marks(name: str) -> None:
    """Who reads quickly takes one for the other, and some servers do not tell them apart at all."""
    told = _problems(_offering(proven(), MOVE.model_copy(update={"tool_name": name})))
    assert f"tools 'MoveBooking' and '{name}' differ in case or marks only" in told


def test_tool_that_could_be_meant() -> None:
    """A tool that takes the same and says that it writes the same may be meant; one that writes elsewhere is not."""
    vessel = Parameter(type="string", required=True)
    ship = Tool(
        tool_name="RerouteCargo",
        tool_description="Gives a booking another ship.",
        parameters={"cargo": vessel, "ship": vessel},
        output_details={"cargo": OutputField(type="string")},
        effects=Effects(reads=["vessels"], writes=["bookings"]),
    )
    assert _problems(_offering(proven(), ship)) == [
        "step 1: tool 'RerouteCargo' could be meant as well, and no step shows what it does",
        "tool 'RerouteCargo' declares effects on vessels, but does not speak of any vessel",
    ]
    elsewhere = ship.model_copy(update={"effects": Effects(reads=["bookings"], writes=["notices"])})
    assert not any("could be meant" in problem for problem in _problems(_offering(proven(), elsewhere)))


def test_search_that_tells_other_things_is_no_twin() -> None:
    """What the user asks for must be among the things that the other returns."""
    names = SEARCH.model_copy(
        update={"tool_name": "NameVessels", "output_details": {"names": OutputField(type="array")}}
    )
    assert not any("could be meant" in problem for problem in _problems(_offering(proven(), names)))


_RELOCATE = """\
def call(state, arguments, now):
    moved = {"vessel_id": arguments["to"]}
    if arguments["booking_id"] not in state["bookings"] or arguments["to"] not in state["vessels"]:
        return fail(404, "Unknown: no such thing")
    return ok({"told": arguments["booking_id"]}, [update("bookings", arguments["booking_id"], moved)])
"""


def _relocating(program: str) -> Task:
    """Return the coded task with a tool more that takes what MoveBooking takes, under another name."""
    text = Parameter(type="string", required=True)
    tool = MOVE.model_copy(update={"tool_name": "Relocate", "parameters": {"booking_id": text, "to": text}})
    task = _offering(coded(), tool)
    programs = {**task.meta.programs, "Relocate": program}
    return task.model_copy(update={"meta": task.meta.model_copy(update={"programs": programs})})


async def test_program_that_does_the_same() -> None:
    """A program that comes to a step's changes is a twin, however it is written; one that does not is none."""
    twin = _relocating(_RELOCATE)
    assert [(found.step, found.call.arguments) for found in twin_calls(twin, replay(twin))] == [
        (1, {"booking_id": "BK-2057", "to": "VS-81"})
    ]
    async with open_sandbox(1) as sandbox:
        assert await execution_problems(twin, sandbox) == [
            "step 1: tool 'Relocate' does the same: the request leaves open which is meant"
        ]
        other = _RELOCATE.replace('{"vessel_id": arguments["to"]}', '{"vessel_id": "VS-77"}')
        assert await execution_problems(_relocating(other), sandbox) == []
        assert await execution_problems(_relocating("def call(state, arguments, now):\n    1 / 0\n"), sandbox) == []
