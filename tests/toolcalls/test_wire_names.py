"""Names on the wire: always legal, never two alike, and always put back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.toolcalls import WireNames


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("MoveBooking", "MoveBooking"),
        ("get-weather", "get-weather"),
        ("calendar.create_event", "calendar_create_event"),
        ("files/read", "files_read"),
        ("Get Weather", "Get_Weather"),
        ("天气查询", "tool_"),
        ("a" * 70, "a" * 55 + "_"),
    ],
)
def test_names_stay_readable(name: str, wire: str) -> None:
    """A legal name is its own; of others what is legal is kept, with a digest where that is not enough."""
    names = WireNames([name, "Other"])
    assert names.on_wire(name).startswith(wire)
    assert names.own(names.on_wire(name)) == name


@given(st.lists(st.text("ab./ é", max_size=4) | st.text("a.", min_size=62, max_size=70), unique=True, max_size=8))
def test_every_name_goes_out_and_comes_back(ours: list[str]) -> None:
    """Whatever tools are called, servers take their names, and each is told from the others, in any order."""
    names = WireNames(ours)
    wire = [names.on_wire(name) for name in ours]
    assert all(re.fullmatch("[a-zA-Z0-9_-]{1,64}", name) for name in wire)
    assert [names.own(name) for name in wire] == ours
    assert [WireNames(reversed(ours)).on_wire(name) for name in ours] == wire


def test_names_of_no_tool() -> None:
    """What an agent made up is told as it said it, and goes back to the server in a legal form."""
    names = WireNames(["calendar.create"])
    assert names.own("nonsense") == "nonsense"
    assert names.on_wire("non sense").startswith("non_sense_")
    assert names.on_wire("calendar.create") == "calendar_create"
