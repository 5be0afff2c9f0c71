"""Effects: what a coded tool declares is what its program touches; a simulated one speaks of all that it declares."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.certificate import examine
from synthtools_stream.records import Effects, Task
from tests.proof.coded_task import coded
from tests.proof.freight import proven


def _with_effects(task: Task, name: str, effects: Effects) -> list[str]:
    tools = [tool.model_copy(update={"effects": effects}) if tool.tool_name == name else tool for tool in task.tools]
    return examine(task.model_copy(update={"tools": tools})).problems


@pytest.mark.parametrize(
    ("tool", "effects", "told"),
    [
        ("SearchVessels", Effects(reads=[]), "does not declare that it reads vessels, as its program does"),
        ("SearchVessels", Effects(reads=["vessels", "notices"]), "declares effects on notices, which its program"),
        ("SearchVessels", Effects(writes=["vessels"]), "declares that it writes vessels, which its program does not"),
        ("MoveBooking", Effects(reads=["bookings"], writes=["bookings"]), "does not declare that it reads vessels"),
        ("NotifyShipper", Effects(reads=["notices"], writes=["bookings", "notices"]), "declares that it writes book"),
    ],
)
def test_effects_of_coded_tools_are_their_programs(tool: str, effects: Effects, told: str) -> None:
    """Too few are found, and too many: `reads` may leave out what is written, as nothing more is seen by it."""
    assert any(problem.startswith(f"tool '{tool}' {told}") for problem in _with_effects(coded(), tool, effects))
    assert examine(coded()).problems == []


def test_reads_may_list_what_is_written() -> None:
    """Who writes a collection sees it, whether it is said twice or once."""
    told_twice = Effects(reads=["bookings", "vessels"], writes=["bookings"])
    assert _with_effects(coded(), "MoveBooking", told_twice) == []


def test_effects_of_simulated_tools_are_spoken_of() -> None:
    """A simulated tool has only words: it touches nothing of which they say nothing, and something of what it shows."""
    assert _with_effects(proven(), "SearchVessels", Effects(reads=["vessels", "notices"])) == [
        "tool 'SearchVessels' declares effects on notices, but does not speak of any notice"
    ]
    assert _with_effects(proven(), "SearchVessels", Effects(reads=[])) == [
        "step 0: its tool has no effects on vessels, of which it is told or tells"
    ]
