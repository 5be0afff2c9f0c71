"""Drawn calls pass the schema and reach what rules turn on."""

from __future__ import annotations

import pytest

from stages.auditing.drawn_calls import ABSENT, DrawnCall, drawn_calls, named_collection
from synthtools_stream.records import Parameter, Tool
from synthtools_stream.toolcalls import Call, canonical, check_call
from synthtools_stream.values.jsontypes import Json
from tests.programs.coded_freight import CODED
from tests.proof.freight import TYPES, world

ODD = Tool(
    tool_name="Odd",
    tool_description="Take all that there is.",
    parameters={
        "booking_ids": Parameter(type="array", required=True, items=Parameter(type="string")),
        "parts": Parameter(
            type="array",
            items=Parameter(type="object", properties={"share": Parameter(type="float", required=True, maximum=1)}),
        ),
        "new_status": Parameter(type="string", required=True),
        "sure": Parameter(type="boolean", default=False),
        "at": Parameter(type="string", description="When, YYYY-MM-DDTHH:MM:SS."),
        "kinds": Parameter(type="array", enum=["a", "b"]),
        "ratio": Parameter(type="float", minimum=0.5, maximum=2),
    },
)


def drawn(tool: Tool, count: int = 300) -> list[DrawnCall]:
    """Return calls of one seed."""
    return list(drawn_calls(tool, TYPES, world(), "seed", count))


@pytest.mark.parametrize("tool", [*CODED.values(), ODD], ids=lambda tool: tool.tool_name)
def test_drawn_call_passes_the_check_and_is_canonical(tool: Tool) -> None:
    """No draw is wasted on what the runtime refuses."""
    found = drawn(tool)
    assert len(found) == 300
    for case in found:
        call = Call(tool.tool_name, case.arguments)
        assert check_call(call, tool) == []
        assert canonical(call, tool).arguments == case.arguments


def given(tool: Tool, name: str) -> list[Json]:
    """Return what all calls give for a parameter."""
    return [case.arguments.get(name) for case in drawn(tool)]


def test_ids_are_there_or_absent() -> None:
    """Most ids name what the world holds; some name nothing."""
    cases = drawn(CODED["ConfirmBooking"])
    there = [case.arguments["booking_id"] in case.state["bookings"] for case in cases]
    assert 0.6 < sum(there) / len(there) < 0.95
    assert f"BK-{ABSENT}" in given(CODED["ConfirmBooking"], "booking_id")


def test_bounds_days_and_absent_options_are_reached() -> None:
    """The least and the most, today and its neighbours, and arguments that stay away."""
    search, listing = CODED["SearchVessels"], CODED["ListBookings"]
    assert {"1", "2", "499", "500"} <= {str(value) for value in given(search, "min_capacity")}
    assert {"2026-03-09", "2026-03-10", "2026-03-11"} <= {str(value) for value in given(search, "arrive_by")}
    assert {"None", "requested", "confirmed", "cancelled"} == {str(value) for value in given(listing, "status")}
    shippers = {str(value) for value in given(listing, "shipper")}
    assert {"None", "Alba", "ALBA", "alba"} <= shippers
    assert set(map(str, given(listing, "max_results"))) == {"1", "2", "3", "4", "5"}


def test_odd_types_are_drawn() -> None:
    """Lists, objects, moments and numbers within bounds."""
    assert any(value == [] for value in given(ODD, "booking_ids"))
    assert any(isinstance(value, list) and len(value) == 2 for value in given(ODD, "booking_ids"))
    assert {value for value in given(ODD, "new_status") if isinstance(value, str)} == {
        "requested",
        "confirmed",
        "cancelled",
    }
    assert "2026-03-10T09:00:00" in given(ODD, "at")
    assert all(value is None or 0.5 <= float(str(value)) <= 2 for value in given(ODD, "ratio"))


@pytest.mark.parametrize(
    ("name", "collection"),
    [
        ("booking_id", "bookings"),
        ("new_vessel_id", "vessels"),
        ("vessel_ids", "vessels"),
        ("shipper", None),
        ("id", None),
    ],
)
def test_parameter_names_its_collection(name: str, collection: str | None) -> None:
    """By the entity's noun, or by an attribute that refers there."""
    assert named_collection(name, TYPES) == collection


def test_same_seed_same_calls() -> None:
    """Nothing but the seed decides."""
    assert drawn(ODD) == drawn(ODD)


def test_schema_that_nothing_fits_is_given_up() -> None:
    """No call is drawn where a schema of somebody's own takes none of them."""
    odd = ODD.model_copy(
        update={"parameters": {"x": Parameter(type="string", required=True, json_schema={"pattern": "^[0-9]{9}$"})}}
    )
    assert drawn(odd, 10) == []


def test_texts_are_short_and_long_where_the_words_limit_them() -> None:
    """A limit of characters is plainly kept and plainly passed, now and then."""
    told = ["TextTooLong: text has more than 140 characters; shorten it"]
    tool = CODED["NotifyShipper"].model_copy(update={"error_messages": told})
    lengths = [len(str(case.arguments["text"])) for case in drawn(tool)]
    assert {70, 280} <= set(lengths)
    assert sum(length < 20 for length in lengths) > 150
